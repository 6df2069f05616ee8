import Grants
import Policies

extension TrustRule {
  /// The believed policy allows the step where it lands.
  static func checkPolicyAllows(_ act: Act, _ belief: Belief) throws(Refusal) {
    let policy = act.policy.judging
    switch act.transition {
    case .request(let grant, let activatedAt):
      try demand(decideRequest(grant, act, belief))
      if activatedAt != nil { try demand(policy.decideActivation(of: grant)) }
    case .amend(let grant): try demand(decideRequest(grant, act, belief))
    case .approve(let approval, _):
      guard let grant = act.believed?.grant else { return }
      try demand(policy.decideApproval(of: grant, by: approval.by, duration: approval.duration))
    case .activate:
      guard let grant = act.believed?.grant else { return }
      try demand(policy.decideActivation(of: grant))
      try demand(policy.decideEligibility(of: grant) { act.policy.known.contains($0) })
    case .retract, .reject, .withdraw, .lapse, .revoke, .expire, .disqualify, .archive: return
    }
  }

  private static func decideRequest(_ grant: Grant, _ act: Act, _ belief: Belief) -> Decision {
    let open = belief.open(of: grant.subject, at: act.signing.landedAt, except: grant.id)
    return act.policy.judging.decideRequest(
      grant, facts: RequestFacts(known: act.policy.known, open: open))
  }

  private static func demand(_ decision: Decision) throws(Refusal) {
    guard decision.isAllowed else { throw Refusal(.policyAllows, decision) }
  }
}
