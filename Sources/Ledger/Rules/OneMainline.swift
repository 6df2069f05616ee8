import History

extension TrustRule {
  /// A line that lacks the head accepted here, pinned by nobody whom this verifier knew for a
  /// reconciler.
  static func refuseStrangersLine(_ pin: ObjectID, lacks accepted: ObjectID) -> LedgerError {
    LedgerError(
      .ambiguousMainline,
      "the mainline that was accepted here, up to \(accepted.short), was merged into a line that "
        + "only strangers have pinned: \(pin.short) is by no reconciler that was known here",
      hint: TrustRule.oneMainline.hint)
  }

  /// Where two lines both carry pins since they forked, only a person can choose.
  static func refuseOneMainline(_ first: ObjectID, _ second: ObjectID) -> LedgerError {
    LedgerError(
      .ambiguousMainline,
      "two lines both carry reconciler pins: \(first) and \(second) (rule one-mainline)",
      hint: TrustRule.oneMainline.hint)
  }
}
