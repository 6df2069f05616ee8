import History

extension TrustRule {
  /// The head contains the last head this verifier accepted; else somebody took history back.
  static func refuseRollback(_ head: ObjectID, lacks verified: ObjectID) -> LedgerError {
    LedgerError(
      .rollback,
      "the head \(head.short) does not contain \(verified.short), which was verified here before",
      hint: "Somebody rewrote the branch. Find out who and why; if it is right, trust it anew: "
        + "daypass trust --forget")
  }
}
