import Grants

extension TrustRule {
  /// The reconciler closes only what is due: lapse after the approval window, expire from
  /// `expiresAt` on, disqualify what the policy no longer admits, archive what has been closed for
  /// as long as `retention`.
  static func checkDueTime(_ act: Act, _ belief: Belief) throws(Refusal) {
    guard let grant = act.believed?.grant else { return }
    let now = act.signing.landedAt
    switch act.transition {
    case .lapse:
      let deadline = belief.decisionDeadline(of: grant)
      guard now >= deadline else {
        throw Refusal(.dueTime, "the request can be decided until \(deadline)")
      }
    case .expire:
      guard grant.isExpired(at: now) else {
        throw Refusal(
          .dueTime, "the grant runs until \(grant.expiresAt?.description ?? "its end")")
      }
    case .disqualify:
      let decision = act.policy.policy.decideEligibility(of: grant) {
        act.policy.known.contains($0)
      }
      guard !decision.isAllowed else {
        throw Refusal(.dueTime, "requester, holder and role are all still eligible")
      }
    case .archive:
      guard let end = belief.keptUntil(grant), now >= end else {
        let end = belief.keptUntil(grant)?.description ?? "it is closed"
        throw Refusal(.dueTime, "the closed grant is kept until \(end)")
      }
    default: return
    }
  }
}
