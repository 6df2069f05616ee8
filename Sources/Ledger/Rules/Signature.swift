import Signatures

extension TrustRule {
  /// A proposal carries exactly one valid SSH signature of the namespace `git` over a commit of
  /// the strict grammar.
  static func checkSignature(_ status: SignatureStatus) throws(Refusal) -> VerifiedSignature {
    switch status {
    case .valid(let signature): return signature
    case .absent:
      throw Refusal(
        .signature, "the commit is not signed, or not of the strict form of a signed commit")
    case .invalid(let error):
      throw Refusal(.signature, "the commit's signature does not hold: \(error.sentence)")
    }
  }
}
