import ArgumentParser
import Grants
import Ledger
import Policies

/// Which grants there are.
struct ListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Show requests and grants: whose, until when, how far approved.",
    discussion: """
      Shows what is open: pending requests and active grants. What has run out is shown as expired \
      (and what nobody decided as lapsed) from that second on, swept by a reconciler or not. \
      Filters add up; --all, or a --state of what has ended, reads the whole history.

        daypass list
        daypass list --mine                     what I asked for or hold
        daypass list --reviewable               what waits for my approval
        daypass list --role prod-admin --state active
        daypass list --person bob@example.com --all -o json

      It reads the local branch; daypass sync brings what others have pushed. Times are on your \
      clock (TZ); -o json and yaml have them in UTC.
      """)

  @Flag(help: "What I asked for or hold.")
  var mine = false

  @Flag(help: "What I could approve now.")
  var reviewable = false

  @Flag(help: "Also what has ended, from history.")
  var all = false

  @Option(
    help: ArgumentHelp(
      "Only these: \(StateFilter.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "state"))
  var state: StateFilter?

  @Option(help: ArgumentHelp("Only this role.", valueName: "role"))
  var role: RoleName?

  @Option(help: ArgumentHelp("Only what this person asked for or holds.", valueName: "principal"))
  var person: Principal?

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "Who --mine and --reviewable are about; by default whoever the signing key belongs to.",
      valueName: "principal"))
  var identity: String?

  @OptionGroup var global: GlobalOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let session = try await Session.open(global)
    let (replay, views) = try read(session)
    Notice.disputes(replay)
    let me =
      mine || reviewable
      ? try await Identity.find(stated: identity, session, replay).principal : nil
    let chosen = views.filter { matches($0, me, replay.belief.policy.policy) }
    guard output.output == .table else {
      return Terminal.write(
        try OutputValue.list(chosen.map(\.output)).render(output.output))
    }
    Terminal.write(GrantTable.render(chosen))
    if chosen.isEmpty { Terminal.writeError(emptyHint + "\n") }
  }

  private func read(_ session: Session) throws -> (Replay, [GrantView]) {
    if all || state?.needsHistory == true {
      let history = try GrantHistory.read(session)
      return (history.replay, history.views)
    }
    let replay = try session.replay()
    let live = replay.belief.live.values.sorted { $0.grant.id < $1.grant.id }
    return (replay, live.map { GrantView($0, in: replay) })
  }

  private func matches(_ view: GrantView, _ me: Principal?, _ policy: Policy) -> Bool {
    let grant = view.grant
    func isAbout(_ person: Principal) -> Bool {
      grant.subject == person || grant.requester == person
    }
    if let role, grant.role != role { return false }
    if let person, !isAbout(person) { return false }
    if let state, !state.admits(view) { return false }
    guard let me else { return true }
    if mine, !isAbout(me) { return false }
    return !reviewable || view.isReviewable(by: me, policy)
  }

  private var emptyHint: String {
    if reviewable {
      return "nothing waits for your approval (daypass sync brings what others have pushed)"
    }
    if mine {
      return "you asked for nothing and hold nothing (daypass roles: what you can ask for)"
    }
    return all ? "no grants" : "no open grants (--all shows what has ended)"
  }
}

/// What `--state` chooses by: what a grant is called, or `closed` for all that has ended.
enum StateFilter: String, ExpressibleByArgument, CaseIterable {
  case pending, active, closed
  case rejected, withdrawn, lapsed, revoked, expired, ineligible

  var needsHistory: Bool { self != .pending && self != .active }

  func admits(_ view: GrantView) -> Bool {
    if case .ended = view.status, self == .closed { return true }
    return view.status.word == rawValue
  }
}
