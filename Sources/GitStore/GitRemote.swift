import Clibgit2
import History
import Submission

/// A remote of a repository, reached by the `git` program: it knows the user's ssh configuration,
/// credential helpers, proxies and keys, and its push compares before it overwrites.
package struct GitRemote: Remote {
  package let name: String
  let repository: GitRepository
  /// How long the other end may say nothing.
  let timeout: Duration

  /// - Parameters:
  ///   - timeout: how long the other end may say nothing. What is told of progress counts, so a
  ///     long history over a slow line is no trouble; twenty times that is the end of it all the
  ///     same.
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
    let call = try await prepare(branch, pushing: false)
    let tracking = trackingReference(of: branch)
    let result = try await fetch("+refs/heads/\(branch):\(tracking)", [], call)
    if !result.succeeded {
      // In the words of every git since 1.5: nothing but the branch is missing.
      if result.errorText.contains("find remote ref refs/heads/\(branch)") {
        try await demandGit(call)
        return nil
      }
      throw call.fault.error(from: result.errorText)
    }
    do {
      return try repository.tip(of: tracking)
    } catch {
      throw RemoteError(.local, error.sentence, hint: error.hint)
    }
  }

  package func fetch(below prefix: String) async throws(RemoteError) -> [String: ObjectID] {
    // A name that git would take, for the same checks.
    let call = try await prepare(prefix + "all", pushing: false)
    let tracking = trackingReference(of: prefix)
    let result = try await fetch("+refs/heads/\(prefix)*:\(tracking)*", ["--prune"], call)
    guard result.succeeded else { throw call.fault.error(from: result.errorText) }
    do {
      return try await repository.tips(below: "refs/remotes/\(name)/", startingWith: prefix)
    } catch {
      throw RemoteError(.local, error.sentence, hint: error.hint)
    }
  }

  private func fetch(
    _ refspec: String, _ options: [String], _ call: Call
  ) async throws(RemoteError) -> ProgramResult {
    let command =
      [
        "fetch", "--progress", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules",
        // Without this a mirror's own refspec would overwrite the local branch, too.
        "--refmap=",
      ] + options + [name, refspec]
    // Else it would stop the next one that finds something new.
    if let branch = refspec.split(separator: ":").last, !branch.hasSuffix("*") {
      _ = LockFile(path: "\(repository.commonDirectory)/\(branch).lock").removeIfForgotten()
    }
    var result = try await run(command, call)
    // Another fetch or push in this clone moved a tracking reference meanwhile.
    for attempt in 1...8 where !result.succeeded {
      let lock = lock(namedIn: result.errorText)
      guard lock != nil || result.errorText.contains("cannot lock ref") else { break }
      if lock?.removeIfForgotten() != true {
        try? await Task.sleep(for: .milliseconds(Int.random(in: 5...(40 * attempt))))
      }
      result = try await run(command, call)
    }
    if !result.succeeded, let lock = lock(namedIn: result.errorText) {
      let error = lock.error("What is known here of the remote \(name)", takenAwayLater: true)
      throw RemoteError(.local, error.sentence, hint: error.hint)
    }
    return result
  }

  /// The lock of a reference of this clone that git says is there already.
  private func lock(namedIn words: String) -> LockFile? {
    guard let path = words.firstMatch(of: /Unable to create '([^']+\.lock)': File exists/)?.1,
      path.hasPrefix(repository.commonDirectory + "/refs/")
        || path == repository.commonDirectory + "/packed-refs.lock"
    else { return nil }
    return LockFile(path: String(path))
  }

  package func push(
    _ commit: ObjectID, to branch: String, expecting expected: ObjectID?
  ) async throws(RemoteError) -> PushOutcome {
    let call = try await prepare(branch, pushing: true)
    let reference = "refs/heads/\(branch)"
    let failure: RemoteError
    do throws(RemoteError) {
      let result = try await pushing(
        [
          "-c", "remote.\(name).mirror=false", "push", "--porcelain", "--progress", "--atomic",
          "--no-follow-tags", "--recurse-submodules=no",
          // No id after the colon: the branch must not exist.
          "--force-with-lease=\(reference):\(expected?.hex ?? "")", name, "\(commit):\(reference)",
        ], call)
      switch PushReport(result) {
      case .accepted:
        follow(commit, in: trackingReference(of: branch))
        return .accepted(saying: call.fault.shown(Transcript(result.errorText).serversWords))
      case .stale: return .stale
      case .locked(let words): return .refused(call.fault.error(.locked, quoting: words))
      case .refused(let code, let words): return .refused(call.fault.error(code, quoting: words))
      case .none: failure = call.fault.error(from: result.errorText)
      }
    } catch {
      failure = error
    }
    return try await settle(commit, branch, expected, call, after: failure)
  }

  /// Runs a push, and again while somebody else has the branch locked there: a moment, unless a
  /// killed git left its lock behind. Once they are done, the lease says so.
  private func pushing(
    _ arguments: [String], _ call: Call
  ) async throws(RemoteError) -> ProgramResult {
    var result = try await run(arguments, call, hooks: true)
    for attempt in 1...6 {
      guard case .locked = PushReport(result) else { break }
      try? await Task.sleep(for: .milliseconds(Int.random(in: 50...(200 * attempt))))
      result = try await run(arguments, call, hooks: true)
    }
    return result
  }

  /// Remembers where the branch is now; git does so itself only where the clone's refspec covers
  /// the branch, which in a bare clone it does not. Losing a race here does no harm: somebody just
  /// fetched something newer.
  func follow(_ commit: ObjectID, in tracking: String) {
    guard let known = try? repository.tip(of: tracking), known != commit else {
      try? repository.move(tracking, to: commit, expecting: nil, because: "update by push")
      return
    }
    try? repository.move(tracking, to: commit, expecting: known, because: "update by push")
  }
}
