import Grants
import History
import Ledger
import Submission

/// Looks at one grant again and again, each time from the newest verified head, until there is
/// nothing more to see of it. The local branch comes along as with `daypass sync`.
struct Following {
  let id: GrantID
  let options: GlobalOptions
  let stop: StopSignal
  /// Where the last look ended: what has landed since is told from there.
  private var replay: Replay
  /// The steps that were told.
  private var seen: Set<GrantStep.Name>
  /// The grant as it was last seen.
  private var last: GrantView?
  /// How it ended on the governed branch: what is closed is no longer among what is believed.
  private var closing: VerifiedTransition?
  private var isMissing = false
  private var trouble: Trouble?

  /// What keeps a look from being whole; told once for as long as it lasts.
  private enum Trouble { case remote, local }

  /// - Parameters:
  ///   - replay: of the governed branch; the steps that follow its newest pin are told, unless they
  ///     were `seen`.
  ///   - view: the grant as it was last seen.
  init(
    _ id: GrantID, _ options: GlobalOptions, until stop: StopSignal, from replay: Replay,
    view: GrantView? = nil, seen: [GrantStep] = []
  ) {
    self.id = id
    self.options = options
    self.stop = stop
    self.replay = replay
    self.seen = Set(seen.map(\.name))
    last = view
  }

  /// What one look has found.
  struct Look {
    let replay: Replay
    /// The grant, on the governed branch or its own; nil where it is on neither.
    let view: GrantView?
    /// What has happened to it since the look before, in order.
    let steps: [GrantStep]
    /// Whether it was on neither the time before, too: no landing just under way explains that.
    var isGone = false
    /// Whether this is only what the clock makes of an earlier look: the remote is away.
    var isBlind = false
  }

  /// Looks until somebody has seen enough.
  ///
  /// - Parameters:
  ///   - delay: before the first look.
  ///   - react: what comes of a look; nil for going on.
  /// - Returns: what came of the last one; nil where it was stopped before.
  /// - Throws: ``SubmissionError`` and others where the head cannot be trusted or judged. A remote
  ///   that is away is no error.
  mutating func run<Result>(
    after delay: Duration = .zero, _ react: (Look) throws -> Result?
  ) async throws -> Result? {
    let clock = SystemClock(fixed: options.now?.moment)
    var pace = Pace()
    var line = StatusLine()
    defer { line.clear() }
    line.show(FollowWords.waiting(for: last, at: clock.now()))
    await stop.sleep(for: delay)
    while stop.cause == nil {
      let before = last
      if let look = try await look(&line) {
        if !look.steps.isEmpty || look.view?.status != before?.status {
          pace = Pace()
          line.clear()
        }
        if let result = try react(look) { return result }
      }
      let now = clock.now()
      line.show(FollowWords.waiting(for: last, at: now))
      await stop.sleep(for: pace.next(within: last?.moment.map { $0 - now }))
    }
    return nil
  }

  // MARK: One look

  /// - Returns: nil where nothing could be seen, or it is time to stop.
  private mutating func look(_ line: inout StatusLine) async throws -> Look? {
    let session = try await Session.open(options)
    let submitter = try await session.submitter(isReading: true)
    let branch = Lane.branch(of: id)
    let (start, tip): (Submitter.Start, ObjectID?)
    do {
      (start, tip) = try await stop.waiting {
        (try await submitter.start(), try await submitter.tip(of: branch))
      }
    } catch {
      if stop.cause != nil { return nil }
      guard let error = error as? SubmissionError, error.code == .remote else { throw error }
      note(.remote, "\(Words.firstClause(error.sentence)); trying again", hint: error.hint, &line)
      return blindLook(at: session.now)
    }
    try await bringAlong(session, start, &line)
    var steps = try landed(on: start.replay, session)
    let outlook = try tip.flatMap {
      try LaneViews.prospect(of: Offer(branch: branch, tip: $0), on: start.replay, session).outlook
    }
    let view = view(on: start.replay, outlook, branch)
    steps += GrantStep.waiting(in: start.replay, of: id)
    steps += GrantStep.waiting(outlook, of: id, on: branch)
    replay = start.replay
    last = view ?? last
    defer { isMissing = view == nil }
    return Look(
      replay: replay, view: view, steps: steps.filter { seen.insert($0.name).inserted },
      isGone: view == nil && isMissing)
  }

  /// The clock goes on without the remote.
  private func blindLook(at now: Timestamp) -> Look? {
    guard let last, last.state != .closed else { return nil }
    var view = GrantView(last.grant, in: last.state, of: replay.belief, at: now)
    view.lane = last.lane
    view.isAwaitingPin = last.isAwaitingPin
    guard case .ended = view.status else { return nil }
    return Look(replay: replay, view: view, steps: [], isBlind: true)
  }

  private mutating func bringAlong(
    _ session: Session, _ start: Submitter.Start, _ line: inout StatusLine
  ) async throws {
    if let obstacle = try await session.bringAlong(start) {
      return note(.local, obstacle.sentence, hint: obstacle.hint, &line)
    }
    if trouble != nil {
      line.clear()
      Notice.warn("that has passed")
    }
    trouble = nil
  }

  /// The steps on the governed branch since the last look, however far others have taken this
  /// clone's checkpoint meanwhile.
  private mutating func landed(on new: Replay, _ session: Session) throws -> [GrantStep] {
    guard new.head != replay.head else { return [] }
    var steps: [GrantStep] = []
    let id = id
    _ = try session.ledger.replay(head: new.head, now: session.now, from: replay.checkpoint) {
      if case .transition(let step) = $0, step.grant.id == id { steps.append(GrantStep(step)) }
    }
    closing = steps.last { $0.step.after == .closed }?.step ?? closing
    return steps
  }

  private func view(on new: Replay, _ outlook: Outlook?, _ branch: String) -> GrantView? {
    if let outlook { return GrantView.waiting(in: outlook, id, on: branch) }
    let ahead = new.anticipating
    if let live = ahead.belief.live[id] { return GrantView(live, in: ahead) }
    return closing.map { GrantView($0.grant, in: $0.after, of: new.belief, at: new.now) }
  }

  private mutating func note(
    _ kind: Trouble, _ sentence: String, hint: String, _ line: inout StatusLine
  ) {
    guard trouble != kind else { return }
    trouble = kind
    line.clear()
    Notice.warn(Failure(.failed, sentence, hint: hint))
  }
}
