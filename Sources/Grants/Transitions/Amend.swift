extension Transition {
  /// A pending request asking for something else, signed by its requester.
  static func readAmend(_ assertion: Assertion) -> Transition? {
    guard assertion.believed.state == .pending, assertion.asserted.state == .pending,
      let grant = assertion.asserted.grant, !assertion.keepsRequest,
      assertion.believed.grant?.requester == assertion.signer
    else { return nil }
    return .amend(grant.request)
  }

  /// All approvals fall: they were for what was asked before.
  static func amended(_ grant: Grant, to request: Grant) -> (GrantState, Grant) {
    (.pending, request.request)
  }
}
