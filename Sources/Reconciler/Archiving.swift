import Grants
import Ledger

/// The closed grants whose files a reconciler takes out of the tree at one moment, so that the tree
/// stays small; history keeps them.
///
/// It is never a reason for a commit of its own: it rides on the next one, which comes at the
/// heartbeat at the latest.
package struct Archiving: Sendable, Hashable {
  /// The most steps of one commit, the sweep's included: every verifier reads each of them, and a
  /// commit of more than 100,000 is refused whole. A backlog goes in several runs.
  package static let most = 10_000

  /// The grants as they were closed, in id order.
  package let grants: [Grant]

  /// - Parameters:
  ///   - now: the time the commit will be signed at.
  ///   - sweep: what is done in the same commit; it goes first.
  /// - Throws: ``LedgerError``: an object is missing or corrupt.
  package init(
    of replay: Replay, at now: Timestamp, beside sweep: Sweep, most: Int = Self.most
  ) throws(LedgerError) {
    let room = most - sweep.steps.count
    // A file is taken away where the tree has it as believed: what is disputed is restored first.
    guard room > 0, replay.disputes.isEmpty, replay.flippedUpon == nil else {
      grants = []
      return
    }
    var due: [Grant] = []
    let retention = replay.belief.policy.policy.settings.retention
    try replay.visitClosed(requestedBy: now - retention) { grant in
      if let end = replay.belief.keptUntil(grant), now >= end { due.append(grant) }
      return due.count < room
    }
    grants = due
  }
}
