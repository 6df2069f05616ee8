extension Transition {
  /// A grant that has run out, closed.
  static func readExpire(_ assertion: Assertion) -> Transition? {
    guard assertion.believed.state == .active, let closure = assertion.ownClosure,
      closure.outcome == .expired
    else { return nil }
    return .expire(closure)
  }
}
