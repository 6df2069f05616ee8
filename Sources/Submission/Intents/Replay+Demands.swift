import Grants
import Ledger
import Policies

extension Replay {
  /// The believed grant, if it is open in that state (nil: in any).
  ///
  /// - Parameter otherwise: what to do about one that is active already; by default, how to end it.
  /// - Throws: ``SubmissionError`` that says where it is instead.
  package func live(
    _ id: GrantID, in state: GrantState?, otherwise: String? = nil
  ) throws(SubmissionError) -> LiveGrant {
    guard let live = belief.live[id] else {
      throw SubmissionError(
        .failed, "\(id.short) is not open: it was closed, or never asked for",
        hint: "What has become of it: daypass show \(id.short)")
    }
    guard let state, live.state != state else { return live }
    guard live.state == .active else {
      throw SubmissionError(
        .failed, "\(id.short) is \(live.state.rawValue), not \(state.rawValue)",
        hint: "To end it: daypass withdraw \(id.short) if it is your own request,\n"
          + "else daypass reject \(id.short) --why REASON")
    }
    let end = live.grant.expiresAt.map { "\($0)" } ?? "its end"
    guard !live.grant.isExpired(at: now) else {
      throw SubmissionError(
        .failed, "\(id.short) was active and has expired, at \(end)",
        hint: "All about it: daypass show \(id.short)")
    }
    throw SubmissionError(
      .failed, "\(id.short) is active already, until \(end)",
      hint: otherwise ?? "To end it: daypass revoke \(id.short) --why REASON")
  }

  /// - Throws: ``SubmissionError`` with `.denied` and the decision, if the policy says no.
  package func demandRequest(_ grant: Grant, at now: Timestamp) throws(SubmissionError) {
    let decision = decideRequest(grant, at: now)
    guard decision.isAllowed else { throw SubmissionError(denied: decision) }
    try Self.demandText("justification", grant.justification)
    if let ticket = grant.ticket {
      try Self.demandText("ticket", ticket, multiline: false, longest: 256)
    }
  }

  /// - Throws: ``SubmissionError`` with `.usage` for text that may not stand in a file.
  static func demandText(
    _ name: String, _ text: String, multiline: Bool = true, longest: Int = Text.longest
  ) throws(SubmissionError) {
    guard let objection = Text.objection(to: text, multiline: multiline, longest: longest) else {
      return
    }
    throw SubmissionError(.usage, "the \(name) \(objection)")
  }

  /// Whether the policy in force would let this be asked for now, and why.
  package func decideRequest(_ grant: Grant, at now: Timestamp) -> Decision {
    belief.policy.policy.decideRequest(
      grant,
      facts: RequestFacts(
        known: belief.policy.known,
        open: belief.open(of: grant.subject, at: now, except: grant.id)))
  }

  /// - Throws: ``SubmissionError`` with `.denied` unless that is a reconciler.
  package func demandReconciler(_ principal: Principal) throws(SubmissionError) {
    guard !belief.policy.policy.isReconciler(principal) else { return }
    let names = belief.policy.policy.reconcilers.sorted().map(\.name).joined(separator: ", ")
    throw SubmissionError(
      .denied, "\(principal) is no reconciler", hint: "The reconcilers are \(names).")
  }
}
