extension Transition {
  /// A grant whose role is gone, or whose requester or holder may no longer have it, closed.
  static func readDisqualify(_ assertion: Assertion) -> Transition? {
    guard assertion.believed.grant != nil, let closure = assertion.ownClosure,
      closure.outcome == .ineligible
    else { return nil }
    return .disqualify(closure)
  }
}
