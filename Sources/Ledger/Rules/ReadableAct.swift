extension TrustRule {
  /// What is asserted must read as one step of a grant's life.
  static func refuseReadableAct(_ why: String) -> Refusal {
    Refusal(.readableAct, "the change \(why)")
  }
}
