import Grants
import History

/// Where the policy says `landing: reconciler`: what the next pin would make of all that has landed
/// since the last one.
///
/// It lives within a segment only: a pin takes it all in, so that no checkpoint holds any.
struct Waiting: Sendable {
  /// With everything that waits, judged as if it were pinned at the bound: the next proposal is
  /// judged upon this.
  var belief: Belief
  var consents: [Consent]
  /// The same with a policy that has all its consents: what the mainline's tree is compared with.
  var settled: Belief
  /// The steps and consents that wait, in order.
  private(set) var events: [LedgerEvent] = []
  /// The grants of which a step waits.
  private(set) var grants: Set<GrantID> = []
  /// The grants of which a step has waited, ended since or not.
  private(set) var touched: Set<GrantID> = []

  init(_ state: FoldState) {
    belief = state.belief
    settled = state.belief
    consents = state.consents
  }

  /// Takes what a landing adds; what waited of a grant that it ends will never have counted.
  mutating func hold(_ held: [LedgerEvent], ended: Set<GrantID>) {
    events += held
    for case .transition(let step) in held {
      grants.insert(step.grant.id)
      touched.insert(step.grant.id)
    }
    guard !ended.isEmpty else { return }
    grants.subtract(ended)
    events.removeAll { event in
      if case .transition(let step) = event { ended.contains(step.grant.id) } else { false }
    }
  }
}

extension FoldState {
  /// The state as it would be if what waits had been pinned; the policy in force stays.
  var anticipating: FoldState { waiting.map(anticipating) ?? self }

  fileprivate func anticipating(_ waiting: Waiting) -> FoldState {
    var ahead = self
    ahead.belief = waiting.belief
    ahead.consents = waiting.consents
    return ahead
  }
}

extension Judge {
  /// Folds a landing where only a reconciler's commit makes things count.
  ///
  /// - Parameter closing: whether the mainline commit is tried as such a commit.
  mutating func foldWaiting(
    _ landing: Landing, _ context: Context, closing: Bool
  ) throws(LedgerError) {
    var waiting = state.waiting ?? Waiting(state)
    // Held here alone: what many wait for is not copied with each landing.
    state.waiting = nil
    var ahead = Judge(reader: reader, bound: bound, state: state.anticipating(waiting))
    var context = context
    context.settling = waiting.settled.policy.tree
    var allEnded: Set<GrantID> = []
    for proposal in landing.proposals {
      let ended = try endAtOnce(proposal, upon: ahead.state.belief, context)
      try ahead.judge(proposal, context.upon(Set(ended.keys), accessLandingAt: bound))
      guard !ended.isEmpty else { continue }
      allEnded.formUnion(ended.keys)
      let closed = try ahead.end(Set(ended.keys), as: proposal, in: state.belief, context)
      for (id, event) in ended.sorted(by: { $0.key < $1.key }) {
        note(closed[id] ?? event, counts: .grant(id))
      }
    }
    let (held, refused) = ahead.events.partitioned { event in
      if case .incident = event { true } else { false }
    }
    waiting.hold(held, ended: allEnded)
    waiting.belief = ahead.state.belief
    waiting.consents = ahead.state.consents
    for event in refused { note(event) }
    ahead.state.landedAt = closing ? context.mainlineLandedAt : bound
    if closing {
      try close(with: ahead, waiting, context)
    } else {
      try wait(ahead, waiting, context)
    }
  }

  /// The landing's commit may be a pin: what has waited counts.
  private mutating func close(
    with ahead: Judge, _ waiting: Waiting, _ context: Context
  ) throws(LedgerError) {
    let own = events
    self = ahead.going(on: waiting.events + own, after: context)
    state.waiting = nil
    for id in waiting.touched { note(counts: .grant(id)) }
    try adoptPolicy(context)
    try compare(with: context.mainline, context)
  }

  /// It is none: places that show what waits are not disputed, all others are.
  private mutating func wait(
    _ ahead: Judge, _ waiting: Waiting, _ context: Context
  ) throws(LedgerError) {
    var waiting = waiting
    var settled = ahead.going(on: [], after: context)
    try settled.adoptPolicy(context)
    let adopted = settled.events.count
    try settled.compare(with: context.mainline, context)
    for event in settled.events.dropFirst(adopted) { note(event) }
    state.disputes = settled.state.disputes
    state.landedAt = context.mainlineLandedAt
    state.commit = context.mainline.id
    waiting.settled = settled.state.belief
    waiting.belief.tree = settled.state.belief.tree
    waiting.belief.extras = settled.state.belief.extras
    state.waiting = waiting
  }

  /// Taking away does not wait: what ends a grant, as it is believed without what waits, ends it.
  ///
  /// - Parameter ahead: with what waits; who restores that asserts nothing.
  /// - Returns: how, by the grants it has ended.
  private mutating func endAtOnce(
    _ proposal: AuthenticatedCommit, upon ahead: Belief, _ context: Context
  ) throws(LedgerError) -> [GrantID: LedgerEvent] {
    var now = Judge(reader: reader, bound: bound, state: state)
    try now.judge(proposal, context.endingsOnly(besides: ahead))
    var ended: [GrantID: LedgerEvent] = [:]
    for event in now.events {
      guard case .transition(let step) = event, step.after == .closed else { continue }
      ended[step.grant.id] = event
    }
    if !ended.isEmpty { state.belief = now.state.belief }
    return ended
  }

  /// Grants that the proposal has ended end with what waits, too: as the proposal closes them there,
  /// which is what its tree shows; else as they have ended in the other belief.
  ///
  /// - Returns: how those have ended that the proposal closes there: so they will have ended for good.
  private mutating func end(
    _ ended: Set<GrantID>, as proposal: AuthenticatedCommit, in other: Belief, _ context: Context
  ) throws(LedgerError) -> [GrantID: LedgerEvent] {
    var closed: [GrantID: LedgerEvent] = [:]
    var here = Judge(reader: reader, bound: bound, state: state)
    try here.judge(proposal, context.endingsOnly(besides: nil))
    for event in here.events {
      guard case .transition(let step) = event, step.after == .closed,
        ended.contains(step.grant.id)
      else { continue }
      try takeEnding(of: step.grant.id, from: here.state.belief)
      closed[step.grant.id] = event
    }
    for id in ended.sorted() {
      try takeEnding(of: id, from: other)
      note(counts: .grant(id))
    }
    return closed
  }
}

extension Sequence {
  /// Those that do not fit and those that do, each in order.
  fileprivate func partitioned(_ fits: (Element) -> Bool) -> (rest: [Element], fitting: [Element]) {
    (filter { !fits($0) }, filter(fits))
  }
}
