import ArgumentParser
import Grants
import Submission

/// Changing one's own request.
struct AmendCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "amend",
    abstract: "Change your own request while it is pending; approvals fall.",
    discussion: """
      Says anew what differs and keeps the rest. It is judged like a request, and whoever approved \
      must approve again, since they approved something else. The id and the time by which it must \
      be decided stay.

        daypass amend k3f9 --for 30m
        daypass amend k3f9 --why "rotate the certificate of node 7" --ticket OPS-43
        daypass amend k3f9 --role db-read
        daypass amend k3f9 --scope env=staging        replaces the whole scope
      """)

  @Argument(help: "The request: any unambiguous piece of its id.")
  var id: GrantChoice

  @Option(help: ArgumentHelp("Another role.", valueName: "role"))
  var role: RoleName?

  @Option(
    name: .customLong("for"), help: ArgumentHelp("Another duration: 30m.", valueName: "span"))
  var duration: HumanSpan?

  @Option(
    help: ArgumentHelp(
      "A duration, as an end: the time from now until then.", valueName: "time"))
  var until: HumanMoment?

  @Option(help: ArgumentHelp("Another justification.", valueName: "text"))
  var why: String?

  @Option(help: ArgumentHelp("Another ticket.", valueName: "ticket"))
  var ticket: String?

  @Option(help: ArgumentHelp("Another scope; once for each key.", valueName: "key=value"))
  var scope: [ScopeChoice] = []

  @OptionGroup var global: GlobalOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var writing: WritingOptions

  func validate() throws {
    if duration != nil, until != nil {
      throw ValidationError("--for and --until say the same thing twice; give one of them")
    }
    if role == nil, duration == nil, until == nil, why == nil, ticket == nil, scope.isEmpty {
      throw ValidationError("say what to change: --role, --for, --until, --why, --ticket, --scope")
    }
  }

  func run() async throws {
    try await Acting.begin(global, writing, output.output).reaching([id]).freshly(amend)
  }

  private func amend(_ acting: Acting) async throws {
    let now = acting.session.now
    if let until, until.moment <= now {
      throw Failure(.usage, "--until \(until.moment) has passed")
    }
    if let role { try Known.demandRole(role, in: acting.policy) }
    let id = try acting.find(id)
    try acting.demandUndecided(id, for: .amend)
    let intent = AmendIntent(
      signer: acting.me, id: id, role: role,
      duration: duration?.span ?? until.map { $0.moment - now }, justification: why,
      ticket: ticket, scope: scope.isEmpty ? nil : try ScopeChoice.dictionary(scope))
    let draft = try intent.draft(on: acting.replay, at: now)
    guard let (state, grant) = draft.edits.first?.content else { return }
    let plan = RequestPlan(
      grant: grant, state: state, isDefault: false, belief: acting.replay.belief, now: now)
    var sheet = plan.sheet
    let lost = acting.replay.belief.live[id]?.grant.approvals.map(\.by) ?? []
    if !lost.isEmpty { sheet.add("approvals lost", Words.names(lost)) }
    if plan.isHopeless { Notice.hopeless() }
    try await acting.carryOut(
      Deed(
        action: "amend", sheet: sheet, question: "Sign this amendment?", outcome: plan.outcome,
        next: plan.next),
      intent)
  }
}
