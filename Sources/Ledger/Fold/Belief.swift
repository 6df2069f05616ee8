import Grants
import History
import Policies

/// A pending or active grant as it is believed.
package struct LiveGrant: Sendable, Hashable {
  package let state: GrantState
  package let grant: Grant
  /// The believed file.
  package let blob: ObjectID
  /// When the request, or its latest amendment, was signed.
  package let requestSignedAt: Timestamp
}

/// What a replay has come to believe: each unit's content.
package struct Belief: Sendable {
  package internal(set) var policy: PolicySnapshot
  /// `grants/`, closed ones included; a closed grant needs no other memory.
  package internal(set) var tree: BeliefTree
  /// The pending and active grants. A copy shares what it does not change: each pin keeps one.
  package private(set) var live: LiveGrants
  /// Believed files that no commit carries: results of two signatures that met.
  package internal(set) var extras: [ObjectID: [UInt8]]
  /// No grant with a later time in its id can have been archived under a policy before this one;
  /// nil before the first change. What is no later never begins anew, so that archived ids need no
  /// other memory, however long an approval window becomes.
  package internal(set) var archivedUpTo: Timestamp?

  init(
    policy: PolicySnapshot, tree: BeliefTree, live: LiveGrants, extras: [ObjectID: [UInt8]] = [:]
  ) {
    self.policy = policy
    self.tree = tree
    self.live = live
    self.extras = extras
  }

  /// Grants that are open at that moment: pending within the approval window, or active and not
  /// expired; of that person, other than `excluded`.
  package func open(of subject: Principal, at moment: Timestamp, except excluded: GrantID)
    -> [Grant]
  {
    live.held(by: subject).compactMap { live in
      live.grant.id != excluded && isOpen(live, at: moment) ? live.grant : nil
    }.sorted { $0.id < $1.id }
  }

  /// Whether the grant still counts: nobody has to sweep it first.
  package func isOpen(_ live: LiveGrant, at moment: Timestamp) -> Bool {
    switch live.state {
    case .pending: moment < decisionDeadline(of: live.grant)
    case .active: !live.grant.isExpired(at: moment)
    case .closed: false
    }
  }

  /// The moment from which a request can no longer be approved.
  package func decisionDeadline(of grant: Grant) -> Timestamp {
    grant.requestedAt + policy.policy.approvalWindow(of: grant.role)
  }

  /// The moment from which a closed grant may be archived; nil if it is not closed.
  package func keptUntil(_ grant: Grant) -> Timestamp? {
    grant.keptUntil(policy.policy.settings.retention)
  }

  /// Whether grants of that time's ids may have been archived under an earlier policy. Under the one
  /// in force the approval window refuses them: `retention` is never shorter.
  package func mayHaveArchived(_ id: GrantID) -> Bool {
    archivedUpTo.map { id.requestedAt <= $0 } ?? false
  }

  /// The policy in force from that landing time on.
  mutating func adopt(_ next: PolicySnapshot, at moment: Timestamp) {
    let last = moment - policy.policy.settings.retention
    archivedUpTo = max(archivedUpTo ?? last, last)
    policy = next
  }

  mutating func insert(_ grant: LiveGrant) { live.insert(grant) }

  @discardableResult
  mutating func remove(_ id: GrantID) -> LiveGrant? { live.remove(id) }
}
