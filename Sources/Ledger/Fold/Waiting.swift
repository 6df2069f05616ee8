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
  var events: [LedgerEvent] = []

  init(_ state: FoldState) {
    belief = state.belief
    settled = state.belief
    consents = state.consents
  }
}

extension FoldState {
  /// The state as it would be if what waits had been pinned; the policy in force stays.
  var anticipating: FoldState {
    guard let waiting else { return self }
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
    state.waiting = waiting
    var ahead = Judge(reader: reader, bound: bound, state: state.anticipating)
    for proposal in landing.proposals {
      let ended = try endAtOnce(proposal, context)
      for id in ended { try ahead.takeEnding(of: id, from: state.belief) }
      try ahead.judge(proposal, context.upon(ended, accessLandingAt: bound))
    }
    let (held, refused) = ahead.events.partitioned { event in
      if case .incident = event { true } else { false }
    }
    waiting.events += held
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
    for case .transition(let step) in waiting.events { note(counts: .grant(step.grant.id)) }
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
  /// - Returns: the grants it has ended.
  private mutating func endAtOnce(
    _ proposal: AuthenticatedCommit, _ context: Context
  ) throws(LedgerError) -> Set<GrantID> {
    var now = Judge(reader: reader, bound: bound, state: state)
    try now.judge(proposal, context.endingsOnly)
    var ended: Set<GrantID> = []
    for event in now.events {
      guard case .transition(let step) = event, step.after == .closed else { continue }
      ended.insert(step.grant.id)
      note(event, counts: .grant(step.grant.id))
    }
    if !ended.isEmpty { state.belief = now.state.belief }
    return ended
  }
}

extension Sequence {
  /// Those that do not fit and those that do, each in order.
  fileprivate func partitioned(_ fits: (Element) -> Bool) -> (rest: [Element], fitting: [Element]) {
    (filter { !fits($0) }, filter(fits))
  }
}
