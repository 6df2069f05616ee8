import Grants
import Signatures

extension TrustRule {
  /// The key is listed in the believed `allowed_signers` when the commit lands.
  static func checkKnownKey(
    _ key: PublicKey, _ policy: PolicySnapshot
  ) throws(Refusal) -> (Principal, AllowedSigners.Entry) {
    guard let found = policy.principal(of: key) else {
      throw Refusal(
        .knownKey, "the signing key \(key.fingerprint) is not in policies/allowed_signers")
    }
    return found
  }
}
