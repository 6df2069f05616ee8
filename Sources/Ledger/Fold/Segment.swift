import Grants
import History

/// Folds a line of mainline commits, pin by pin.
///
/// What lies before the newest pin is final for every verifier; what follows is provisional, judged
/// with the verifier's now as the bound, and judged again where a pin demands it.
struct SegmentFold {
  let authenticator: Authenticator
  let root: ObjectID
  let now: Timestamp
  /// After the newest pin (or the start).
  private(set) var pinned: FoldState
  /// Stands after the newest commit.
  private var judge: Judge
  private(set) var pins: [Pin] = []
  /// What would be pins since the newest one, were they not dated beyond the verifier's now.
  private var ahead: [AuthenticatedCommit] = []
  /// What has landed since the newest pin.
  private var landings: [Landing] = []
  private var events: [LedgerEvent] = []
  private var latest = Timestamp(seconds: .min)
  private var successors: Successors
  private var lander: Lander
  private let report: (LedgerEvent) -> Void

  init(
    from start: FoldState, root: ObjectID, now: Timestamp, authenticator: Authenticator,
    report: @escaping (LedgerEvent) -> Void
  ) throws(LedgerError) {
    self.authenticator = authenticator
    self.successors = try Successors(after: start, reader: authenticator.reader)
    self.root = root
    self.now = now
    self.pinned = start
    self.judge = Judge(reader: authenticator.reader, bound: now, state: start)
    self.lander = Lander(authenticator: authenticator, root: root, start: start.commit)
    self.report = report
  }

  /// After the newest commit.
  var open: FoldState { judge.state }

  /// Folds the next mainline commit.
  ///
  /// - Parameters:
  ///   - flipped: whether it lands upon the whole line so far, not upon its first parent.
  ///   - ready: the commit as the first stage leaves it, if that has been done already.
  mutating func take(
    _ id: ObjectID, ready: AuthenticatedCommit? = nil, flipped: Bool = false
  ) throws(LedgerError) {
    let landing = try lander.landing(of: id, ready: ready, flipped: flipped)
    landings.append(landing)
    for commit in landing.proposals + [landing.mainline] {
      latest = max(latest, commit.committedAt)
      try successors.note(commit)
    }
    try judge.fold(landing)
    events += judge.events
    try close(with: landing.mainline)
  }

  /// Reports what is still provisional; call once, after the last commit.
  func finish() {
    for event in events { report(event) }
  }

  /// The reconcilers' commits since the newest pin that are dated beyond the verifier's now by more
  /// than the skew, by keys that are still known.
  var pinsAhead: [PinAhead] {
    ahead.compactMap { commit in
      TrustRule.pinSigner(commit, open.belief.policy).map {
        PinAhead(commit: commit.id, at: commit.committedAt, signer: $0)
      }
    }
  }

  /// Tries the commit as the pin that closes the segment.
  private mutating func close(with commit: AuthenticatedCommit) throws(LedgerError) {
    let skew = pinned.belief.policy.policy.settings.skew
    if TrustRule.isPinAhead(commit, now: now, skew: skew) { ahead.append(commit) }
    guard
      TrustRule.isPinCandidate(
        commit, after: pinned.pinnedAt ?? pinned.landedAt - skew, now: now, skew: skew),
      successors.mayPin(commit)
    else { return }
    let bound = commit.committedAt
    var (closed, closedEvents) = (open, events)
    // Every date lies within both bounds: the verdicts are the same under either, unless something
    // waits for this commit.
    if open.waiting != nil || max(latest, pinned.landedAt) > min(bound, now) {
      var again = Judge(reader: authenticator.reader, bound: bound, state: pinned)
      closedEvents = []
      for (index, landing) in landings.enumerated() {
        try again.fold(landing, closing: index == landings.count - 1)
        closedEvents += again.events
      }
      closed = again.state
    }
    guard let signer = TrustRule.pinSigner(commit, closed.belief.policy) else { return }
    closed.pinnedCommit = commit.id
    closed.pinnedAt = bound
    let pin = Pin(
      commit: commit.id, at: bound, signer: signer, statedDigest: commit.stateTrailer,
      digest: try closed.digest(reader: authenticator.reader))
    for event in closedEvents { report(event) }
    report(.pin(pin))
    if let refusal = TrustRule.noteStateDigest(pin) {
      report(
        .incident(
          Incident(
            commit: commit.id, mainline: commit.id, landedAt: bound, unit: .place("grants"),
            rule: refusal.rule, sentence: refusal.sentence, author: commit.author,
            signer: signer)))
    }
    pins.append(pin)
    pinned = closed
    judge = Judge(reader: authenticator.reader, bound: now, state: closed)
    (landings, events) = ([], [])
    ahead = []
    latest = Timestamp(seconds: .min)
    successors = try Successors(after: closed, reader: authenticator.reader)
  }
}
