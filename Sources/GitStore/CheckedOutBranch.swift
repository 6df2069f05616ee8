import History
import Submission

/// A branch of this clone, with every work tree that has it checked out.
package struct CheckedOutBranch: LocalBranch {
  let repository: GitRepository
  let reference: String

  /// - Parameter branch: without `refs/heads/`.
  package init(repository: GitRepository, branch: String) {
    self.init(repository: repository, reference: "refs/heads/\(branch)")
  }

  init(repository: GitRepository, reference: String) {
    self.repository = repository
    self.reference = reference
  }

  /// The branch's commit here; nil if it does not exist yet.
  package func tip() throws(HistoryError) -> ObjectID? { try repository.tip(of: reference) }

  package var abortCommand: String? { repository.abortCommand }

  package func tips(below prefix: String) async throws(HistoryError) -> [String: ObjectID] {
    try await repository.tips(below: "refs/heads/", startingWith: prefix)
  }

  /// Whether the branch could move there: nothing of the user's stands in the way.
  ///
  /// - Throws: ``HistoryError`` with `.dirty` naming the path; `.locked` where another git keeps its
  ///   lock; `.unsupported` where the files could not follow (an attribute, too many of them).
  ///   Nothing has changed.
  package func prepare(to new: ObjectID) async throws(HistoryError) {
    let workTrees = try WorkTree.following(reference, in: repository)
    guard !workTrees.isEmpty else { return }
    // What another daypass has moved half would look like the user's own work.
    let lock = await BranchLock(in: repository.commonDirectory)
    if lock.isHeld { try await finishUnderLock() }
    let step = try step(from: tip(), to: new)
    for workTree in workTrees {
      try await patiently { () async throws(HistoryError) in
        try await workTree.prepare(from: step.old, to: step.new, paths: step.paths)
      }
    }
    lock.release()
  }

  /// Moves the branch by compare-and-swap and lets index and work tree follow.
  ///
  /// - Throws: ``HistoryError`` with `.conflict` before anything changed. Anything else may leave
  ///   the work trees behind the branch; what is not theirs to overwrite stays.
  package func advance(
    from old: ObjectID?, to new: ObjectID, because message: String
  ) async throws(HistoryError) {
    guard old != new else { return }
    // What could not be followed at all is found out before the branch moves.
    let isFollowed = try !WorkTree.following(reference, in: repository).isEmpty
    let known = isFollowed ? try step(from: old, to: new) : nil
    // Reference and files move as one for every daypass in this clone.
    let lock = await BranchLock(in: repository.commonDirectory)
    if lock.isHeld {
      try await finishUnderLock()
      try MoveNote.write(reference, from: old, in: repository.commonDirectory)
    }
    do {
      try await patiently { () async throws(HistoryError) in
        try repository.move(reference, to: new, expecting: old, because: message)
      }
    } catch {
      // Nothing has moved, so nothing is half done.
      if lock.isHeld { MoveNote.remove(in: repository.commonDirectory) }
      throw error
    }
    // Asked again: somebody may just have checked the branch out.
    for workTree in try WorkTree.following(reference, in: repository) {
      let step = if let known { known } else { try step(from: old, to: new) }
      try await patiently { () async throws(HistoryError) in
        try await workTree.apply(from: step.old, to: step.new, paths: step.paths)
      }
    }
    if lock.isHeld { MoveNote.remove(in: repository.commonDirectory) }
    lock.release()
  }

  /// Another git may hold one of its short locks just now: tried again for two seconds. Of a
  /// reference's that is older than anybody needs it is taken away then.
  func patiently(
    _ step: () async throws(HistoryError) -> Void
  ) async throws(HistoryError) {
    for _ in 1...40 {
      do {
        return try await step()
      } catch {
        guard error.code == .locked else { throw error }
        if referenceLock.removeIfForgotten() { continue }
        try? await Task.sleep(for: .milliseconds(50))
      }
    }
    try await step()
  }

  /// What git and libgit2 make while they move the branch.
  var referenceLock: LockFile {
    LockFile(path: "\(repository.commonDirectory)/\(reference).lock")
  }

  /// The trees of two commits and the files that may differ between them.
  struct Step {
    let old: ObjectID?
    let new: ObjectID
    let paths: [String]
  }

  func step(from old: ObjectID?, to new: ObjectID) throws(HistoryError) -> Step {
    let before = try old.map { (commit) throws(HistoryError) in try repository.commit(commit).tree }
    let after = try repository.commit(new).tree
    return Step(
      old: before, new: after, paths: try repository.changedPaths(from: before, to: after))
  }
}
