extension TrustRule {
  /// A commit that touches more than 100,000 units is refused whole: judging it would cost
  /// everybody more than it could ever be worth.
  static func checkUnitLimit(_ diff: GovernedDiff) throws(Refusal) {
    guard !diff.isTooLarge else {
      throw Refusal(.unitLimit, "touches more than \(GovernedDiff.limit) grants")
    }
  }
}
