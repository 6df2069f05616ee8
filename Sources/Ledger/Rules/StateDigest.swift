extension TrustRule {
  /// A pin that states another digest of the belief than this replay has found: one of the two is
  /// wrong, and both sides must hear of it.
  static func noteStateDigest(_ pin: Pin) -> Refusal? {
    guard pin.contradicts, let stated = pin.statedDigest else { return nil }
    return Refusal(
      .stateDigest,
      "the reconciler states the belief \(stated.prefix(12)); this replay finds \(pin.digest.prefix(12))"
    )
  }
}
