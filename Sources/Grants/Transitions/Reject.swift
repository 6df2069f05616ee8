extension Transition {
  /// A pending request closed by somebody else than its requester, or its file removed by such a
  /// one.
  static func readReject(_ assertion: Assertion) -> Transition? {
    guard case .file(.pending, let grant) = assertion.believed,
      assertion.signer != grant.requester
    else { return nil }
    if var closure = assertion.ownClosure,
      closure.outcome == .rejected || closure.outcome == .revoked
    {
      closure.outcome = .rejected
      return .reject(closure)
    }
    return assertion.removesBelieved
      ? .reject(assertion.closure(.rejected)) : nil
  }
}
