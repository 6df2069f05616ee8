import Grants
import Ledger
import Policies

/// Asking for a role.
package struct RequestIntent: Intent {
  package var requester: Principal
  package var subject: Principal
  package var role: RoleName
  /// Nil takes the role's default.
  package var duration: TimeSpan?
  /// An end instead of a duration.
  package var until: Timestamp?
  package var justification: String
  package var ticket: String?
  package var scope: [String: String]
  /// The lower 40 bits make the id unique.
  package var random: UInt64

  package init(
    requester: Principal, subject: Principal? = nil, role: RoleName, duration: TimeSpan? = nil,
    until: Timestamp? = nil, justification: String, ticket: String? = nil,
    scope: [String: String] = [:], random: UInt64
  ) {
    self.requester = requester
    self.subject = subject ?? requester
    self.role = role
    self.duration = duration
    self.until = until
    self.justification = justification
    self.ticket = ticket
    self.scope = scope
    self.random = random
  }

  /// The grant as it would be asked for, and where it would lie.
  ///
  /// - Throws: ``SubmissionError`` with `.denied` and the decision, if the policy says no.
  package func grant(
    on replay: Replay, at now: Timestamp
  ) throws(SubmissionError) -> (GrantState, Grant) {
    let policy = replay.belief.policy.policy
    let span = until.map { $0 - now } ?? duration ?? policy.durationLimit(of: role)?.default
    let grant = Grant(
      repository: policy.name, id: GrantID(requestedAt: now, random: random),
      requester: requester, subject: subject, role: role, scope: scope,
      justification: Text.normalised(justification), ticket: ticket.map(Text.normalised),
      duration: span ?? policy.settings.defaultDuration)
    try replay.demandRequest(grant, at: now)
    let activatedAt = policy.isAutomatic(role) ? now : nil
    guard
      let made = Transition.request(grant, activatedAt: activatedAt)
        .apply(to: nil, in: nil, suffices: { _ in true })
    else { throw SubmissionError(.failed, "the request could not be made") }
    return made
  }

  package func draft(on replay: Replay, at now: Timestamp) throws(SubmissionError) -> Draft {
    let (state, grant) = try grant(on: replay, at: now)
    let whose = grant.subject == grant.requester ? "" : " for \(grant.subject)"
    return Draft(
      edits: [Draft.Edit(id: grant.id, content: (state, grant))],
      subject: "Request \(grant.role)\(whose) for \(grant.duration.words) (\(grant.id.short))",
      expected: [.grant(grant.id)])
  }
}

/// Changing what was asked for, while it is pending; all approvals fall.
package struct AmendIntent: Intent {
  package var signer: Principal
  package var id: GrantID
  /// Nil keeps what was asked.
  package var role: RoleName?
  package var duration: TimeSpan?
  package var justification: String?
  package var ticket: String?
  package var scope: [String: String]?

  package init(
    signer: Principal, id: GrantID, role: RoleName? = nil, duration: TimeSpan? = nil,
    justification: String? = nil, ticket: String? = nil, scope: [String: String]? = nil
  ) {
    self.signer = signer
    self.id = id
    self.role = role
    self.duration = duration
    self.justification = justification
    self.ticket = ticket
    self.scope = scope
  }

  package func draft(on replay: Replay, at now: Timestamp) throws(SubmissionError) -> Draft {
    let live = try replay.live(id, in: .pending)
    guard live.grant.requester == signer else {
      throw SubmissionError(
        .denied, "only \(live.grant.requester) may amend this request; you are \(signer)")
    }
    var grant = live.grant.request
    grant.role = role ?? grant.role
    grant.duration = duration ?? grant.duration
    grant.justification = justification.map(Text.normalised) ?? grant.justification
    grant.ticket = ticket.map(Text.normalised) ?? grant.ticket
    grant.scope = scope ?? grant.scope
    guard grant != live.grant.request else {
      throw SubmissionError(
        .usage, "nothing is changed", hint: "Say what to change: --for, --why, --ticket, --scope")
    }
    try replay.demandRequest(grant, at: now)
    guard now > live.requestSignedAt else {
      throw SubmissionError(
        .failed, "the request was signed this very second; an amendment must be later",
        hint: "Try again in a moment.")
    }
    return Draft(
      edits: [Draft.Edit(id: id, content: (.pending, grant))],
      subject: "Amend request \(id.short): \(grant.role) for \(grant.duration.words)",
      expected: [.grant(id)])
  }
}
