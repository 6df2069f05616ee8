import Grants
import Ledger
import Policies

/// Consenting to a request, for all or part of the time asked for.
package struct ApproveIntent: Intent {
  package var approver: Principal
  package var id: GrantID
  package var comment: String
  /// Shortens what was asked; nil allows it all.
  package var duration: TimeSpan?
  /// What the approver was shown: the approval is for nothing else. Nil trusts the belief.
  package var seen: Grant?

  package init(
    approver: Principal, id: GrantID, comment: String = "", duration: TimeSpan? = nil,
    seen: Grant? = nil
  ) {
    self.approver = approver
    self.id = id
    self.comment = comment
    self.duration = duration
    self.seen = seen
  }

  /// For a grant that needs no more approvals.
  package static func nothingLeft(_ id: GrantID) -> String {
    "It needs no more approvals: daypass show \(id.short)\n"
      + "What waits for you: daypass list --reviewable"
  }

  /// For a request whose time is over.
  private static func askAgain(_ grant: Grant) -> String {
    var command = "daypass request \(grant.role) --for \(grant.duration.words)"
    if grant.subject != grant.requester { command += " --on-behalf-of \(grant.subject)" }
    for (key, value) in grant.scope.sorted(by: { $0.key < $1.key }) {
      command += " --scope \(key)=\(value)"
    }
    if grant.ticket != nil { command += " --ticket TICKET" }
    return "\(grant.requester) can ask again:\n\(command) --why REASON"
  }

  /// The grant as it would be after the approval, and where it would lie.
  package func result(
    on replay: Replay, at now: Timestamp
  ) throws(SubmissionError) -> (GrantState, Grant) {
    let live = try replay.live(id, in: .pending, otherwise: Self.nothingLeft(id))
    let policy = replay.belief.policy.policy
    if let seen, seen.request != live.grant.request {
      throw SubmissionError(
        .conflict, "the request was amended while you looked at it; nothing was signed",
        hint: "Look again: daypass show \(id.short)")
    }
    let decision = policy.decideApproval(of: live.grant, by: approver, duration: duration)
    guard decision.isAllowed else { throw SubmissionError(denied: decision) }
    let deadline = replay.belief.decisionDeadline(of: live.grant)
    guard now < deadline else {
      throw SubmissionError(
        .denied, "the request could be decided until \(deadline), which has passed",
        hint: Self.askAgain(live.grant))
    }
    let approval = Approval(
      by: approver, at: now, comment: Text.normalised(comment), duration: duration)
    try Replay.demandText("comment", approval.comment)
    guard
      let made = Transition.approve(approval, moves: true).apply(
        to: live.grant, in: live.state,
        suffices: { policy.decideActivation(of: $0).isAllowed })
    else { throw SubmissionError(.failed, "the approval could not be made") }
    return made
  }

  package func draft(on replay: Replay, at now: Timestamp) throws(SubmissionError) -> Draft {
    let (state, grant) = try result(on: replay, at: now)
    let end = grant.expiresAt.map { ", until \($0)" } ?? ", more approvals needed"
    return Draft(
      edits: [Draft.Edit(id: id, content: (state, grant))],
      subject: "Approve \(grant.role) for \(grant.subject)\(end) (\(id.short))",
      expected: [.grant(id)])
  }
}
