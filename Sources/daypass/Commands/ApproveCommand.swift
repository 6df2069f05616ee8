import ArgumentParser
import Grants
import Submission

/// Consenting to somebody's request.
struct ApproveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve",
    abstract: "Approve a request, for all or part of the time asked for.",
    discussion: """
      Shows first who asks, what they hold now, what the role adds, why, for how long, and when \
      exactly it would end if yours is the last approval needed. The approval binds what you were \
      shown: if the request is amended in between, nothing is signed.

      The clock starts when the last approval needed is signed. An approver may shorten what was \
      asked, never lengthen it; of several the shortest counts. Nobody approves what they asked \
      for or would hold.

        daypass list --reviewable            what waits for me?
        daypass approve k3f9
        daypass approve k3f9 --for 30m --comment "half an hour will do"
        daypass approve k3f9 --dry-run       what would it come to?
        daypass retract k3f9                 take it back
      """)

  @Argument(help: "The request: any unambiguous piece of its id.")
  var id: GrantChoice

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp("Allow this much of what was asked: 30m.", valueName: "span"))
  var duration: HumanSpan?

  @Option(help: ArgumentHelp("A word to the requester; it is signed too.", valueName: "text"))
  var comment = ""

  @OptionGroup var global: GlobalOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var writing: WritingOptions

  func run() async throws {
    try await Acting.begin(global, writing, output.output).reaching([id]).freshly(approve)
  }

  private func approve(_ acting: Acting) async throws {
    let id = try acting.find(
      id, otherwise: "What waits for you: daypass list --reviewable")
    try acting.demandUndecided(id, for: .approve)
    let live = try acting.replay.live(
      id, in: .pending, otherwise: ApproveIntent.nothingLeft(id))
    let intent = ApproveIntent(
      approver: acting.me, id: id, comment: comment, duration: duration?.span, seen: live.grant)
    let (_, result) = try intent.result(on: acting.replay, at: acting.session.now)
    let plan = ApprovalPlan(
      before: live.grant, after: result, replay: acting.replay, now: acting.session.now,
      isOffline: writing.noPush && acting.session.remoteName != nil)
    try await acting.carryOut(
      Deed(
        action: "approve", sheet: plan.sheet, question: "Sign this approval?",
        outcome: plan.outcome, next: plan.next),
      intent)
  }
}
