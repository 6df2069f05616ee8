import Grants

extension TrustRule {
  /// After the change enough admins have a usable key to make the next one.
  static func checkPolicyKeys(_ new: PolicySnapshot, at moment: Timestamp) throws(Refusal) {
    let usable = new.adminsWithUsableKey(at: moment)
    guard usable.count >= new.policy.adminQuorum else {
      throw Refusal(
        .policyKeys,
        "\(Self.admins(usable.count)) would have a usable key, and adminQuorum is "
          + "\(new.policy.adminQuorum)")
    }
  }

  private static func admins(_ count: Int) -> String {
    count == 0 ? "no admin" : count == 1 ? "only one admin" : "only \(count) admins"
  }
}
