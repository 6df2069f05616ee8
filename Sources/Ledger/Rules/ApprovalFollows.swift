import Grants

extension TrustRule {
  /// An approval is not older than the wording it approves: one that was given before an amendment
  /// does not come back when the amendment is undone.
  static func checkApprovalFollows(_ act: Act) throws(Refusal) {
    guard case .approve = act.transition, let believed = act.believed else { return }
    let skew = act.policy.policy.settings.skew
    guard act.signing.signedAt + skew >= believed.requestSignedAt else {
      throw Refusal(
        .approvalFollows,
        "the approval of \(act.signing.signedAt) is older than the request as it stands since "
          + "\(believed.requestSignedAt)")
    }
  }
}
