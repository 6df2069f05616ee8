extension Transition {
  /// A file where belief has none: a request, pending or straight into active.
  static func readRequest(_ assertion: Assertion) -> Transition? {
    guard assertion.believed == .absent, let grant = assertion.asserted.grant else { return nil }
    switch assertion.asserted.state {
    case .pending: return .request(grant.request, activatedAt: nil)
    case .active:
      return .request(grant.request, activatedAt: grant.activatedAt ?? assertion.signedAt)
    default: return nil
    }
  }

  static func requested(_ grant: Grant, activatedAt: Timestamp?) -> (GrantState, Grant) {
    guard let activatedAt else { return (.pending, grant.request) }
    return activated(grant.request, at: activatedAt)
  }
}
