import ArgumentParser
import Grants
import Ledger

/// What can be asked for.
struct RolesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "roles",
    abstract: "What can I ask for? Which roles there are, and on which terms.",
    discussion: """
      For each role its risk, how long it can be had and which line of the policy says so, and \
      who must approve. With the name of a role everything about it, and why you may ask for it \
      or why not.

        daypass roles                    what I may ask for
        daypass roles --all              what there is
        daypass roles prod-admin         one in full: why, why not
        daypass roles prod-admin --as bob@example.com     may Bob?
      """)

  @Argument(help: "One role in full.")
  var role: RoleName?

  @Flag(help: "Also what you may not ask for.")
  var all = false

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "Answer for this principal; by default whoever the signing key belongs to.",
      valueName: "principal"))
  var identity: String?

  @OptionGroup var global: GlobalOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let session = try await Session.open(global)
    let replay = try session.replay()
    let me = try await Identity.find(stated: identity, session, replay, isSigning: false).principal
    let roles = replay.belief.policy.policy.roles
    if let role {
      let found = try Known.demandRole(role, in: replay.belief.policy.policy)
      return try show(RoleView(found, for: me, in: replay), to: me)
    }
    let views = roles.values.sorted { $0.name < $1.name }
      .map { RoleView($0, for: me, in: replay) }
      .filter { all || $0.isForThem }
    guard output.output == .table else {
      return Terminal.write(
        try OutputValue.list(views.map(\.output)).render(output.output))
    }
    guard !views.isEmpty else {
      Terminal.writeError("\(me) may ask for nothing (daypass roles --all: what there is)\n")
      if session.isBehind {
        Terminal.writeError(
          "This branch is behind \(session.remoteName ?? "the remote"): daypass sync\n")
      }
      return
    }
    Terminal.write(table(views))
  }

  private func show(_ view: RoleView, to me: Principal) throws {
    guard output.output == .table else {
      return Terminal.write(try view.output.render(output.output))
    }
    let style = Style.forOutput
    Terminal.write(view.text(style))
    Terminal.write("\n" + style.bold("may \(me) ask for it? \(view.answer)") + "\n")
    for line in DecisionWords.lines(view.decision, style) { Terminal.write("  \(line)\n") }
    if view.decision.isAllowed {
      let scope = view.role.scope.keys.sorted().map { " --scope \(Words.safe($0))=VALUE" }.joined()
      let ticket = view.role.ticket?.isRequired == true ? " --ticket TICKET" : ""
      let command = "daypass request \(view.role.name) --why TEXT\(ticket)\(scope)"
      Terminal.write("next \(style.bold(command))\n")
    }
  }

  private func table(_ views: [RoleView]) -> String {
    let style = Style.forOutput
    var table = Table([
      "ROLE", "RISK", "LONGEST", "SET BY", "APPROVAL", "MAY ASK", "DESCRIPTION",
    ])
    for view in views {
      let paint = { (text: String) in view.decision.isAllowed ? style.good(text) : style.dim(text) }
      table.add([
        Table.Cell(view.role.name.name, paint: style.bold),
        Table.Cell(view.role.risk?.rawValue ?? ""),
        Table.Cell(view.limit.map { Words.exact($0.cap) } ?? ""),
        Table.Cell(view.limit?.source.description ?? ""), Table.Cell(view.approval),
        Table.Cell(view.answer, paint: paint),
        Table.Cell(view.role.description),
      ])
    }
    return table.render(style, width: Terminal.width)
  }
}
