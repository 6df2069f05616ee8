extension TrustRule {
  /// A commit that changes the policy changes no grant.
  static func refuseMixedCommit() -> Refusal {
    Refusal(
      .mixedCommit, "the commit changes policies/ as well as grants/")
  }
}
