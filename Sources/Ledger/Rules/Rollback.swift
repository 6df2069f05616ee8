import History

extension TrustRule {
  /// The head contains the last head this verifier accepted; else somebody took history back.
  static func refuseRollback(_ head: ObjectID, lacks verified: ObjectID) -> LedgerError {
    LedgerError(
      .rollback,
      "the head \(head.short) does not contain \(verified.short), which was verified here before "
        + "(rule rollback)",
      hint: "Somebody took the branch back, or what was written here was never pushed.\n"
        + "Where it was pushed and this clone lags behind: daypass sync\n"
        + "What is missing: git log \(head.short)..\(verified.short)\n"
        + "To go back to it: git reset --keep \(verified.short)\n"
        + "To accept the loss, once you know why: daypass trust --forget")
  }
}
