import Grants
import Ledger
import Policies

/// Ending requests and grants: reject, withdraw, revoke, or take back one's own approval.
package struct EndIntent: Intent {
  package enum Deed: Sendable, Hashable {
    case reject, withdraw, revoke, retract
  }

  package var deed: Deed
  package var signer: Principal
  package var ids: [GrantID]
  package var reason: String

  package init(_ deed: Deed, signer: Principal, ids: [GrantID], reason: String) {
    self.deed = deed
    self.signer = signer
    self.ids = ids
    self.reason = reason
  }

  package func draft(on replay: Replay, at now: Timestamp) throws(SubmissionError) -> Draft {
    try Replay.demandText("reason", Text.normalised(reason))
    var edits: [Draft.Edit] = []
    for id in ids { edits.append(try edit(id, on: replay, at: now)) }
    let what = ids.count == 1 ? ids[0].short : "\(ids.count) grants"
    let words: String =
      switch deed {
      case .reject: "Reject"
      case .withdraw: "Withdraw"
      case .revoke: "Revoke"
      case .retract: "Retract approval of"
      }
    return Draft(
      edits: edits, subject: "\(words) \(what)", expected: Set(ids.map { .grant($0) }))
  }

  private func edit(
    _ id: GrantID, on replay: Replay, at now: Timestamp
  ) throws(SubmissionError) -> Draft.Edit {
    let policy = replay.belief.policy.policy
    let closure = { (outcome: Closure.Outcome) in
      Closure(outcome: outcome, by: signer, at: now, reason: Text.normalised(reason))
    }
    let live: LiveGrant
    let transition: Transition
    switch deed {
    case .reject:
      live = try replay.live(id, in: .pending)
      try demand(policy.decideRejection(of: live.grant, by: signer))
      transition = .reject(closure(.rejected))
    case .withdraw:
      live = try replay.live(id, in: .pending)
      guard live.grant.requester == signer else {
        throw SubmissionError(
          .denied, "only \(live.grant.requester) may withdraw this request; you are \(signer)",
          hint: "An approver rejects instead: daypass reject \(id.short) --why REASON")
      }
      transition = .withdraw(closure(.withdrawn))
    case .revoke:
      live = try replay.live(id, in: .active)
      try demand(policy.decideRevocation(of: live.grant, by: signer))
      transition = .revoke(closure(.revoked))
    case .retract:
      live = try replay.live(id, in: nil)
      guard live.grant.approval(by: signer) != nil else {
        throw SubmissionError(.denied, "\(signer) has not approved \(id.short)")
      }
      transition = .retract(closure(.revoked))
    }
    try demandReason(live)
    guard
      let made = transition.apply(to: live.grant, in: live.state, suffices: { _ in false })
    else { throw SubmissionError(.failed, "\(id.short) could not be ended") }
    return Draft.Edit(id: id, content: made)
  }

  private func demand(_ decision: Decision) throws(SubmissionError) {
    guard decision.isAllowed else { throw SubmissionError(denied: decision) }
  }

  /// Taking an approval out of a pending request ends nothing; out of an active one it is a
  /// revocation like any other.
  private func demandReason(_ live: LiveGrant) throws(SubmissionError) {
    let own = [live.grant.subject, live.grant.requester].contains(signer) && deed != .reject
    let endsNothing = deed == .retract && live.state == .pending
    guard !own, !endsNothing, !reason.contains(where: { !$0.isWhitespace }) else { return }
    let why =
      switch deed {
      case .retract: ": \(live.grant.id.short) is active and ends with your approval"
      case .revoke: ": you neither asked for \(live.grant.id.short) nor hold it"
      case .reject, .withdraw: ""
      }
    throw SubmissionError(.usage, "a reason is needed\(why)", hint: "Say it: --why REASON")
  }
}
