extension Transition {
  /// An active grant ended early: closed as revoked, closed as rejected or withdrawn by somebody
  /// who did not know that it was active, its file removed, or put back to pending.
  ///
  /// Only the signer's `closed` entry is read; what else the file shows cannot shield the grant.
  static func readRevoke(_ assertion: Assertion) -> Transition? {
    guard assertion.believed.state == .active else { return nil }
    if var closure = assertion.ownClosure,
      [.revoked, .rejected, .withdrawn].contains(closure.outcome)
    {
      closure.outcome = .revoked
      return .revoke(closure)
    }
    if assertion.removesBelieved { return .revoke(assertion.closure(.revoked)) }
    // Put back by somebody who had seen it active; a late approval, made while it was pending in
    // the signer's own parent, is not meant to take anything away.
    if assertion.asserted.state == .pending, assertion.before.states.contains(.active) {
      return .revoke(assertion.closure(.revoked))
    }
    return nil
  }
}
