extension Transition {
  /// The signer's own new approval on a request that is otherwise as believed.
  ///
  /// Approvals of others in the file are neither added nor taken away: their own commits do that.
  static func readApprove(_ assertion: Assertion) -> Transition? {
    guard assertion.believed.state == .pending, assertion.keepsRequest,
      let state = assertion.asserted.state, state != .closed,
      let approval = assertion.newApproval
    else { return nil }
    return .approve(approval, moves: state == .active)
  }

  static func approved(
    _ grant: Grant, _ approval: Approval, moves: Bool, suffices: (Grant) -> Bool
  ) -> (GrantState, Grant) {
    var grant = grant
    grant.approvals.append(approval)
    guard moves, suffices(grant) else { return (.pending, grant) }
    return activated(grant, at: grant.lastApprovedAt)
  }
}
