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

      Example:
        daypass sync && daypass list --reviewable
      """)

  @OptionGroup var options: GlobalOptions

  @Flag(help: "Fetch and verify; leave the local branch where it is.")
  var dryRun = false

  func run() async throws {
    let session = try await Session.open(options)
    guard let remote = session.remoteName else {
      throw Failure(.failed, "there is no remote to fetch from", hint: "git remote add origin URL")
    }
    let start = try await session.submitter(isReading: true).start()
    Notice.disputes(start.replay)
    if start.remoteTip == nil {
      return Terminal.write(
        "\(Words.safe(remote)) has no branch \(Words.safe(session.branch)) yet; "
          + "share it: git push -u \(Words.safe(remote)) \(Words.safe(session.branch))\n")
    }
    let head = start.replay.head
    if start.localTip == head {
      let ahead = start.remoteTip == head ? "" : "; it is ahead of \(remote): git push"
      Terminal.write("Already at \(head.short)\(Words.safe(ahead))\n")
    } else if dryRun {
      Terminal.write("Would move \(Words.safe(session.branch)) to \(head.short)\n")
    } else {
      try await session.follow(start)
      Terminal.write(
        "\(Words.safe(session.branch)) \(start.localTip?.short ?? "new") -> \(head.short)\n")
    }
    if !dryRun { session.remember(start.replay) }
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
