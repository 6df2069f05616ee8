import History

/// What a daypass that was killed, or could not write on, left half done: the branch moved, its
/// files not; a lock of git's still there.
extension CheckedOutBranch {
  /// Finishes it, so that files behind the branch are not taken for the user's own changes, nor
  /// committed by them.
  ///
  /// - Throws: ``HistoryError`` where that cannot be done now: `.locked`, `.unreadable`.
  package func finish() async throws(HistoryError) {
    _ = referenceLock.removeIfForgotten()
    guard MoveNote.exists(in: repository.commonDirectory) else { return }
    let lock = await BranchLock(in: repository.commonDirectory)
    if lock.isHeld { try await finishUnderLock() }
    lock.release()
  }

  /// Whoever holds the lock and finds a note has it from a process that is no more.
  func finishUnderLock() async throws(HistoryError) {
    let directory = repository.commonDirectory
    guard MoveNote.exists(in: directory) else { return }
    if let note = try MoveNote.read(in: directory) {
      let left = CheckedOutBranch(repository: repository, reference: note.reference)
      try await left.finish(note)
    }
    MoveNote.remove(in: directory)
  }

  private func finish(_ note: MoveNote) async throws(HistoryError) {
    referenceLock.removeIfMade(since: note.time, workTree: nil)
    let workTrees = try WorkTree.following(reference, in: repository)
    for workTree in workTrees {
      workTree.indexLock.removeIfMade(since: note.time, workTree: workTree.path)
    }
    // Wherever the branch is by now; what it was moved to may have been moved on.
    guard let tip = try tip(), tip != note.old else { return }
    let step: Step
    do {
      step = try self.step(from: note.old, to: tip)
    } catch {
      // More than any work tree could follow.
      guard error.code == .unsupported else { throw error }
      return
    }
    for workTree in workTrees {
      do {
        try await patiently { () async throws(HistoryError) in
          try workTree.mendTorn(from: step.old, to: step.new, step.paths)
          try await workTree.apply(from: step.old, to: step.new, paths: step.paths)
        }
      } catch {
        // Changed by the user since then: theirs to keep, and said by whatever needs the files.
        guard [.dirty, .unsupported].contains(error.code) else { throw error }
      }
    }
  }
}
