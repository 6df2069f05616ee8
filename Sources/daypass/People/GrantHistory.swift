import Grants
import Ledger

/// What has happened to each grant, read from the whole history.
struct GrantHistory {
  let replay: Replay
  /// The accepted steps of each grant, in the order they landed.
  let steps: [GrantID: [VerifiedTransition]]
  /// What was asserted of each grant and counts for nothing.
  let incidents: [GrantID: [Incident]]
  /// When the tree was put right again after an incident, for those that had changed it.
  let settlements: [Incident: Settlement]
  /// The grant that waits on a branch of its own, the branch, and what that would bring.
  var lane: (id: GrantID, branch: String, outlook: Outlook)?

  static func read(_ session: Session) throws -> GrantHistory {
    var steps: [GrantID: [VerifiedTransition]] = [:]
    var incidents: [GrantID: [Incident]] = [:]
    var settlements: [Incident: Settlement] = [:]
    let report = { (event: LedgerEvent) in
      switch event {
      case .transition(let step): steps[step.grant.id, default: []].append(step)
      case .incident(let incident):
        if case .grant(let id) = incident.unit { incidents[id, default: []].append(incident) }
      case .settled(let settlement): settlements[settlement.cause] = settlement
      case .consent, .policy, .pin: return
      }
    }
    let replay = try session.replay(wholeHistory: true, report: report).anticipating
    for event in replay.waiting { report(event) }
    return GrantHistory(
      replay: replay, steps: steps, incidents: incidents, settlements: settlements)
  }

  /// Every grant there ever was, open or closed.
  var ids: Set<GrantID> { Set(replay.belief.live.keys).union(steps.keys).union(incidents.keys) }

  /// The grant as it is now, or as it was when it was closed; nil if it was only ever asserted.
  func view(_ id: GrantID) -> GrantView? {
    var view = replay.belief.live[id].map { GrantView($0, in: replay) }
    if view == nil, let last = steps[id]?.last {
      view = GrantView(last.grant, in: last.after, of: replay.belief, at: replay.now)
      view?.isAwaitingPin = replay.waitingGrants.contains(id)
    }
    if lane?.id == id { view?.lane = lane?.branch }
    return view
  }

  /// Every grant that was ever believed, in id order.
  var views: [GrantView] { ids.sorted().compactMap(view) }
}
