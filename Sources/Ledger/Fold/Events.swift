import Grants
import History
import Policies

/// What a rule is about: one grant, the policy, or a place that is neither.
package enum Unit: Sendable, Hashable, CustomStringConvertible {
  case grant(GrantID)
  case policies
  /// A path where nothing can be believed, or a directory of many grants.
  case place(String)

  package var description: String {
    switch self {
    case .grant(let id): id.description
    case .policies: "policies"
    case .place(let path): path
    }
  }

  /// The unit a path of the tree belongs to.
  init(path: String) {
    if path == "policies" {
      self = .policies
    } else if let place = GrantPath(path) {
      self = .grant(place.id)
    } else {
      self = .place(path)
    }
  }
}

/// A step that the ledger has accepted. Only the ledger can make one.
package struct VerifiedTransition: Sendable, Hashable {
  package let commit: ObjectID
  package let mainline: ObjectID
  package let kind: Transition.Kind
  package let signer: Principal
  package let signedAt: Timestamp
  package let landedAt: Timestamp
  package let before: GrantState?
  package let after: GrantState
  /// The grant after the step.
  package let grant: Grant

  init(
    commit: ObjectID, mainline: ObjectID, kind: Transition.Kind, signer: Principal,
    signedAt: Timestamp, landedAt: Timestamp, before: GrantState?, after: GrantState, grant: Grant
  ) {
    self.commit = commit
    self.mainline = mainline
    self.kind = kind
    self.signer = signer
    self.signedAt = signedAt
    self.landedAt = landedAt
    self.before = before
    self.after = after
    self.grant = grant
  }
}

/// A change of the policy that the admins' consents brought about.
package struct VerifiedPolicyChange: Sendable, Hashable {
  package let mainline: ObjectID
  package let landedAt: Timestamp
  package let from: ObjectID
  package let to: ObjectID
  package let serial: Int
  package let admins: [Principal]
}

/// Something that was asserted and counts for nothing.
package struct Incident: Sendable, Hashable {
  package let commit: ObjectID
  /// The mainline commit it arrived with.
  package let mainline: ObjectID
  package let landedAt: Timestamp
  package let unit: Unit
  package let rule: TrustRule
  package let sentence: String
  /// The commit's author line, which proves nothing.
  package let author: String
  /// Whose signature it carries, where that could be told.
  package let signer: Principal?
}

/// A place where the head's tree is not what is believed, and what brought that about.
package struct Dispute: Sendable, Hashable {
  package let difference: Difference
  package let cause: Incident

  package var unit: Unit { Unit(path: difference.path) }
}

/// A place that was disputed and is not any more: what lies there is again what is believed.
package struct Settlement: Sendable, Hashable {
  /// The mainline commit from which on they are.
  package let commit: ObjectID
  package let landedAt: Timestamp
  package let difference: Difference
  /// What had brought the dispute about.
  package let cause: Incident

  package var unit: Unit { Unit(path: difference.path) }
}

/// A reconciler's commit that closed a segment.
package struct Pin: Sendable, Hashable {
  package let commit: ObjectID
  /// Its committer time: the bound of the segment.
  package let at: Timestamp
  package let signer: Principal
  /// What its `Daypass-State` trailer says, if it has one.
  package let statedDigest: String?
  /// The digest of what this replay believes there.
  package let digest: String

  /// Whether the reconciler believed something else.
  package var contradicts: Bool { statedDigest.map { $0 != digest } ?? false }
}

/// A reconciler's commit that is no pin because it lies ahead of the verifier's clock.
package struct PinAhead: Sendable, Hashable {
  package let commit: ObjectID
  package let at: Timestamp
  package let signer: Principal
}

/// What a replay reports on its way, in the order of landing.
package enum LedgerEvent: Sendable, Hashable {
  case transition(VerifiedTransition)
  case consent(
    commit: ObjectID, admin: Principal, from: ObjectID, to: ObjectID, landedAt: Timestamp)
  case policy(VerifiedPolicyChange)
  case incident(Incident)
  case settled(Settlement)
  case pin(Pin)
}

extension LedgerEvent {
  /// The commit that brought it about.
  package var commit: ObjectID {
    switch self {
    case .transition(let transition): transition.commit
    case .consent(let commit, _, _, _, _): commit
    case .policy(let change): change.mainline
    case .incident(let incident): incident.commit
    case .settled(let settlement): settlement.commit
    case .pin(let pin): pin.commit
    }
  }
}
