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
      "Only what is pending, active or closed (all that has ended), or has ended as rejected, "
        + "withdrawn, lapsed, revoked, expired or ineligible.",
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

  @OptionGroup var pins: PinOptions
  @OptionGroup var global: GlobalOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard pins.trustPins, all || state?.needsHistory == true else { return }
    throw ValidationError(
      "--trust-pins does not read the history that --all or this --state wants.")
  }

  func run() async throws {
    let session = try await Session.open(global)
    let (replay, standing) = try read(session)
    let views = standing + (try await LaneViews.read(session, replay))
    Notice.disputes(replay)
    try demandKnown(session, replay, views)
    let me =
      mine || reviewable
      ? try await Identity.find(stated: identity, session, replay, isSigning: false).principal
      : nil
    let chosen = views.filter { matches($0, me, replay.belief.policy.policy) }
    guard output.output == .table else {
      return Terminal.write(
        try OutputValue.list(chosen.map(\.output)).render(output.output))
    }
    Terminal.write(GrantTable.render(chosen))
    if chosen.isEmpty { Terminal.writeError(Words.safe(emptyHint) + "\n") }
  }

  private func read(_ session: Session) throws -> (Replay, [GrantView]) {
    if all || state?.needsHistory == true {
      let history = try GrantHistory.read(session)
      return (history.replay, history.views)
    }
    let replay = try session.replay(trustingPins: pins.trustPins).anticipating
    let live = replay.belief.live.values.sorted { $0.grant.id < $1.grant.id }
    return (replay, live.map { GrantView($0, in: replay) })
  }

  /// Roles and people that are gone may still be asked about: what history knows of is known.
  private func demandKnown(_ session: Session, _ replay: Replay, _ views: [GrantView]) throws {
    func fault(_ grants: [GrantView]) -> Failure? {
      Known.fault(role: role, person: person, among: grants, replay.belief)
    }
    guard fault(views) != nil else { return }
    if let failure = fault(try GrantHistory.read(session).views) { throw failure }
  }

  private func matches(_ view: GrantView, _ me: Principal?, _ policy: Policy) -> Bool {
    let grant = view.grant
    if let role, grant.role != role { return false }
    if let person, !view.isOf(person) { return false }
    if let state, !state.admits(view) { return false }
    guard let me else { return true }
    if mine, !view.isOf(me) { return false }
    return !reviewable || view.isReviewable(by: me, policy)
  }

  private var emptyHint: String {
    let about = role.map { " of \($0)" } ?? ""
    let whose = (person?.name ?? (mine ? identity : nil)).map { " that concerns \($0)" } ?? ""
    if reviewable {
      let whose = identity.map { "the approval of \($0)" } ?? "your approval"
      return "nothing waits for \(whose) (daypass sync brings what others have pushed)"
    }
    if let state { return state.none(about + whose) }
    if mine, !all, let identity { return "\(identity) asked for nothing and holds nothing" }
    if mine, !all {
      return "you asked for nothing and hold nothing (daypass roles: what you can ask for)"
    }
    return all
      ? "no grant\(about)\(whose)" : "no open grant\(about)\(whose) (--all shows what has ended)"
  }
}

/// What `--state` chooses by: what a grant is called, or `closed` for all that has ended.
enum StateFilter: String, ExpressibleByArgument, CaseIterable {
  case pending, active, closed
  case rejected, withdrawn, lapsed, revoked, expired, ineligible

  var needsHistory: Bool { self != .pending && self != .active }

  /// That there is none, in words: where a file lies and how a grant ended are two things.
  func none(_ what: String) -> String {
    switch self {
    case .pending: "no request\(what) is pending"
    case .active: "no grant\(what) is active"
    case .closed: "no grant\(what) has ended"
    default: "no grant\(what) has ended as \(rawValue)"
    }
  }

  func admits(_ view: GrantView) -> Bool {
    if case .ended = view.status, self == .closed { return true }
    return view.status.word == rawValue
  }
}
