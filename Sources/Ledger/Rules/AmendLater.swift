import Grants

extension TrustRule {
  /// An amendment is signed later than what it replaces, so that a leftover never comes back.
  static func checkAmendLater(_ act: Act) throws(Refusal) {
    guard case .amend = act.transition, let believed = act.believed else { return }
    guard act.signing.signedAt > believed.requestSignedAt else {
      throw Refusal(
        .amendLater,
        "the amendment of \(act.signing.signedAt) is not later than what it would replace, signed at "
          + "\(believed.requestSignedAt)")
    }
  }
}
