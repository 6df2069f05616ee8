extension Transition {
  /// A pending request closed, or its file removed, by its requester.
  static func readWithdraw(_ assertion: Assertion) -> Transition? {
    guard case .file(.pending, let grant) = assertion.believed,
      assertion.signer == grant.requester
    else { return nil }
    if assertion.asserted == .absent { return .withdraw(assertion.closure(.withdrawn)) }
    guard var closure = assertion.ownClosure,
      closure.outcome == .withdrawn || closure.outcome == .revoked
    else { return nil }
    closure.outcome = .withdrawn
    return .withdraw(closure)
  }
}
