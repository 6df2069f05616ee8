import Grants

extension TrustRule {
  /// A reconciler's key can do nothing but activate, lapse, expire, disqualify, archive and pin:
  /// stolen, it asks for nothing and approves nothing.
  static func checkReconcilerDuties(
    _ signer: Principal, _ kind: Transition.Kind, _ policy: PolicySnapshot
  ) throws(Refusal) {
    let duties: Set<Transition.Kind> = [
      .activate, .lapse, .expire, .disqualify, .archive,
    ]
    guard policy.policy.isReconciler(signer), !duties.contains(kind) else { return }
    throw Refusal(.reconcilerDuties, "\(signer) is a reconciler and may not \(kind.rawValue)")
  }
}
