import History

extension TrustRule {
  /// Where two lines both carry pins since they forked, only a person can choose.
  static func refuseOneMainline(_ first: ObjectID, _ second: ObjectID) -> LedgerError {
    LedgerError(
      .ambiguousMainline,
      "two lines both carry reconciler pins: \(first.short) and \(second.short)",
      hint: "Find out which is the true one and say so once: daypass verify --mainline COMMIT")
  }
}
