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
    var pace = Pace()
    var line = StatusLine()
    defer { line.clear() }
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
      let now = SystemClock(fixed: options.now?.moment).now()
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
      note(.remote, "\(Self.clause(error.sentence)); trying again", hint: error.hint, &line)
      return blindLook(at: session.now)
    }
    try await bringAlong(session, start, &line)
    var steps = try landed(on: start.replay, session)
    let outlook = try tip.flatMap {
      try LaneViews.outlook(of: Offer(branch: branch, tip: $0), on: start.replay, session)
    }
    let view = view(on: start.replay, outlook, branch)
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
    guard case .ended = view.status else { return nil }
    return Look(replay: replay, view: view, steps: [], isBlind: true)
  }

  /// The local branch follows; files in its way are no reason to see nothing more.
  private mutating func bringAlong(
    _ session: Session, _ start: Submitter.Start, _ line: inout StatusLine
  ) async throws {
    do {
      if start.remoteTip != nil {
        try await session.follow(start)
        session.remember(start.replay)
      }
    } catch let error as HistoryError {
      return note(
        .local, "\(Self.clause(error.sentence)); \(session.branch) stays behind here",
        hint: error.hint, &line)
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
    if let live = new.belief.live[id] { return GrantView(live, in: new) }
    return closing.map { GrantView($0.grant, in: $0.after, of: new.belief, at: new.now) }
  }

  /// What git said besides belongs to an end, not to a note.
  private static func clause(_ sentence: String) -> String {
    Words.clause(sentence.split(separator: "\n").first.map(String.init) ?? sentence)
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

/// How long to wait before the next look: soon at first, ever more gently, never long.
struct Pace {
  private var pause = 1.0

  /// - Parameter span: until the clock itself changes something; nil if it will not.
  mutating func next(within span: TimeSpan?) -> Duration {
    defer { pause = min(15, pause * 1.5) }
    guard let span, span.seconds > 0 else { return .seconds(pause) }
    return .seconds(min(pause, Double(span.seconds)))
  }
}

/// One step of a grant that is told as it happens.
struct GrantStep {
  let step: VerifiedTransition
  /// The branch it waits on to be landed; nil for what counts already.
  var lane: String?

  init(_ step: VerifiedTransition, lane: String? = nil) {
    self.step = step
    self.lane = lane
  }

  /// What makes it the same step: when it lands is judged anew each time, until a pin.
  struct Name: Hashable {
    let commit: ObjectID
    let kind: Transition.Kind
    let isWaiting: Bool
  }

  var name: Name { Name(commit: step.commit, kind: step.kind, isWaiting: lane != nil) }

  /// What waits on the grant's own branch.
  static func waiting(_ outlook: Outlook?, of id: GrantID, on branch: String) -> [GrantStep] {
    (outlook?.transitions ?? []).filter { $0.grant.id == id }.map { GrantStep($0, lane: branch) }
  }
}
