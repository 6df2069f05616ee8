extension Transition {
  /// The signer's own approval taken out again.
  static func readRetract(_ assertion: Assertion) -> Transition? {
    // The rest of the file is not looked at: taking away is never shielded by tampering.
    guard assertion.takesOwnApprovalOut, assertion.asserted.state != .closed,
      assertion.asserted.grant != nil
    else { return nil }
    return .retract(assertion.closure(.revoked))
  }

  /// Pending: the entry goes. Active: access rested on it, so the grant ends as revoked.
  static func retracted(
    _ grant: Grant, in state: GrantState?, _ closure: Closure
  ) -> (GrantState, Grant) {
    if state == .active { return closed(grant, closure) }
    var grant = grant
    grant.approvals.removeAll { $0.by == closure.by }
    return (.pending, grant)
  }
}
