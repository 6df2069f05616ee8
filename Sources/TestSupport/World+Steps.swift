import Grants
import History
import Ledger

extension World {
  package var ledger: Ledger { Ledger(history: history, root: root, branch: "main") }

  /// Replays and collects what happened.
  package func replay(
    _ head: ObjectID, at now: Timestamp, from checkpoint: Checkpoint? = nil,
    choice: ObjectID? = nil
  ) throws -> (replay: Replay, events: [LedgerEvent]) {
    var events: [LedgerEvent] = []
    let replay = try ledger.replay(
      head: head, now: now, from: checkpoint, choice: choice, report: { events.append($0) })
    return (replay, events)
  }

  /// A request as it would be asked for.
  package func grant(
    by requester: String = World.alice, for subject: String? = nil, role: String = "db-read",
    at moment: Timestamp, duration: TimeSpan = .hours(1), why: String = "because it is needed",
    repository: String = "world"
  ) throws -> Grant {
    Grant(
      repository: repository, id: GrantID(requestedAt: moment, random: nextRandom()),
      requester: try person(requester), subject: try person(subject ?? requester),
      role: try require(RoleName(role)), justification: why, duration: duration)
  }

  package func person(_ name: String) throws -> Principal { try require(Principal(name)) }

  package func require<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw ToolFailure(arguments: ["test"], words: "a value is missing") }
    return value
  }

  /// The edit that puts the grant into that state and out of the others.
  package static func place(_ grant: Grant, _ state: GrantState) -> [String: File?] {
    var edits: [String: File?] = [:]
    for other in GrantState.allCases {
      edits.updateValue(nil, forKey: GrantPath(state: other, id: grant.id).description)
    }
    edits[GrantPath(state: state, id: grant.id).description] = File(grant.canonicalBytes)
    return edits
  }

  /// A signed request on a parent.
  package func request(
    _ grant: Grant, on parent: ObjectID, by signer: String? = World.alice,
    at moment: Timestamp? = nil
  ) throws -> ObjectID {
    try commit(
      on: parent, edits: Self.place(grant, .pending), by: signer, at: moment ?? grant.requestedAt,
      message: "Request\n")
  }

  /// The grant with one more approval; active where `activates`.
  package func approved(
    _ grant: Grant, by approver: String, at moment: Timestamp, activates: Bool,
    duration: TimeSpan? = nil
  ) throws -> Grant {
    var grant = grant
    grant.approvals.append(
      Approval(by: try person(approver), at: moment, duration: duration))
    if activates {
      grant.activatedAt = grant.lastApprovedAt
      grant.expiresAt = moment + grant.approvedDuration
    }
    return grant
  }

  /// A signed approval on a parent, moving the file where `activates`.
  package func approve(
    _ grant: Grant, on parent: ObjectID, by approver: String, signer: String?? = .none,
    at moment: Timestamp, activates: Bool = true, duration: TimeSpan? = nil
  ) throws -> (commit: ObjectID, grant: Grant) {
    let after = try approved(
      grant, by: approver, at: moment, activates: activates, duration: duration)
    let who: String? = if case .some(let stated) = signer { stated } else { approver }
    let commit = try commit(
      on: parent, edits: Self.place(after, activates ? .active : .pending), by: who, at: moment,
      message: "Approve\n")
    return (commit, after)
  }

  /// The grant closed.
  package func closed(
    _ grant: Grant, _ outcome: Closure.Outcome, by person: String, at moment: Timestamp,
    reason: String = "no longer needed"
  ) throws -> Grant {
    var grant = grant
    grant.closed = Closure(
      outcome: outcome, by: try self.person(person), at: moment, reason: reason)
    return grant
  }

  /// A signed ending on a parent.
  package func close(
    _ grant: Grant, _ outcome: Closure.Outcome, on parent: ObjectID, by person: String,
    signer: String?? = .none, at moment: Timestamp, reason: String = "no longer needed"
  ) throws -> ObjectID {
    let after = try closed(grant, outcome, by: person, at: moment, reason: reason)
    let who: String? = if case .some(let stated) = signer { stated } else { person }
    return try commit(
      on: parent, edits: Self.place(after, .closed), by: who, at: moment, message: "End\n")
  }

  /// A reconciler's pin on a parent, with further edits.
  package func pin(
    on parent: ObjectID, by signer: String = World.ci, at moment: Timestamp,
    edits: [String: File?] = [:], base: ObjectID? = nil
  ) throws -> ObjectID {
    try commit(
      on: parent, edits: edits, by: signer, at: moment,
      message: "Pin\n\nDaypass-Mainline: \(parent)\n", base: base)
  }

  /// A commit that changes policies/ with a consent.
  package func changePolicy(
    on parent: ObjectID, edits: [String: String?], by signer: String?, at moment: Timestamp,
    from: ObjectID? = nil, to: ObjectID? = nil, trailer: Bool = true,
    alongside: [String: File?] = [:]
  ) throws -> ObjectID {
    var changes: [String: File?] = alongside
    for (path, text) in edits {
      changes.updateValue(text.map { File($0) }, forKey: "policies/\(path)")
    }
    var files = files(of: parent)
    for (path, file) in changes { files[path] = file }
    let (old, new) = (try from ?? policyTree(of: parent), try to ?? policyTree(files))
    let message =
      trailer ? "Change the policy\n\nDaypass-Policy: \(old)..\(new)\n" : "Change the policy\n"
    return try commit(on: parent, edits: changes, by: signer, at: moment, message: message)
  }
}

extension Replay {
  /// Where the grant is believed to lie; nil if it is not live.
  package func state(of id: GrantID) -> GrantState? { belief.live[id]?.state }
}

extension Sequence<LedgerEvent> {
  package var incidents: [Incident] {
    compactMap { if case .incident(let incident) = $0 { incident } else { nil } }
  }

  package var transitions: [VerifiedTransition] {
    compactMap { if case .transition(let transition) = $0 { transition } else { nil } }
  }

  package var pins: [Pin] {
    compactMap { if case .pin(let pin) = $0 { pin } else { nil } }
  }

  /// The rules that refused something.
  package var rules: [TrustRule] { incidents.map(\.rule) }
}
