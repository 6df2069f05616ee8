extension TrustRule {
  /// The serial grows by exactly one and the name never changes, so that no older policy and no
  /// other repository's takes over.
  static func checkPolicySuccession(
    _ old: PolicySnapshot, _ new: PolicySnapshot
  ) throws(Refusal) {
    guard new.policy.name == old.policy.name else {
      throw Refusal(
        .policySuccession, "the name changes from \(old.policy.name) to \(new.policy.name)")
    }
    guard new.policy.serial == old.policy.serial + 1 else {
      throw Refusal(
        .policySuccession,
        "the serial is \(new.policy.serial); after \(old.policy.serial) comes \(old.policy.serial + 1)"
      )
    }
  }
}
