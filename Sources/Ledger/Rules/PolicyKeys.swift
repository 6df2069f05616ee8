import Grants

extension TrustRule {
  /// After the change enough admins have a usable key to make the next one.
  static func checkPolicyKeys(_ new: PolicySnapshot, at moment: Timestamp) throws(Refusal) {
    let usable = new.adminsWithUsableKey(at: moment)
    guard usable.count >= new.policy.adminQuorum else {
      throw Refusal(
        .policyKeys,
        "only \(usable.count) of the admins would have a usable key; \(new.policy.adminQuorum) are needed"
      )
    }
  }
}
