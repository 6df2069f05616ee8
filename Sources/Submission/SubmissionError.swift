import History
import Ledger
import Policies

/// Why nothing was submitted. Nothing has been changed.
package struct SubmissionError: ExplainedError {
  package enum Code: Sendable {
    /// It could not be done.
    case failed
    /// There is nothing (left) to do.
    case idle
    /// The remote could not be reached, or would not have it.
    case remote
    /// The remote lets nobody push to the branch directly.
    case protected
    /// What was asked makes no sense as it stands.
    case usage
    /// History cannot be trusted, or the place is disputed.
    case untrusted
    /// The policy or a trust rule says no.
    case denied
    /// Others were faster, again and again.
    case conflict
    /// The clock does not deserve it.
    case clock
  }

  package let code: Code
  /// What happened, one sentence.
  package let sentence: String
  /// What to type or do next; may be empty.
  package let hint: String
  /// The policy's decision behind it, where there was one.
  package let decision: Decision?

  package init(
    _ code: Code, _ sentence: String, hint: String = "", decision: Decision? = nil
  ) {
    self.code = code
    self.sentence = sentence
    self.hint = hint
    self.decision = decision
  }

  package init(denied decision: Decision) {
    self.init(
      .denied, decision.refusals.map(\.sentence).joined(separator: "\n"), decision: decision)
  }

  /// What a room below threw, with its words.
  package init(_ error: any Error) {
    guard let error = error as? any ExplainedError else {
      self.init(.failed, "\(error)")
      return
    }
    let code: Code
    switch error {
    case let error as SubmissionError:
      self = error
      return
    case is LedgerError: code = .untrusted
    case let error as RemoteError:
      code = error.code == .protectedBranch ? .protected : .remote
    case let error as HistoryError where [.conflict, .locked].contains(error.code): code = .conflict
    default: code = .failed
    }
    self.init(code, error.sentence, hint: error.hint)
  }
}

extension SubmissionError {
  /// The local branch and that of the remote each have what the other lacks. The one place of what
  /// to do then: the commits made here stay as they were signed, on a branch that is landed.
  ///
  /// - Parameters:
  ///   - tip: where the remote has the branch.
  ///   - isHere: whether that was fetched.
  ///   - abort: what ends the merge or rebase that is under way here, if one is: nothing can be reset
  ///     before.
  package init(
    parted branch: String, from tip: ObjectID, at remote: String, isHere: Bool = true,
    abort: String? = nil
  ) {
    let fetch = (abort.map { "\($0) && " } ?? "") + (isHere ? "" : "git fetch \(remote) && ")
    self.init(
      .conflict, "the local branch \(branch) and the remote one have gone different ways",
      hint: "Keep your commits on a branch of their own, and follow the remote:\n"
        + "  \(fetch)git branch mine && git reset --keep \(tip.short)\n"
        + "They count once that branch is landed, by a reconciler, as they were signed:\n"
        + "  git push \(remote) mine        then the reconciler: daypass land mine\n"
        + "Or leave them, and do again with daypass what still matters.")
  }
}
