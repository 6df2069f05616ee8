import ArgumentParser
import GitStore
import Grants
import History
import Ledger
import Submission

struct SyncCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sync",
    abstract: "Fetch, verify, and fast-forward the governed branch. Never a merge.",
    discussion: """
      What was fetched is verified before the local branch moves, so that it never stands on a head \
      that cannot be trusted (exit 3). Where both sides have moved it stops (exit 5): `git pull` \
      would merge the mainline into a branch, the wrong way round.

      Examples:
        daypass sync && daypass list --reviewable
        daypass sync -o json | jq .moved
        daypass sync --mainline COMMIT         your word, once, on which of two lines is the true one
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var format: OutputOptions

  @Flag(help: "Fetch and verify; leave the local branch where it is.")
  var dryRun = false

  @OptionGroup var word: MainlineOptions

  func run() async throws {
    var session = try await Session.open(options)
    session.choice = try word.choice()
    guard let remote = session.remoteName else {
      throw Failure(.failed, "there is no remote to fetch from", hint: "git remote add origin URL")
    }
    let submitter = try await session.submitter(isReading: true)
    let start = try await submitter.start()
    let lanes = try await submitter.lanes(on: start)
    let waiting = try LaneViews.landable(lanes, on: start.replay, session)
    Notice.disputes(start.replay)
    let moves = start.remoteTip != nil && start.localTip != start.replay.head
    if moves, !dryRun { try await session.follow(start) }
    if start.remoteTip != nil, !dryRun { session.remember(start.replay) }
    guard format.output == .table else {
      return Terminal.write(
        try output(session, start, remote, waiting, moved: moves && !dryRun)
          .render(format.output))
    }
    Terminal.write(Words.safe(sentence(session, start, remote)) + "\n")
    if !waiting.isEmpty {
      Terminal.write(
        waiting.count == 1
          ? "1 grant waits on a branch of its own, not landed: daypass list\n"
          : "\(waiting.count) grants wait on branches of their own, not landed: daypass list\n")
    }
    let left = lanes.count - waiting.count
    if left > 0 {
      Terminal.write(
        "\(left == 1 ? "1 branch of a grant" : "\(left) branches of grants") would be left if landed now: "
          + "daypass land --all --dry-run\n")
    }
    if dryRun { Notice.dryRun() }
  }

  private func sentence(_ session: Session, _ start: Submitter.Start, _ remote: String) -> String {
    let head = start.replay.head
    guard start.remoteTip != nil else {
      return "\(remote) has no branch \(session.branch) yet; "
        + "share it: git push -u \(remote) \(session.branch)"
    }
    guard start.localTip != head else {
      guard let tip = start.remoteTip, tip != head else { return "Already at \(head.short)" }
      let ahead = "Already at \(head.short); it is ahead of \(remote)"
      guard let retreat = session.retreat(from: start.replay, to: tip) else {
        return "\(ahead): git push"
      }
      return "\(ahead), but nothing in that counts; to follow \(remote): \(retreat) (and ask again)"
    }
    return dryRun
      ? "Would move \(session.branch) to \(head.short)"
      : "\(session.branch) \(start.localTip?.short ?? "new") -> \(head.short)"
  }

  private func output(
    _ session: Session, _ start: Submitter.Start, _ remote: String, _ waiting: [Offer],
    moved: Bool
  ) -> OutputValue {
    .object([
      ("branch", .string(session.branch)), ("remote", .string(remote)),
      ("dryRun", .bool(dryRun)), ("before", .optional(start.localTip?.hex)),
      ("head", .string(start.replay.head.hex)), ("remoteHead", .optional(start.remoteTip?.hex)),
      ("moved", .bool(moved)), ("disputes", .int(start.replay.disputes.count)),
      ("waiting", .list(waiting.map { .string($0.branch) })),
    ])
  }
}

extension Session {
  /// Moves the local branch and what has it checked out to the verified head.
  func follow(_ start: Submitter.Start) async throws {
    guard start.localTip != start.replay.head else { return }
    let head = start.replay.head
    do throws(HistoryError) {
      try await local.prepare(to: head)
      try await local.advance(from: start.localTip, to: head, because: "daypass: sync")
    } catch {
      // Another daypass here may have done it, or gone further.
      guard error.code == .conflict, let tip = try local.tip(),
        try ledger.contains(head, in: tip)
      else { throw error }
    }
  }
}
