extension TrustRule {
  /// The step counted, but the commit's tree does not show what came of it.
  static func refuseCanonicalResult() -> Refusal {
    Refusal(
      .canonicalResult,
      "what was signed counts, but the tree shows something else than what came of it")
  }
}
