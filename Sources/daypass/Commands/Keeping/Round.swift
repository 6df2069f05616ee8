import Emitters
import Foundation
import GitStore
import Grants
import History
import Ledger
import Reconciler
import Submission

/// One time through everything a reconciler does: fetch, verify, sweep, pin, push, emit.
struct Round {
  let session: Session
  /// What `--as` says.
  let identity: String?
  let offline: Bool
  let assumesClock: Bool
  let formats: [Emitter]
  /// Where the set is written; nil for nowhere.
  let directory: String?

  struct Result {
    /// What is believed now.
    var replay: Replay
    /// The commits that were published, oldest first.
    var submitted: [Submitted] = []
    var files: EffectiveFiles?
    /// Why nothing could be published, although the set was emitted.
    var failure: SubmissionError?
  }

  func run() async throws -> Result {
    try session.demandClock(assumed: assumesClock)
    let submitter = try await session.submitter(offline: offline)
    var result: Result
    do throws(SubmissionError) {
      result = try await reconcile(submitter)
    } catch {
      guard [.remote, .protected].contains(error.code) else { throw error }
      // What is believed here can still be told, at the newest head that was ever verified.
      result = Result(replay: try newestHere(submitter), failure: error)
      try session.demandPinsBehind(result.replay)
      try session.demandNotAhead(result.replay, assumed: assumesClock)
    }
    try await emit(&result)
    return result
  }

  /// What would be done, without doing it.
  func plan() async throws -> (replay: Replay, sweep: Sweep, archived: [Grant], due: Due) {
    try session.demandClock(assumed: assumesClock)
    let start = try await session.submitter(offline: offline, isReading: true).start()
    try session.demandPinsBehind(start.replay)
    let reconciler = try await Identity.find(stated: identity, session, start.replay).principal
    let ahead = start.replay.anticipating
    let sweep = Sweep(of: ahead.belief, at: session.now, by: reconciler)
    let archiving = try Archiving(of: ahead, at: session.now, beside: sweep)
    return (start.replay, sweep, archiving.grants, Due(for: start.replay, sweep: sweep))
  }

  private func reconcile(_ submitter: Submitter) async throws(SubmissionError) -> Result {
    var ahead: [String] = []
    let now = session.now
    let start = try await submitter.start { event in
      if let words = Self.ahead(event, of: now) { ahead.append(words) }
    }
    for words in ahead { Terminal.writeError(Style.forErrors.warn("ahead: ") + words + "\n") }
    var result = Result(replay: start.replay)
    do {
      try session.demandPinsBehind(start.replay)
      let reconciler = try await Identity.find(stated: identity, session, start.replay).principal
      try start.replay.demandReconciler(reconciler)
      try session.demandNotAhead(start.replay, assumed: assumesClock)
      session.noteTypedTime(start.replay, isDry: false)
      if start.replay.flippedUpon != nil {
        try await submit(StraightenIntent(reconciler: reconciler), submitter, &result)
      }
      let sweep = Sweep(
        of: result.replay.anticipating.belief, at: max(now, result.replay.now), by: reconciler)
      if Due(for: result.replay, sweep: sweep).reasons.isEmpty {
        if result.submitted.isEmpty { try await session.follow(start) }
      } else {
        try await submit(ReconcileIntent(reconciler: reconciler), submitter, &result)
      }
    } catch let error as SubmissionError {
      throw error
    } catch {
      let failure = Failure(error)
      throw SubmissionError(failure.status.code, failure.sentence, hint: failure.hint)
    }
    if result.submitted.isEmpty { session.remember(result.replay) }
    return result
  }

  private func submit(
    _ intent: some Intent, _ submitter: Submitter, _ result: inout Result
  ) async throws {
    do throws(SubmissionError) {
      let done = try await submitter.submit(intent)
      result.submitted.append(done)
      result.replay = done.replay
    } catch {
      guard error.code == .idle else { throw error }
      // Another reconciler was faster and has done it all.
      result.replay = try await submitter.start().replay
    }
  }

  private func emit(_ result: inout Result) async throws {
    guard let directory else { return }
    try EffectiveFiles.demandFresh(result.replay)
    let files = EffectiveFiles(set: EffectiveSet(of: result.replay), formats: formats)
    try await files.writeSigned(
      to: directory, by: GitCommitSigner(repository: session.repository))
    result.files = files
  }

  /// The newest head here: the local branch, or what was last fetched if that goes on from it.
  private func newestHere(_ submitter: Submitter) throws -> Replay {
    var head = try session.localHead()
    if let remote = session.remoteName,
      let tracked = try session.repository.tip(of: "refs/remotes/\(remote)/\(session.branch)"),
      try session.ledger.contains(head, in: tracked)
    {
      head = tracked
    }
    return try submitter.replay(head: head, at: session.now)
  }
}

extension Round {
  /// Words for a step whose signer's clock is ahead of this one.
  private static func ahead(_ event: LedgerEvent, of now: Timestamp) -> String? {
    switch event {
    case .transition(let step) where step.signedAt > now:
      "\(step.signer) signed \(step.commit.short) at \(step.signedAt), "
        + "\(Words.span(step.signedAt - now)) ahead of this clock"
    case .incident(let incident) where incident.rule == .boundedDate:
      "\(incident.signer.map { $0.name } ?? "somebody") at \(incident.commit.short): "
        + Words.safe(incident.sentence)
    default: nil
    }
  }
}

extension ExitStatus {
  /// The code by which a submission says the same.
  fileprivate var code: SubmissionError.Code {
    switch self {
    case .done, .failed: .failed
    case .usage: .usage
    case .untrusted: .untrusted
    case .denied: .denied
    case .conflict: .conflict
    case .clock: .clock
    }
  }
}
