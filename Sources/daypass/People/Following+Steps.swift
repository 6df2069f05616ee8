import Grants
import History
import Ledger
import Submission

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
  /// Whether it waits for the next commit of a reconciler.
  var isAwaitingPin = false

  init(_ step: VerifiedTransition, lane: String? = nil, isAwaitingPin: Bool = false) {
    self.step = step
    self.lane = lane
    self.isAwaitingPin = isAwaitingPin
  }

  /// What makes it the same step: when it lands is judged anew each time, until a pin.
  struct Name: Hashable {
    let commit: ObjectID
    let kind: Transition.Kind
    let isWaiting: Bool
  }

  var name: Name {
    Name(commit: step.commit, kind: step.kind, isWaiting: lane != nil || isAwaitingPin)
  }

  /// What waits for the next commit of a reconciler.
  static func waiting(in replay: Replay, of id: GrantID) -> [GrantStep] {
    replay.waiting.compactMap { event in
      guard case .transition(let step) = event, step.grant.id == id else { return nil }
      return GrantStep(step, isAwaitingPin: true)
    }
  }

  /// What waits on the grant's own branch.
  static func waiting(_ outlook: Outlook?, of id: GrantID, on branch: String) -> [GrantStep] {
    (outlook?.transitions ?? []).filter { $0.grant.id == id }.map { GrantStep($0, lane: branch) }
  }
}

extension Session {
  /// Lets the local branch follow what was fetched; files in its way are no reason to see nothing
  /// more.
  ///
  /// - Returns: why it stays behind, if it does.
  func bringAlong(_ start: Submitter.Start) async throws -> Failure? {
    guard start.remoteTip != nil else { return nil }
    do {
      try await follow(start)
    } catch let error as HistoryError {
      return Failure(
        .failed, "\(Words.firstClause(error.sentence)); \(branch) stays behind here",
        hint: error.hint)
    }
    remember(start.replay)
    return nil
  }
}

extension Words {
  /// What git said besides belongs to an end, not to a note.
  static func firstClause(_ sentence: String) -> String {
    clause(sentence.split(separator: "\n").first.map(String.init) ?? sentence)
  }
}
