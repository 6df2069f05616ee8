import History
import Submission

/// Fresh clones, made by the `git` program with nothing of the other side being run: no hook, no
/// filter, no submodule.
package enum GitClone {
  /// Clones without checking anything out, so that what came can be looked at first.
  ///
  /// - Parameters:
  ///   - url: as git takes it; a path that is not absolute begins at `base`.
  ///   - directory: a new or empty one, absolute. git takes away what it made if it fails.
  ///   - branch: the one to be on; nil takes the remote's.
  ///   - environment: must not name another repository (`GIT_DIR`).
  ///   - silence: how long the other end may say nothing.
  /// - Throws: ``RemoteError``; so if the task is cancelled.
  package static func make(
    from url: String, to directory: String, branch: String?, in base: String,
    environment: [String: String] = ProcessEnvironment.current,
    silence: Duration = .seconds(60)
  ) async throws(RemoteError) {
    if let fault = RemoteAddress.fault(in: url) {
      throw RemoteError(.address, "The URL \(fault): \(RemoteAddress.shown(url))")
    }
    let runner = ProgramRunner(environment)
    let shown = shown(url)
    let call = await GitRemote.call(shown, [url], environment) {
      (arguments) async throws(ProgramError) in
      try await runner.run(["git"] + arguments, in: base, changing: GitProgram.variables)
    }
    let result: ProgramResult
    do {
      result = try await runner.run(
        ["git"] + GitProgram.runningNothing + GitProgram.tidyingNothing + GitProgram.flushing
          + call.options + [
            "clone", "--progress", "--no-checkout", "--origin=origin",
            // Between two directories git would link files unread; a fetch hashes every object.
            "--no-local", "--no-recurse-submodules",
          ] + (branch.map { ["--branch=\($0)"] } ?? []) + ["--", url, directory],
        in: base, changing: GitProgram.variables.merging(call.variables) { $1 }, timeout: nil,
        silence: silence)
    } catch .tookTooLong(_, let limit) {
      throw RemoteError(
        .timedOut, "The remote \(shown) said nothing for \(limit.components.seconds) seconds.",
        hint: byHand(shown))
    } catch {
      throw RemoteError(.local, "Cannot clone. \(error)")
    }
    guard !result.succeeded else { return }
    if let branch, result.errorText.contains("Remote branch \(branch) not found") {
      throw RemoteError(
        .notFound, "\(shown) has no branch \(Words.shown(branch)).",
        hint: "Which there are: git ls-remote --heads \(shown)")
    }
    let error = call.fault.error(from: result.errorText)
    // There is no remote here to look at yet.
    let isOfRemote = ["git remote ", "git fetch ", "git ls-remote "].contains {
      error.hint.contains($0)
    }
    throw isOfRemote ? RemoteError(error.code, error.sentence, hint: byHand(shown)) : error
  }

  /// A URL, fit to be shown: without a password, over https without whatever stands before the host.
  package static func shown(_ url: String) -> String {
    RemoteTransport(url: url) == .http ? RemoteAddress.shown(url) : Words.shown(url)
  }

  private static func byHand(_ url: String) -> String { "Try it by hand: git ls-remote \(url)" }
}

extension GitRepository {
  /// Fills the work tree of a fresh clone with the branch's files, as they are stored: no filter,
  /// no line ends turned.
  ///
  /// - Parameter cone: the directories to have, for a sparse checkout; empty has all.
  /// - Throws: ``HistoryError``.
  package func checkOutFresh(_ branch: String, cone: [String]) async throws(HistoryError) {
    // git would read it as an option.
    guard !branch.hasPrefix("-") else {
      throw HistoryError(.unsupported, "\(Words.shown(branch)) is no name of a branch.")
    }
    if !cone.isEmpty {
      try await checkingOut(["sparse-checkout", "set", "--cone"] + cone)
    }
    // This file outranks every .gitattributes of the tree, however special.
    let own = try readInfoAttributes()
    try writeInfoAttributes(own + ["* -filter"])
    let result = await Result { () async throws(HistoryError) in
      try await checkingOut(["checkout", "--quiet", "--force", branch, "--"])
    }
    try writeInfoAttributes(own)
    try result.get()
  }

  private func checkingOut(_ arguments: [String]) async throws(HistoryError) {
    let result: ProgramResult
    do {
      result = try await git.run(
        GitProgram.runningNothing + ["-c", "submodule.recurse=false"] + arguments,
        timeout: nil)
    } catch {
      throw HistoryError(.unreadable, "Cannot check out the files. \(error)")
    }
    guard result.succeeded else {
      throw HistoryError(
        .unreadable, "Cannot check out the files: \(Words.shown(result.errorText))")
    }
  }
}

extension Result where Failure == HistoryError {
  fileprivate init(_ body: () async throws(HistoryError) -> Success) async {
    do throws(HistoryError) { self = .success(try await body()) } catch { self = .failure(error) }
  }
}
