extension Transition {
  /// A pending request closed by somebody else than its requester, or its file removed by such a
  /// one.
  static func readReject(_ assertion: Assertion) -> Transition? {
    guard case .file(.pending, let grant) = assertion.believed,
      assertion.signer != grant.requester
    else { return nil }
    if assertion.asserted == .absent { return .reject(assertion.closure(.rejected)) }
    guard var closure = assertion.ownClosure,
      closure.outcome == .rejected || closure.outcome == .revoked
    else { return nil }
    closure.outcome = .rejected
    return .reject(closure)
  }
}
