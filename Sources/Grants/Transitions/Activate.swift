extension Transition {
  /// A pending grant moved to active by somebody who adds no approval.
  static func readActivate(_ assertion: Assertion) -> Transition? {
    guard assertion.believed.state == .pending, assertion.asserted.state == .active,
      assertion.keepsRequest, assertion.newApproval == nil
    else { return nil }
    return .activate(statedAt: assertion.asserted.grant?.activatedAt)
  }

  /// The clock starts at the last approval's signing time, so that a late landing shortens access
  /// and never shifts it; where no approval was needed, at `moment`.
  static func activated(_ grant: Grant, at moment: Timestamp?) -> (GrantState, Grant) {
    guard let moment else { return (.pending, grant) }
    var grant = grant
    grant.activatedAt = moment
    grant.expiresAt = moment + grant.approvedDuration
    return (.active, grant)
  }
}
