import History

extension TrustRule {
  /// Every object on the way is here, whole, and of the right hash; the chain reaches the root.
  static func refuseWholeHistory(_ root: ObjectID, from head: ObjectID) -> LedgerError {
    LedgerError(
      .rootNotReached,
      "the first-parent chain of \(head.short) does not reach the trusted root \(root.short)",
      hint:
        "Is this the right branch? daypass whoami shows root and branch; daypass trust sets them.")
  }
}
