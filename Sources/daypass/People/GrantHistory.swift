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

  /// - Parameter known: whose head to read up to, where that is not the local branch's.
  static func read(_ session: Session, at known: Replay? = nil) throws -> GrantHistory {
    var steps: [GrantID: [VerifiedTransition]] = [:]
    var incidents: [GrantID: [Incident]] = [:]
    var settlements: [Incident: Settlement] = [:]
    let take = { (event: LedgerEvent) in
      switch event {
      case .transition(let step): steps[step.grant.id, default: []].append(step)
      case .incident(let incident):
        if case .grant(let id) = incident.unit { incidents[id, default: []].append(incident) }
      case .settled(let settlement): settlements[settlement.cause] = settlement
      case .consent, .policy, .pin: return
      }
    }
    let believed =
      if let known {
        try session.ledger.replay(
          head: known.head, now: session.now, choice: session.choice ?? known.state.commit,
          report: take)
      } else {
        try session.replay(wholeHistory: true, report: take)
      }
    let replay = believed.anticipating
    for event in replay.waiting { take(event) }
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

  /// Where the governed branch's tree is not what is believed. Not where the tree that a landing
  /// begins with is not what it comes to: landing writes the belief into it.
  var disputes: [Dispute] { (lane?.outlook.before ?? replay).disputes }

  /// Whether that is a step on a branch that has not landed, or one that waits for a reconciler.
  func isWaiting(_ step: VerifiedTransition) -> Bool {
    lane?.outlook.transitions.contains(step) == true || replay.waiting.contains(.transition(step))
  }

  /// The same for what would be refused there.
  func isWaiting(_ incident: Incident) -> Bool {
    lane?.outlook.refusals.contains(incident) == true
  }

  /// Every grant that was ever believed, in id order.
  var views: [GrantView] { ids.sorted().compactMap(view) }
}
