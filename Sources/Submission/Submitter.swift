import Grants
import History
import Ledger

/// What a submission has brought about.
package struct Submitted: Sendable {
  /// The published commit.
  package let commit: ObjectID
  /// What the ledger found in it.
  package let events: [LedgerEvent]
  /// The replay of the new head.
  package let replay: Replay
  /// Whether it has reached the remote.
  package let isPushed: Bool
  /// Why this clone's branch or files were not brought along, where they were not.
  package var lag: String?
  /// The branch it waits on to be landed; nil for the governed branch itself.
  package var lane: String?
  /// What the remote said to it.
  package var said = ""

  /// Whether it counts only once a reconciler commits.
  package var isWaiting: Bool { replay.holdsBack(any: events) }
}

/// Carries an intent into history: draft, sign, have the ledger accept the very commit just signed,
/// publish; begin again where another writer was faster.
///
/// No reference moves before the ledger has accepted the commit, so that command and replay can
/// never disagree.
package struct Submitter: Sendable {
  package let ledger: Ledger
  package let reader: any HistoryReader
  package let writer: any HistoryWriter
  package let local: any LocalBranch
  /// Nil works offline.
  package let remote: (any Remote)?
  package let signer: any CommitSigner
  package let clock: any Clock
  package let checkpoints: any CheckpointStore
  package let author: Author
  /// How often to begin again when others are faster.
  package let attempts: Int
  /// A person's word on which of two possible lines is the mainline.
  package let choice: ObjectID?
  /// Whether what is published counts as accepted from then on. Not so where there is a remote that
  /// this submission leaves out: what it has may yet replace the local head, and that is no
  /// rollback.
  package let remembers: Bool

  package init(
    ledger: Ledger, reader: any HistoryReader, writer: any HistoryWriter,
    local: any LocalBranch, remote: (any Remote)?, signer: any CommitSigner, clock: any Clock,
    checkpoints: any CheckpointStore, author: Author, attempts: Int = 16, choice: ObjectID? = nil,
    remembers: Bool = true
  ) {
    self.ledger = ledger
    self.reader = reader
    self.writer = writer
    self.local = local
    self.remote = remote
    self.signer = signer
    self.clock = clock
    self.checkpoints = checkpoints
    self.author = author
    self.attempts = attempts
    self.choice = choice
    self.remembers = remembers
  }

  /// Where a submission begins: the newest head, and what is believed there.
  package struct Start: Sendable {
    package let replay: Replay
    package let localTip: ObjectID?
    package let remoteTip: ObjectID?
  }

  /// Fetches and replays.
  ///
  /// - Parameter report: receives what happened since the checkpoint.
  package func start(
    report: @escaping (LedgerEvent) -> Void = { _ in }
  ) async throws(SubmissionError) -> Start {
    let localTip: ObjectID?
    let remoteTip: ObjectID?
    do throws(HistoryError) {
      try await local.finish()
      localTip = try local.tip()
    } catch { throw SubmissionError(error) }
    do throws(RemoteError) {
      remoteTip = try await remote?.fetch(branch: ledger.branch)
    } catch { throw SubmissionError(error) }
    let head = try base(local: localTip, remote: remoteTip)
    if let remoteTip, remoteTip != head { try demandNoRollback(of: remoteTip) }
    return Start(
      replay: try replay(head: head, at: clock.now(), report: report), localTip: localTip,
      remoteTip: remoteTip)
  }

  /// Where an earlier replay ended; nil if nothing is kept, or it cannot be read.
  private var storedCheckpoint: Checkpoint? {
    checkpoints.stored(history: reader)
  }

  /// Replays a head from the stored checkpoint and remembers what became final.
  package func replay(
    head: ObjectID, at now: Timestamp, report: @escaping (LedgerEvent) -> Void = { _ in }
  ) throws(SubmissionError) -> Replay {
    try replay(head: head, at: now, from: storedCheckpoint, report: report)
  }

  func replay(
    head: ObjectID, at now: Timestamp, from checkpoint: Checkpoint?,
    report: @escaping (LedgerEvent) -> Void = { _ in }
  ) throws(SubmissionError) -> Replay {
    do throws(LedgerError) {
      return try ledger.replay(
        head: head, now: now, from: checkpoint, choice: choice, report: report)
    } catch { throw SubmissionError(error) }
  }

  /// Submits the intent.
  package func submit(_ intent: some Intent) async throws(SubmissionError) -> Submitted {
    try await retrying { (start) throws(SubmissionError) in
      let now = clock.now()
      let view = start.replay.anticipating
      let draft = try intent.draft(on: view, at: now)
      let made = try await make(draft, on: view, at: now)
      return try await publish(made, start)
    }
  }

  /// Tries until it comes through, each time from the newest head.
  ///
  /// - Parameter body: gives nil where another writer was faster.
  func retrying<Result>(
    _ body: (Start) async throws(SubmissionError) -> Result?
  ) async throws(SubmissionError) -> Result {
    for attempt in 1...max(1, attempts) {
      let began = ContinuousClock.now
      if let done = try await body(try await start()) { return done }
      // Others are writing too: each waits a different while, longer the more often it was outrun,
      // and measured by what an attempt takes here, which grows with history and load.
      let longest = min(.seconds(10), (ContinuousClock.now - began) * (1 << min(attempt, 3)))
      try? await Task.sleep(for: longest * Double.random(in: 0.05...1))
    }
    throw SubmissionError(
      .conflict, "other writers were faster \(attempts) times in a row; nothing was changed",
      hint: "Try again in a moment.")
  }

  /// The local branch may hold what the remote has lost: then it is the remote that was taken back.
  private func demandNoRollback(of remoteTip: ObjectID) throws(SubmissionError) {
    guard let stored = storedCheckpoint, stored.root == ledger.root, stored.branch == ledger.branch
    else { return }
    do throws(LedgerError) {
      if try ledger.contains(stored.verifiedHead, in: remoteTip) { return }
    } catch { throw SubmissionError(error) }
    throw SubmissionError(
      .untrusted,
      "the remote is at \(remoteTip.short), which does not contain \(stored.verifiedHead.short), "
        + "verified here before (rule rollback)",
      hint: "Somebody took the branch back, or what was written here was never pushed.\n"
        + "What is missing: git log \(remoteTip.short)..\(stored.verifiedHead.short)\n"
        + "If what is here is right: git push\n"
        + "To accept the loss, once you know why: daypass trust --forget && "
        + "git reset --keep \(remoteTip.short)")
  }

  /// Commits of one's own that were never pushed part two branches honestly; the newest pin, which a
  /// reconciler has pushed, is not among them.
  private func demandPins(in remoteTip: ObjectID) throws(SubmissionError) {
    guard let stored = storedCheckpoint, stored.root == ledger.root, stored.branch == ledger.branch
    else { return }
    let pin = stored.state.pinnedCommit
    do throws(LedgerError) {
      if try ledger.contains(pin, in: remoteTip) { return }
    } catch { throw SubmissionError(error) }
    throw SubmissionError(
      .untrusted,
      "the remote is at \(remoteTip.short), which does not contain the pin \(pin.short), verified "
        + "here before (rule rollback)",
      hint: "Somebody wrote the branch anew, or the remote is another repository: git remote -v\n"
        + "What is missing: git log \(remoteTip.short)..\(pin.short)\n"
        + "Tell who keeps the remote; others who have verified it can push it back.\n"
        + "To accept the loss, once you know why: git branch mine && daypass trust --forget && "
        + "git reset --keep \(remoteTip.short)")
  }

  /// The newest of the two tips, if one contains the other.
  private func base(
    local: ObjectID?, remote: ObjectID?
  ) throws(SubmissionError) -> ObjectID {
    guard let head = remote ?? local else {
      throw SubmissionError(
        .failed,
        "the governed branch \(ledger.branch) does not exist, here or at the remote",
        hint: "If it was renamed, name it: git config daypass.branch BRANCH")
    }
    guard let local, let remote, local != remote else { return head }
    let name = self.remote?.name ?? "origin"
    do throws(LedgerError) {
      if try ledger.contains(local, in: remote) { return remote }
      if try ledger.contains(remote, in: local) { return local }
    } catch { throw SubmissionError(error) }
    try demandPins(in: remote)
    throw SubmissionError(
      parted: ledger.branch, from: remote, at: name, abort: self.local.abortCommand)
  }
}
