import Grants
import Policies

extension TrustRule {
  /// Each step is signed by whom the table of steps names.
  static func checkActor(_ act: Act) throws(Refusal) {
    let signer = act.signing.signer
    let grant = act.believed?.grant
    switch act.transition {
    case .request(let request, _): try demand(request.requester, signer, "ask in their name")
    case .amend: try demand(grant?.requester, signer, "amend the request")
    case .approve(let approval, _): try demand(approval.by, signer, "approve in their name")
    case .withdraw: try demand(grant?.requester, signer, "withdraw the request")
    case .retract(let closure): try demand(closure.by, signer, "take back their approval")
    case .reject:
      guard let grant else { return }
      try demand(act.policy.policy.decideRejection(of: grant, by: signer))
    case .revoke:
      guard let grant else { return }
      try demand(act.policy.policy.decideRevocation(of: grant, by: signer))
    case .activate, .lapse, .expire, .disqualify, .archive:
      guard act.policy.policy.isReconciler(signer) else {
        throw Refusal(
          .actor, "only a reconciler may \(act.transition.kind.rawValue); \(signer) is none")
      }
    }
  }

  private static func demand(
    _ wanted: Principal?, _ signer: Principal, _ deed: String
  ) throws(Refusal) {
    guard wanted == signer else {
      let who = wanted?.name ?? "nobody"
      throw Refusal(.actor, "only \(who) may \(deed); \(signer) signed")
    }
  }

  private static func demand(_ decision: Decision) throws(Refusal) {
    guard decision.isAllowed else { throw Refusal(.actor, decision) }
  }
}
