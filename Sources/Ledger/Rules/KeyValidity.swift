import Grants

extension TrustRule {
  /// The key is valid when the commit was signed and when it lands; for a step that takes away, the
  /// first is enough.
  static func checkKeyValidity(_ signing: Signing, takesAway: Bool) throws(Refusal) {
    guard signing.entry.isValid(at: signing.signedAt.seconds) else {
      throw Refusal(
        .keyValidity, "the key of \(signing.signer) was not valid at \(signing.signedAt)")
    }
    guard takesAway || signing.entry.isValid(at: signing.landedAt.seconds) else {
      throw Refusal(
        .keyValidity,
        "the key of \(signing.signer) was not valid when the commit landed, \(signing.landedAt)")
    }
  }
}
