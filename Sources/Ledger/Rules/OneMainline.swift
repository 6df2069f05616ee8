import History

extension TrustRule {
  /// Where two lines both carry pins since they forked, only a person can choose.
  static func refuseOneMainline(_ first: ObjectID, _ second: ObjectID) -> LedgerError {
    LedgerError(
      .ambiguousMainline,
      "two lines both carry reconciler pins: \(first) and \(second) (rule one-mainline)",
      hint: TrustRule.oneMainline.hint)
  }
}
