extension Transition {
  /// A request that nobody decided in time, closed.
  static func readLapse(_ assertion: Assertion) -> Transition? {
    guard assertion.believed.state == .pending, let closure = assertion.ownClosure,
      closure.outcome == .lapsed
    else { return nil }
    return .lapse(closure)
  }
}
