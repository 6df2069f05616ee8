import ArgumentParser
import Grants
import Ledger
import Submission

struct HealCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "heal",
    abstract: "Write what was signed for back into the files.",
    discussion: """
      Where the head's files are not what was signed for, they are put right in one commit; where \
      somebody merged the mainline into a branch, a merge makes it the mainline again. Anyone may: \
      nothing new is said. What happened stays in daypass log.

      Examples:
        daypass heal --dry-run
        daypass heal
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var writing: WritingOptions

  func run() async throws {
    let session = try await Session.open(options)
    let submitter = try await session.submitter(offline: writing.noPush)
    let start = try await submitter.start()
    let replay = start.replay
    if let mainline = replay.flippedUpon {
      Terminal.write("The mainline \(mainline.short) was merged into a branch.\n")
    }
    for dispute in replay.disputes {
      let deed = dispute.difference.believed ? "restore" : "remove"
      Terminal.write("  \(deed) \(Words.safe(dispute.difference.path))\n")
    }
    guard replay.flippedUpon != nil || !replay.disputes.isEmpty else {
      return Terminal.write("Nothing is disputed at \(replay.head.short)\n")
    }
    // With a slow clock what others have done since looks like something nobody signed for.
    try session.demandPinsBehind(replay)
    if writing.dryRun { return Notice.dryRun() }
    // Anyone may, but not unsigned: what lands unsigned would be looked into.
    try await Identity.demandSigning(session)
    session.noteTypedTime(replay, isDry: false)
    if !writing.yes, Terminal.canAsk, !Terminal.confirm("Put that right?") {
      throw Failure(.failed, "nothing was changed")
    }
    do throws(SubmissionError) {
      let done =
        replay.flippedUpon != nil
        ? try await submitter.submit(StraightenIntent())
        : try await submitter.submit(HealIntent())
      Terminal.write(Done.lines("healed: the files say what was signed for", done, in: session))
    } catch {
      guard error.code == .idle else { throw error }
      Terminal.write("Somebody else has put it right meanwhile.\n")
    }
  }
}
