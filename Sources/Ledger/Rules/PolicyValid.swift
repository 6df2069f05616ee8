extension TrustRule {
  /// The new policy is valid in every part.
  static func checkPolicyValid(
    _ read: Result<PolicySnapshot, PolicyFault>
  ) throws(Refusal) -> PolicySnapshot {
    switch read {
    case .success(let snapshot): return snapshot
    case .failure(let fault):
      throw Refusal(
        .policyValid, "the new policy is not valid: " + fault.problems.joined(separator: "; "))
    }
  }
}
