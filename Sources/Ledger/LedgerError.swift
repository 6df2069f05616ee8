import History

/// Why a replay stopped: nothing it could say would be trustworthy.
package struct LedgerError: ExplainedError, Equatable {
  package enum Code: String, Sendable {
    /// The first-parent chain does not reach the trusted root.
    case rootNotReached
    /// The trusted root's governed tree is not valid in every part.
    case rootInvalid
    /// The head does not contain the last head this verifier accepted.
    case rollback
    /// Two lines both carry reconciler pins since they forked.
    case ambiguousMainline
    /// A pin whose word was to be taken does not fit its own commit, or the history around it.
    case pinUntrustworthy
    /// An object is missing, corrupt or of the wrong hash; the clone is shallow or partial.
    case brokenHistory
    /// Something newer than this version: neither good nor bad, it cannot be judged yet.
    case cannotJudge
  }

  package let code: Code
  /// What happened and where, one sentence.
  package let sentence: String
  /// What to type or do next.
  package let hint: String

  package init(_ code: Code, _ sentence: String, hint: String = "") {
    self.code = code
    self.sentence = sentence
    self.hint = hint
  }

  init(_ error: HistoryError) {
    // Input/output that fails says nothing about the history.
    self.init(
      error.code == .unreadable ? .cannotJudge : .brokenHistory, error.sentence, hint: error.hint)
  }
}
