import Foundation
import Grants
import History
import Ledger
import Signatures
import Submission
import Synchronization
import TestSupport

/// A commit whose tree is made; it is signed when its parents are.
struct PlannedCommit: Sendable {
  /// Trees and blobs that it is the first to have.
  var objects: [PackedObject]
  let tree: ObjectID
  /// Numbers of commits, in the order they were planned.
  let parents: [Int]
  let moment: Timestamp
  /// Who stands in its author line.
  let author: Author
  /// Nobody's for a merge that a forge makes.
  let key: TestKey?
  let subject: String
  /// The digest of the state, where it is a pin.
  let pinned: String?
}

/// Signs planned commits and writes them into the pack, on a thread of its own.
final class Scribe: Sendable {
  /// Commits handed over at a time, and how many such shares may wait.
  private static let share = 256
  private static let mostWaiting = 8

  private struct State {
    var pack: PackFile
    var commits: [ObjectID] = []
    var failure: (any Error)?
  }

  private let queue = DispatchQueue(label: "scribe")
  private let room = DispatchSemaphore(value: mostWaiting)
  // Only the queue's work touches it, and whoever has waited for that to end.
  private nonisolated(unsafe) var state: State

  init(_ pack: PackFile) { state = State(pack: pack) }

  /// Takes the commits over once enough of them are there.
  func take(_ commits: inout [PlannedCommit], all: Bool = false) {
    guard commits.count >= Self.share || all else { return }
    let share = commits
    commits = []
    room.wait()
    queue.async {
      self.write(share)
      self.room.signal()
    }
  }

  /// Waits until everything is written.
  ///
  /// - Returns: the ids of all commits as they were planned.
  /// - Throws: why something could not be written.
  func finish() throws -> (commits: [ObjectID], objects: Int, bytes: Int) {
    try queue.sync {
      if let failure = state.failure { throw failure }
      let (objects, bytes) = try state.pack.finish()
      return (state.commits, objects, bytes)
    }
  }

  private func write(_ commits: [PlannedCommit]) {
    guard state.failure == nil else { return }
    do {
      for commit in commits { try write(commit) }
    } catch { state.failure = error }
  }

  private func write(_ commit: PlannedCommit) throws {
    for object in commit.objects { try state.pack.append(object) }
    let parents = commit.parents.map { state.commits[$0] }
    var trailers: [(String, String)] = []
    if let digest = commit.pinned, let parent = parents.first {
      trailers = [("Daypass-Mainline", parent.hex), ("Daypass-State", digest)]
    }
    let message = CommitComposer.message(
      Draft(subject: commit.subject, trailers: trailers, expected: []))
    var bytes = CommitComposer.payload(
      tree: commit.tree, parents: parents, author: commit.author, at: commit.moment,
      message: message)
    if let key = commit.key {
      bytes = CommitComposer.signed(bytes, armor: key.sign(bytes))
    }
    let id = ObjectID.hashing(.commit, bytes)
    state.commits.append(id)
    try state.pack.append(PackedObject(kind: .commit, id: id, bytes: bytes, base: nil))
  }
}
