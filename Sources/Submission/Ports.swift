import Grants
import History
import Ledger

/// Signs commits as git itself would sign them for this user.
package protocol CommitSigner: Sendable {
  /// The armored SSH signature (namespace `git`) of a commit's payload.
  ///
  /// - Throws: ``SigningError``.
  func sign(_ payload: [UInt8]) async throws(SigningError) -> [UInt8]
}

/// Why nothing was signed.
package struct SigningError: ExplainedError, Equatable {
  /// What happened, in one sentence.
  package let sentence: String
  /// What to type next.
  package let hint: String

  package init(_ sentence: String, hint: String = "") {
    self.sentence = sentence
    self.hint = hint
  }
}

/// The other end that the governed branch is shared through.
package protocol Remote: Sendable {
  /// What people call it: `origin`.
  var name: String { get }

  /// Brings the branch's objects here and returns its tip there; nil if the branch does not exist.
  ///
  /// - Throws: ``RemoteError``.
  func fetch(branch: String) async throws(RemoteError) -> ObjectID?

  /// Brings the branches here whose names begin with the prefix (`daypass/`), and returns their
  /// tips by name.
  ///
  /// - Throws: ``RemoteError``.
  func fetch(below prefix: String) async throws(RemoteError) -> [String: ObjectID]

  /// Publishes the commit as the branch's new tip, only if the tip there is still `expected` (nil:
  /// only if the branch does not exist there yet).
  ///
  /// - Throws: ``RemoteError`` where it cannot be told whether the remote can be reached at all.
  func push(
    _ commit: ObjectID, to branch: String, expecting expected: ObjectID?
  ) async throws(RemoteError) -> PushOutcome
}

/// What became of a push.
package enum PushOutcome: Sendable, Equatable {
  /// Taken, with the remote's own words: a forge says there where a pull request is opened.
  case accepted(saying: String)
  /// Another writer moved the branch first; begin again from the new tip.
  case stale
  /// The remote will not have it (a hook, a protected branch); nothing has changed there.
  case refused(RemoteError)
}

/// Where the time comes from.
package protocol Clock: Sendable {
  func now() -> Timestamp
  /// Whether the kernel says that the clock is kept in step with a reference.
  var isSynchronised: Bool { get }
}

/// The governed branch in this clone, with the working tree that may have it checked out.
package protocol LocalBranch: Sendable {
  /// The branch's commit here; nil if it does not exist yet.
  func tip() throws(HistoryError) -> ObjectID?

  /// The command that ends a merge, rebase or other work of git's that was left half done here and
  /// that no branch can be moved under (`git merge --abort`); nil where there is none.
  var abortCommand: String? { get }

  /// The branches here whose names begin with the prefix, and their tips.
  func tips(below prefix: String) async throws(HistoryError) -> [String: ObjectID]

  /// Finishes what a process that died, or could not write on, left half done to the branch and its
  /// files.
  func finish() async throws(HistoryError)

  /// Whether the branch could move there: nothing of the user's stands in the way.
  ///
  /// - Throws: ``HistoryError`` with `.dirty` naming the path, and nothing has changed.
  func prepare(to new: ObjectID) async throws(HistoryError)

  /// Moves the branch by compare-and-swap and lets index and working tree follow.
  func advance(
    from old: ObjectID?, to new: ObjectID, because message: String
  ) async throws(HistoryError)
}

/// Where a checkpoint is kept between runs.
package protocol CheckpointStore: Sendable {
  /// The stored bytes; nil if there are none or they cannot be read.
  func load() -> [UInt8]?
  /// Stores the bytes whole or not at all; failing to is no error, the next run is just slower.
  func save(_ bytes: [UInt8])
  /// The same for the few bytes beside them that name the last accepted head.
  func loadAcceptance() -> [UInt8]?
  func saveAcceptance(_ bytes: [UInt8])
}

extension CheckpointStore {
  /// The checkpoint that is kept; nil if none is, or it cannot be read.
  package func stored(history: any HistoryReader) -> Checkpoint? {
    load().flatMap { Checkpoint.read($0, acceptance: loadAcceptance(), history: history) }
  }

  /// Keeps it, and writes no more than what is new: where nothing was pinned since, that is a head.
  package func keep(_ checkpoint: Checkpoint) {
    if checkpoint.isKept { return }
    if let acceptance = checkpoint.acceptance {
      saveAcceptance(acceptance)
    } else {
      save(checkpoint.bytes)
    }
  }
}
