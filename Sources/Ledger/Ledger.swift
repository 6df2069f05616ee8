import Grants
import History

/// Hears how far a replay is, from time to time: mainline commits judged, of all that there are to
/// judge; as many as all once it has ended, however it ended.
package typealias ReplayProgress = @Sendable (_ done: Int, _ all: Int) -> Void

/// Replays a repository's history from a trusted root and says what is believed.
package struct Ledger: Sendable {
  let authenticator: Authenticator
  /// The commit that is trusted as it stands.
  package let root: ObjectID
  /// The governed branch, `main`; a checkpoint belongs to one.
  package let branch: String

  /// Nil does everything in turn.
  let sideBySide: SideBySide?
  let progress: ReplayProgress?

  package init(
    history: any HistoryReader, root: ObjectID, branch: String, sideBySide: SideBySide? = nil,
    progress: ReplayProgress? = nil
  ) {
    self.sideBySide = sideBySide
    self.progress = progress
    self.authenticator = Authenticator(reader: TreeReader(history))
    self.root = root
    self.branch = branch
  }

  /// Replays the history of a head.
  ///
  /// - Parameters:
  ///   - now: the verifier's time; the bound for what no pin has closed yet.
  ///   - checkpoint: where an earlier replay ended; nil to start at the root.
  ///   - choice: the commit whose line a person has declared the mainline, where two are possible.
  ///   - trustingPins: where there is no checkpoint, take the word of the newest pin for what came
  ///     before it. Who has a reconciler's key can forge everything then.
  ///   - report: receives what happened, in order; from a checkpoint on only what came since.
  /// - Throws: ``LedgerError``: the history cannot be trusted, or not be judged.
  package func replay(
    head: ObjectID, now: Timestamp, from checkpoint: Checkpoint? = nil,
    choice: ObjectID? = nil, trustingPins: Bool = false,
    report: @escaping (LedgerEvent) -> Void = { _ in }
  ) throws(LedgerError) -> Replay {
    var checkpoint = checkpoint.flatMap { $0.root == root && $0.branch == branch ? $0 : nil }
    var trustedPin: TrustedPin?
    if trustingPins, checkpoint == nil {
      let search = try PinSearch(ledger: self, head: head, now: now)
      trustedPin = search.pin
      if trustedPin != nil {
        checkpoint = Checkpoint(
          root: root, branch: branch, verifiedHead: search.state.commit, state: search.state)
      }
    }
    let line = try MainlineSearch(
      ledger: self, head: head, now: now, checkpoint: checkpoint, choice: choice
    ).line()
    let start = try startingState(for: line, checkpoint: checkpoint)
    var fold = try SegmentFold(
      from: start, root: root, now: now, authenticator: authenticator, report: report)
    try self.fold(line.chain.dropFirst(), into: &fold)
    if let flipped = line.flippedHead { try fold.take(flipped, flipped: true) }
    fold.finish()
    return Replay(
      root: root, branch: branch, head: head, now: now, pinned: fold.pinned, state: fold.open,
      pins: fold.pins, pinsAhead: fold.pinsAhead,
      rootedAt: Timestamp(seconds: try authenticator.record(root).committerTime),
      flippedUpon: line.flippedHead == nil ? nil : line.chain.last?.id,
      trustedPin: trustedPin, reader: authenticator.reader)
  }

  /// Whether that commit is the other one or an ancestor of it.
  package func contains(
    _ commit: ObjectID, in head: ObjectID
  ) throws(LedgerError) -> Bool {
    try Reachability.reaches(commit, from: head, authenticator: authenticator)
  }

  /// The first belief.
  package func rootBelief() throws(LedgerError) -> Belief {
    try TrustRule.checkTrustedRoot(
      try authenticator.record(root), reader: authenticator.reader)
  }

  private func startingState(
    for line: Line, checkpoint: Checkpoint?
  ) throws(LedgerError) -> FoldState {
    if let checkpoint, let first = line.chain.first?.id, first == checkpoint.state.commit,
      first != root
    {
      return checkpoint.state
    }
    return try rootState()
  }

  func rootState() throws(LedgerError) -> FoldState {
    let record = try authenticator.record(root)
    return FoldState(
      belief: try rootBelief(), commit: root,
      landedAt: Timestamp(seconds: record.committerTime), pinnedCommit: root)
  }
}

/// What a replay has found.
package struct Replay: Sendable {
  package let root: ObjectID
  package let branch: String
  package let head: ObjectID
  package let now: Timestamp
  /// After the newest pin: final for every verifier.
  let pinned: FoldState
  /// After the head: provisional since the newest pin.
  package let state: FoldState
  /// The pins seen in this replay, oldest first.
  package let pins: [Pin]
  /// Reconcilers' commits since the newest pin that lie ahead of the verifier's clock.
  package let pinsAhead: [PinAhead]
  /// When the root was committed.
  package let rootedAt: Timestamp
  /// The true mainline's tip, where the head was made by merging it into a branch.
  package let flippedUpon: ObjectID?
  /// Whose word was taken for what came before; nil where all was judged, now or earlier.
  package let trustedPin: TrustedPin?
  let reader: TreeReader

  package var belief: Belief { state.belief }
  /// The steps and consents that wait for the next pin, in order, as it would find them now.
  package var waiting: [LedgerEvent] { state.waiting?.events ?? [] }
  /// The same with what waits believed already: what the next commit is made upon. Nobody holds
  /// anything by it.
  package var anticipating: Replay { with(state.anticipating) }
  package var disputes: [Dispute] { state.disputes }
  /// When the newest pin was made; nil if there is none since the root.
  package var pinnedAt: Timestamp? { state.pinnedAt }
  /// Whether anything has landed since the newest pin.
  package var hasUnpinned: Bool { head != state.pinnedCommit }

  /// The grants of which something waits.
  package var waitingGrants: Set<GrantID> { state.waiting?.grants ?? [] }
  /// Whether any of these waits for the next pin.
  package func holdsBack(any events: [LedgerEvent]) -> Bool {
    let waiting = Set(waiting)
    return events.contains(where: waiting.contains)
  }
  /// Whether a change of the policy has all its consents and waits for nothing but the next pin.
  package var isPolicyWaiting: Bool {
    state.waiting.map { $0.settled.policy.tree != state.belief.policy.tree } ?? false
  }

  private func with(_ state: FoldState) -> Replay {
    Replay(
      root: root, branch: branch, head: head, now: now, pinned: pinned, state: state, pins: pins,
      pinsAhead: pinsAhead, rootedAt: rootedAt, flippedUpon: flippedUpon, trustedPin: trustedPin,
      reader: reader)
  }

  /// Where the next replay can begin.
  package var checkpoint: Checkpoint {
    Checkpoint(root: root, branch: branch, verifiedHead: head, state: pinned)
  }
}
