import Grants
import History
import Signatures

/// An admin's consent to one change of the policy, landed and waiting for others.
package struct Consent: Sendable, Hashable {
  package let commit: ObjectID
  package let admin: Principal
  package let from: ObjectID
  package let to: ObjectID
  package let signedAt: Timestamp
  /// Whether the commit itself carries the new policy.
  package let carries: Bool
}

/// Where a fold stands after a mainline commit.
package struct FoldState: Sendable {
  package internal(set) var belief: Belief
  package internal(set) var consents: [Consent] = []
  /// The mainline commit folded last.
  package internal(set) var commit: ObjectID
  /// Its landing time; no later commit lands earlier.
  package internal(set) var landedAt: Timestamp
  /// The newest pin, or the root if there is none yet.
  package internal(set) var pinnedCommit: ObjectID
  /// The newest pin's time; nil if there is none yet.
  package internal(set) var pinnedAt: Timestamp?
  /// Where the commit's tree differs from the belief.
  package internal(set) var disputes: [Dispute] = []
  /// The pin whose word was taken for what came before it; such a state is never kept.
  var trustsPin: ObjectID?
  /// Where this very state is kept already; nil once anything has landed upon it.
  var origin: CheckpointOrigin?
  /// What waits for the reconciler; nil where everybody's landings count, and after every pin.
  var waiting: Waiting?

  /// The digest that a reconciler writes into its pins (`Daypass-State`).
  func digest(reader: TreeReader) throws(LedgerError) -> String {
    let grants = try belief.tree.treeID(at: ["grants"], reader: reader) { _, _ in }
    return Self.digest(policies: belief.policy.tree, grants: grants)
  }

  /// SHA-256, in hexadecimal, of three lines: `daypass/state/v1`, `policies ID`, `grants ID`, the
  /// ids being those of git trees without ignored files and `-` standing for an empty one.
  package static func digest(policies: ObjectID, grants: ObjectID?) -> String {
    let text = "daypass/state/v1\npolicies \(policies)\ngrants \(grants?.hex ?? "-")\n"
    return Digest.hex(Digest.sha256(Array(text.utf8)))
  }
}
