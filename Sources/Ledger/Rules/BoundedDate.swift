import Grants

extension TrustRule {
  /// A step that gives access is not dated beyond the bound (the closing pin's time, or the
  /// verifier's now) by more than the skew.
  static func checkBoundedDate(_ act: Act) throws(Refusal) {
    guard act.transition.kind.givesAccess else { return }
    let limit = act.signing.bound + act.policy.policy.settings.skew
    guard act.signing.signedAt <= limit else {
      throw Refusal(
        .boundedDate, "the commit is dated \(act.signing.signedAt), later than \(limit)")
    }
  }
}
