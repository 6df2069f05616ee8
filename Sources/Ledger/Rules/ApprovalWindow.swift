import Grants

extension TrustRule {
  /// A request lands, is amended and is approved within the role's approval window, counted from
  /// the time in its id; so an id of the past never comes back.
  static func checkApprovalWindow(_ act: Act, _ belief: Belief) throws(Refusal) {
    let grant: Grant
    switch act.transition {
    case .request(let request, _), .amend(let request): grant = request
    case .approve:
      guard let believed = act.believed?.grant else { return }
      grant = believed
    default: return
    }
    let deadline = belief.decisionDeadline(of: grant)
    guard act.signing.landedAt < deadline else {
      throw Refusal(
        .approvalWindow, "the request could be decided until \(deadline), which has passed")
    }
  }
}
