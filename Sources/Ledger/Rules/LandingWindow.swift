import Grants

extension TrustRule {
  /// A signature under an approval goes stale: it counts only if it lands within `landingWindow`.
  static func checkLandingWindow(_ act: Act) throws(Refusal) {
    guard case .approve = act.transition else { return }
    let window = act.policy.policy.settings.landingWindow
    guard act.signing.landedAt - act.signing.signedAt <= window else {
      throw Refusal(
        .landingWindow,
        "the approval of \(act.signing.signedAt) landed at \(act.signing.landedAt), later than \(window.words)"
      )
    }
  }
}
