import GitStore
import History

/// What is said where there is nothing to work with yet, or not any more.
extension Session {
  /// No root is trusted here: a clone of a governed repository wants another command than a
  /// repository that nobody governs.
  static func ungoverned(_ repository: GitRepository) async throws -> Failure {
    let trust =
      "get the root's 40 digits from somebody you trust, not from here, then:\n"
      + "daypass trust COMMIT"
    guard try await looksGoverned(repository) else {
      return Failure(
        .failed,
        "this repository is not governed: it has no policies/, and no root is trusted here",
        hint: "To govern it: daypass init\nIf it is a clone of a governed one, \(trust)")
    }
    return Failure(
      .failed, "no root commit is trusted here yet",
      hint: "This looks like a clone of a governed repository: \(trust)")
  }

  /// Whether the governed branch, or what a clone has of it, carries a policy; proves nothing.
  private static func looksGoverned(_ repository: GitRepository) async throws -> Bool {
    guard let branch = try? await governedBranch(repository) else { return false }
    let remotes = try repository.remoteNames.map { "refs/remotes/\($0)/\(branch)" }
    for reference in ["refs/heads/\(branch)"] + remotes {
      guard let tip = try repository.tip(of: reference),
        let tree = try? repository.tree(repository.commit(tip).tree)
      else { continue }
      if tree.entry(named: "policies") != nil { return true }
    }
    return false
  }

  /// The governed branch is not here: it was renamed, or never fetched.
  func missingBranch() -> Failure {
    let current = ((try? repository.headReference) ?? nil).map {
      $0.hasPrefix("refs/heads/") ? String($0.dropFirst("refs/heads/".count)) : $0
    }
    var hint = "If it was renamed, name the governed one: "
    hint += "git config daypass.branch \(current.flatMap { exists($0) ? $0 : nil } ?? "BRANCH")"
    if let remoteName {
      hint += "\nIf it was never fetched: git fetch \(remoteName) && daypass sync"
    }
    return Failure(
      .failed, "the governed branch \(branch) (\(branchSource)) does not exist here", hint: hint)
  }

  private func exists(_ name: String) -> Bool {
    ((try? repository.tip(of: "refs/heads/\(name)")) ?? nil) != nil
  }

  /// What says which branch is the governed one.
  private var branchSource: String {
    isBranchNamed ? "git config daypass.branch" : "taken from the remote or what is checked out"
  }
}
