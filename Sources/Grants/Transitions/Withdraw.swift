extension Transition {
  /// A pending request closed, or its file removed, by its requester.
  static func readWithdraw(_ assertion: Assertion) -> Transition? {
    guard case .file(.pending, let grant) = assertion.believed,
      assertion.signer == grant.requester
    else { return nil }
    if var closure = assertion.ownClosure,
      closure.outcome == .withdrawn || closure.outcome == .revoked
    {
      closure.outcome = .withdrawn
      return .withdraw(closure)
    }
    return assertion.removesBelieved
      ? .withdraw(assertion.closure(.withdrawn)) : nil
  }
}
