import Grants
import History
import Ledger
import Policies

/// Who holds which role at one moment, and by which grants.
package struct EffectiveSet: Sendable, Hashable {
  package static let schema = "daypass/effective/v1"

  /// One grant by which somebody holds a role.
  package struct Support: Sendable, Hashable {
    package let grant: GrantID
    package let expiresAt: Timestamp
    package let scope: [String: String]
  }

  /// A place where the head's tree is not what is believed.
  package struct Disagreement: Sendable, Hashable {
    package let path: String
    package let rule: String
    package let commit: ObjectID
    package let sentence: String
  }

  package let repository: String
  package let head: ObjectID
  /// The git tree id of the policy in force.
  package let policy: ObjectID
  package let generatedAt: Timestamp
  /// After this a consumer must not use the set any more.
  package let validUntil: Timestamp
  package let roles: [RoleName: [Principal: [Support]]]
  package let disputes: [Disagreement]
  /// How many grants there are in it.
  package let size: Int

  /// What is effective at the replay's moment.
  ///
  /// The union over grants: the end of one never ends another. A grant past its end is left out
  /// whether it was swept or not.
  package init(of replay: Replay) {
    let belief = replay.belief
    let now = replay.now
    let policy = belief.policy.policy
    var roles: [RoleName: [Principal: [Support]]] = [:]
    var size = 0
    var eligible: [LiveGrants.Holding: Bool] = [:]
    var terse = policy
    terse.isTerse = true
    for fact in belief.live.facts {
      guard fact.state == .active, let end = fact.expiresAt, now < end,
        let start = fact.activatedAt, start <= now
      else { continue }
      // Few people hold few roles, by many grants.
      if eligible[fact.holding] == nil {
        eligible[fact.holding] = Self.isEligible(fact.holding, terse, belief)
      }
      guard eligible[fact.holding] == true else { continue }
      size += 1
      roles[fact.holding.role, default: [:]][fact.holding.subject, default: []].append(
        Support(grant: fact.id, expiresAt: end, scope: fact.scope))
    }
    self.size = size
    self.roles = roles.mapValues { holders in
      holders.mapValues { supports in supports.sorted { $0.grant < $1.grant } }
    }
    repository = policy.name
    head = replay.head
    self.policy = belief.policy.tree
    generatedAt = now
    validUntil = min(
      now + policy.settings.freshness,
      Freshness.deadline(of: replay) ?? now + policy.settings.freshness)
    disputes = replay.disputes.map {
      Disagreement(
        path: Text.printable($0.difference.path), rule: $0.cause.rule.rawValue,
        commit: $0.cause.commit, sentence: Text.printable($0.cause.sentence))
    }
  }

  /// Believed active, not past its end, its role there, its people known and eligible.
  package static func isEffective(
    _ live: LiveGrant, in belief: Belief, at now: Timestamp
  ) -> Bool {
    live.state == .active && !live.grant.isExpired(at: now)
      && live.grant.activatedAt.map { $0 <= now } ?? false
      && isEligible(LiveGrants.Holding(of: live.grant), belief.policy.policy, belief)
  }

  private static func isEligible(
    _ holding: LiveGrants.Holding, _ policy: Policy, _ belief: Belief
  ) -> Bool {
    policy.decideEligibility(
      of: holding.role, for: holding.subject, askedForBy: holding.requester
    ) { belief.policy.known.contains($0) }.isAllowed
  }
}
