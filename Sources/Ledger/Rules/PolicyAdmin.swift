import Grants

extension TrustRule {
  /// Only admins consent to a change of the policy.
  static func checkPolicyAdmin(_ signer: Principal, _ policy: PolicySnapshot) throws(Refusal) {
    guard policy.policy.isAdmin(signer) else {
      throw Refusal(.policyAdmin, "\(signer) is not an admin and cannot change policies/")
    }
  }
}
