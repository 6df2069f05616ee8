import Grants

extension TrustRule {
  /// A consent counts only if it lands within `policyLandingWindow` of its signature.
  static func checkPolicyWindow(
    signedAt: Timestamp, landedAt: Timestamp, _ policy: PolicySnapshot
  ) throws(Refusal) {
    let window = policy.policy.settings.policyLandingWindow
    guard landedAt - signedAt <= window else {
      throw Refusal(
        .policyWindow,
        "the consent of \(signedAt) landed at \(landedAt), later than \(window.words)")
    }
  }
}
