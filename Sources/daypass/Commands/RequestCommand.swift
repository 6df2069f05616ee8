import ArgumentParser
import Grants
import Policies
import Submission

/// Asking for a role.
struct RequestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "request",
    abstract: "Ask for a role, for a time and a reason.",
    discussion: """
      Signs a request and shows, before it does, how long the role can be had and which line of \
      the policy says so, who can approve, how many are needed, and until when. The clock starts \
      when the last approval needed is signed, not now; a role that needs no approval is active at \
      once.

      The id is a time and eight letters and digits, 20261123T181502Z-k3f9q2xw; any piece of it \
      that fits one grant only names it everywhere: k3f9.

        daypass request prod-admin --for 1h --why "rotate the certificate"
        daypass request prod-admin --ticket OPS-42 --why "as in the ticket"
        daypass request db-read --until 2026-11-23T22:00Z --why "order 4711"
        daypass request billing-admin --on-behalf-of bob@example.com \\
          --why "refund of order 4711" --ticket OPS-43
        daypass request db-read --why "order 4711" --wait && psql
        daypass request db-read --why "order 4711" --dry-run

      Ends with 4 if the policy says no, with each reason, what is missing, and who could supply it.
      With --wait it ends with 0 once the role is active, 4 if it was rejected or otherwise refused, \
      1 if it lapsed or nobody waits any longer.
      """)

  @Argument(help: "The role; what there is: daypass roles.")
  var role: RoleName

  @Option(
    help: ArgumentHelp("The justification that approvers will read.", valueName: "text"))
  var why: String?

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp("How long: 4h, 1h30m, PT4H. By default the role's own.", valueName: "span"))
  var duration: HumanSpan?

  @Option(
    help: ArgumentHelp(
      "How long, as an end: the time from now until then, counted from the approval.",
      valueName: "time"))
  var until: HumanMoment?

  @Option(help: ArgumentHelp("The ticket it belongs to.", valueName: "ticket"))
  var ticket: String?

  @Option(help: ArgumentHelp("A scope the role asks for; once for each.", valueName: "key=value"))
  var scope: [ScopeChoice] = []

  @Option(help: ArgumentHelp("Who shall hold the role, if not you.", valueName: "principal"))
  var onBehalfOf: Principal?

  @Flag(help: "Put it on a branch of its own, daypass/ID, to be reviewed and landed there.")
  var branch = false

  @Flag(help: "Wait until it is decided.")
  var wait = false

  @Option(help: ArgumentHelp("With --wait: wait at most so long.", valueName: "span"))
  var timeout: HumanSpan?

  @OptionGroup var global: GlobalOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var writing: WritingOptions

  func validate() throws {
    if duration != nil, until != nil {
      throw ValidationError("--for and --until say the same thing twice; give one of them")
    }
    if wait, writing.noPush || writing.dryRun {
      throw ValidationError(
        "nobody decides what is not published: --wait goes with neither --no-push nor --dry-run")
    }
    if timeout != nil, !wait { throw ValidationError("--timeout says how long to --wait") }
  }

  func run() async throws {
    var acting = try await Acting.begin(global, writing, output.output)
    if branch { acting.way = .newLane }
    try Known.demandRole(role, in: acting.policy)
    if let until, until.moment <= acting.session.now {
      throw Failure(.usage, "--until \(until.moment) has passed")
    }
    let intent = RequestIntent(
      requester: acting.me, subject: onBehalfOf, role: role, duration: duration?.span,
      until: until?.moment, justification: try justification(acting.policy),
      ticket: askedTicket(acting.policy), scope: try ScopeChoice.dictionary(scope),
      random: .random(in: 0 ... .max))
    let (state, grant) = try intent.grant(on: acting.replay, at: acting.session.now)
    let plan = RequestPlan(
      grant: grant, state: state, isDefault: duration == nil && until == nil,
      belief: acting.replay.belief, now: acting.session.now)
    if plan.isHopeless { Notice.hopeless() }
    let done = try await acting.carryOut(
      Deed(
        action: "request", givesID: true, sheet: plan.sheet,
        question: state == .active ? "Sign this and have the role now?" : "Sign this request?",
        outcome: plan.outcome, next: plan.next),
      intent)
    if wait, let done { try await waitForDecision(on: done, acting) }
  }

  /// - Throws: ``Failure`` for a missing one that the policy asks for and nobody can be asked for.
  private func justification(_ policy: Policy) throws -> String {
    if let why { return why }
    guard policy.settings.requireJustification || policy.roles[role]?.justification != nil else {
      return ""
    }
    if Terminal.canAsk, let answer = Terminal.ask("Why do you need \(role)?") { return answer }
    throw Failure(
      .usage, "a justification is needed",
      hint: "daypass request \(role) --why \"what you will do with it\"")
  }

  private func askedTicket(_ policy: Policy) -> String? {
    guard ticket == nil, policy.roles[role]?.ticket?.isRequired == true, Terminal.canAsk else {
      return ticket
    }
    return Terminal.ask("Which ticket is it for?")
  }
}
