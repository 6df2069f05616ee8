import History

/// A branch of this clone, with every work tree that has it checked out.
///
/// Shaped as the port `LocalBranch`, but asynchronous: a sparse index is left to the `git` program.
package struct CheckedOutBranch: Sendable {
  private let repository: GitRepository
  private let reference: String

  /// - Parameter branch: without `refs/heads/`.
  package init(repository: GitRepository, branch: String) {
    self.repository = repository
    reference = "refs/heads/\(branch)"
  }

  /// The branch's commit here; nil if it does not exist yet.
  package func tip() throws(HistoryError) -> ObjectID? { try repository.tip(of: reference) }

  /// Whether the branch could move there: nothing of the user's stands in the way.
  ///
  /// - Throws: ``HistoryError`` with `.dirty` naming the path, `.locked`, `.unsupported`; nothing
  ///   has changed.
  package func prepare(to new: ObjectID) async throws(HistoryError) {
    let workTrees = try WorkTree.following(reference, in: repository)
    guard !workTrees.isEmpty else { return }
    let step = try step(from: tip(), to: new)
    for workTree in workTrees {
      try await workTree.prepare(from: step.old, to: step.new, paths: step.paths)
    }
  }

  /// Moves the branch by compare-and-swap and lets index and work tree follow.
  ///
  /// - Throws: ``HistoryError`` with `.conflict` before anything changed; anything else may leave
  ///   the work tree behind the branch, and ``follow(from:to:)`` brings it along.
  package func advance(
    from old: ObjectID?, to new: ObjectID, because message: String
  ) async throws(HistoryError) {
    guard old != new else { return }
    try repository.move(reference, to: new, expecting: old, because: message)
    try await follow(from: old, to: new)
  }

  /// Brings the work trees along with a move that has happened, wholly or in part.
  package func follow(from old: ObjectID?, to new: ObjectID) async throws(HistoryError) {
    let workTrees = try WorkTree.following(reference, in: repository)
    guard !workTrees.isEmpty else { return }
    let step = try step(from: old, to: new)
    for workTree in workTrees {
      try await workTree.apply(from: step.old, to: step.new, paths: step.paths)
    }
  }

  private struct Step {
    let old: ObjectID?
    let new: ObjectID
    let paths: [String]
  }

  private func step(from old: ObjectID?, to new: ObjectID) throws(HistoryError) -> Step {
    let before = try old.map { (commit) throws(HistoryError) in try tree(of: commit) }
    let after = try tree(of: new)
    return Step(
      old: before, new: after, paths: try repository.changedPaths(from: before, to: after))
  }

  private func tree(of commit: ObjectID) throws(HistoryError) -> ObjectID {
    let object = try repository.read(commit, limit: 16 << 20)
    guard object.kind == .commit, let record = CommitRecord(id: commit, parsing: object.bytes)
    else {
      throw HistoryError(.corrupt, "The object \(commit) is no commit.")
    }
    return record.tree
  }
}
