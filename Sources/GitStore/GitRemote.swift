import Clibgit2
import History
import Submission

/// A remote of a repository, reached by the `git` program: it knows the user's ssh configuration,
/// credential helpers, proxies and keys, and its push compares before it overwrites.
package struct GitRemote: Remote {
  package let name: String
  private let repository: GitRepository
  private let timeout: Duration

  /// - Parameters:
  ///   - timeout: how long the other end may take in all.
  package init(repository: GitRepository, name: String = "origin", timeout: Duration = .seconds(60))
  {
    self.repository = repository
    self.name = name
    self.timeout = timeout
  }

  /// Where the branch's last known tip is kept here.
  package func trackingReference(of branch: String) -> String {
    "refs/remotes/\(name)/\(branch)"
  }

  package func fetch(branch: String) async throws(RemoteError) -> ObjectID? {
    try await check(branch, pushing: false)
    let tracking = trackingReference(of: branch)
    let command = [
      "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules",
      // Without this a mirror's own refspec would overwrite the local branch, too.
      "--refmap=", name, "+refs/heads/\(branch):\(tracking)",
    ]
    var result = try await run(command)
    // Another fetch or push in this clone moved the tracking reference meanwhile.
    for attempt in 1...8 where !result.succeeded && result.errorText.contains("cannot lock ref") {
      try? await Task.sleep(for: .milliseconds(Int.random(in: 5...(40 * attempt))))
      result = try await run(command)
    }
    if !result.succeeded {
      // In the words of every git since 1.5: nothing but the branch is missing.
      if result.errorText.contains("find remote ref refs/heads/\(branch)") { return nil }
      throw RemoteFailure.unreachable(name, result.errorText)
    }
    do {
      return try repository.tip(of: tracking)
    } catch {
      throw RemoteError(error.sentence, hint: error.hint)
    }
  }

  package func push(
    _ commit: ObjectID, to branch: String, expecting expected: ObjectID?
  ) async throws(RemoteError) -> PushOutcome {
    try await check(branch, pushing: true)
    let reference = "refs/heads/\(branch)"
    let result = try await run(
      [
        "-c", "remote.\(name).mirror=false", "push", "--porcelain", "--atomic", "--no-follow-tags",
        "--recurse-submodules=no",
        // No id after the colon: the branch must not exist.
        "--force-with-lease=\(reference):\(expected?.hex ?? "")", name, "\(commit):\(reference)",
      ])
    let report = PushReport(result)
    guard let outcome = report.outcome else {
      throw RemoteFailure.unreachable(name, result.errorText)
    }
    if outcome == .accepted { follow(commit, in: trackingReference(of: branch)) }
    return outcome
  }

  /// Remembers where the branch is now; git does so itself only where the clone's refspec covers
  /// the branch, which in a bare clone it does not. Losing a race here does no harm: somebody just
  /// fetched something newer.
  private func follow(_ commit: ObjectID, in tracking: String) {
    guard let known = try? repository.tip(of: tracking), known != commit else {
      try? repository.move(tracking, to: commit, expecting: nil, because: "update by push")
      return
    }
    try? repository.move(tracking, to: commit, expecting: known, because: "update by push")
  }

  private func run(_ arguments: [String]) async throws(RemoteError) -> ProgramResult {
    do {
      return try await repository.git.run(
        ["-c", "gc.auto=0", "-c", "maintenance.auto=false"] + arguments, timeout: timeout)
    } catch .tookTooLong {
      throw RemoteError(
        "The remote \(name) did not answer within \(timeout.components.seconds) seconds.",
        hint: "Try it by hand: git fetch \(name)")
    } catch {
      throw RemoteError("Cannot talk to the remote \(name). \(error)")
    }
  }

  private func check(_ branch: String, pushing: Bool) async throws(RemoteError) {
    var valid: Int32 = 0
    git_reference_name_is_valid(&valid, "refs/heads/\(branch)")
    // `HEAD` is a symbolic reference among the tracking ones: writing to it would hit another branch.
    guard valid == 1, branch != "HEAD" else {
      throw RemoteError("\(Words.shown(branch)) is no name of a branch.")
    }
    guard git_remote_name_is_valid(&valid, name) == 0, valid == 1, !name.hasPrefix("-") else {
      throw RemoteError("\(Words.shown(name)) is no name of a remote.", hint: "git remote -v")
    }
    let result: ProgramResult
    do {
      result = try await repository.git.run(
        ["remote", "get-url"] + (pushing ? ["--push", "--all"] : []) + [name])
    } catch {
      throw RemoteError("Cannot find the URL of the remote \(name). \(error)")
    }
    guard result.succeeded else {
      throw RemoteError(
        "There is no remote \(name) here.", hint: "git remote add \(name) URL")
    }
    let urls = result.output.dropLast().split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
    ).map { String(decoding: $0, as: UTF8.self) }
    // Only one was asked for, so what looks like two has a newline in it.
    if !pushing && urls.count > 1 {
      throw RemoteError(
        "The URL of the remote \(name) contains a control character.",
        hint: "git remote set-url \(name) URL")
    }
    if urls.count > 1 {
      throw RemoteError(
        "The remote \(name) has \(urls.count) push URLs; the branch can have only one home.",
        hint: "git remote get-url --push --all \(name)")
    }
    for url in urls {
      guard let fault = RemoteAddress.fault(in: url) else { continue }
      throw RemoteError(
        "The URL of the remote \(name) \(fault): \(Words.shown(url))",
        hint: "git remote set-url \(name) URL")
    }
  }
}

/// What `git push --porcelain` says became of one branch.
struct PushReport {
  /// Nil if it says nothing about the branch: it never came so far.
  let outcome: PushOutcome?

  init(_ result: ProgramResult) {
    let lines = result.text.split(separator: "\n")
    guard let line = lines.first(where: { $0.dropFirst().hasPrefix("\t") }) else {
      outcome = nil
      return
    }
    let flag = line.first
    guard flag == "!" else {
      outcome = result.succeeded ? .accepted : nil
      return
    }
    let summary = String(line.split(separator: "\t").last ?? "")
    let said = result.errorText.split(separator: "\n").filter { $0.hasPrefix("remote:") }
      .map { $0.dropFirst("remote:".count).drop { $0 == " " } }
      // git pads them, to wipe out what a terminal may show of the progress.
      .map { String($0.reversed().drop { $0.isWhitespace }.reversed()) }
      .filter { !$0.isEmpty }.joined(separator: "\n")
    let isStale =
      Self.staleWords.contains { summary.contains($0) || said.contains($0) }
      // A branch `a` and a branch `a/b` can never both be: trying again would not help.
      && !said.contains("cannot create")
    if isStale {
      outcome = .stale
    } else if summary.contains("[remote failure]") {
      outcome = nil
    } else {
      let words = said.isEmpty ? summary : "\(said)\n\(summary)"
      outcome = .refused(Words.shown(words))
    }
  }

  /// How git, of any version and on either side, says that the branch is not where it was.
  private static let staleWords = [
    "(stale info)", "(fetch first)", "(non-fast-forward)", "(needs force)",
    "(remote ref updated since checkout)", "(failed to update ref)", "(failed to lock)",
    "(incorrect old value provided)", "(reference already exists)", "cannot lock ref",
  ]
}

/// Makes sense of what git says when it gets nowhere.
enum RemoteFailure {
  static func unreachable(_ name: String, _ words: String) -> RemoteError {
    let lines = words.split(separator: "\n")
    let telling = lines.filter { line in
      !["hint:", "Please make sure", "and the repository exists"].contains { line.hasPrefix($0) }
    }
    let text = Words.shown(telling.joined(separator: "\n"))
    let reason = text.isEmpty ? "git said nothing about it" : text
    return RemoteError("The remote \(name) cannot be reached: \(reason)", hint: hint(text, name))
  }

  private static func hint(_ text: String, _ name: String) -> String {
    let hints: [([String], String)] = [
      (
        ["Permission denied", "no mutual signature", "Too many authentication failures"],
        "See which key is offered: ssh-add -l"
      ),
      (
        ["Host key verification failed"],
        "Make sure of the host's key, then connect to it once by ssh."
      ),
      (
        ["could not read Username", "could not read Password", "Authentication failed"],
        "Give git a credential helper: git help credentials"
      ),
      (
        ["Could not resolve host", "Name or service", "Connection refused", "timed out"],
        "Is the network there? See where it leads: git remote -v"
      ),
      (
        ["does not appear to be a git repository", "not found", "No such file"],
        "See where it leads: git remote -v"
      ),
    ]
    let match = hints.first { entry in entry.0.contains { text.contains($0) } }
    return match?.1 ?? "Try it by hand: git fetch \(name)"
  }
}
