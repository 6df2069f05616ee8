import ArgumentParser
import Foundation
import Grants
import History
import Ledger

struct LogCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Everything that was signed for, and everything that was refused, since the root.",
    discussion: """
      Read from the history itself, so that it also knows grants whose files are long gone. The \
      signer is proven; times are UTC, of landing. An incident is something that was asserted and \
      counts for nothing; settled, that the files are again what was signed for.

      Examples:
        daypass log                            the whole story
        daypass log k3f9                       one grant's
        daypass log --person alice@example.com --since 30d
        daypass log -n 20                      the newest twenty
        daypass log --incidents -o json
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var format: OutputOptions

  @Argument(help: "Only this grant: any unambiguous piece of its id.")
  var grant: GrantChoice?

  @Option(help: "Only what this person signed, asked for, would hold, or authored.")
  var person: String?

  @Option(help: "Only grants of this role.")
  var role: String?

  @Option(
    help: ArgumentHelp(
      "Only what landed since: 2026-11-23T00:00Z, or 30d for the last thirty days.",
      valueName: "time"))
  var since: String?

  @Option(
    name: [.customShort("n"), .long],
    help: ArgumentHelp("Only the newest so many; by default all.", valueName: "count"))
  var limit: Int?

  @Flag(help: "Only incidents, and what settled them.")
  var incidents = false

  @Flag(help: "Only the reconciler's pins.")
  var pins = false

  func validate() throws {
    if let limit, limit < 1 {
      throw ValidationError("--limit \(limit) shows nothing; use for example --limit 20")
    }
  }

  func run() async throws {
    let session = try await Session.open(options)
    var entries: [LogEntry] = []
    let replay = try session.replay(wholeHistory: true) { entries.append(LogEntry($0)) }
    entries += replay.waiting.map { event in
      var entry = LogEntry(event)
      entry.isWaiting = true
      return entry
    }
    let begin = try start(session.now)
    let id = try grant.map { choice in
      try choice.find(among: Set(entries.compactMap(\.grant)))
    }
    entries = entries.filter { entry in
      (id == nil || entry.grant == id)
        && (person.map { entry.people.contains($0) } ?? true)
        && (role == nil || entry.role == role) && (begin.map { entry.landedAt >= $0 } ?? true)
        && (!incidents || entry.isIncident || entry.isSettlement) && (!pins || entry.isPin)
    }
    if format.output == .table { entries = LogEntry.gatheringArchived(entries) }
    if let limit { entries = entries.suffix(limit) }
    guard format.output == .table else {
      return Terminal.write(try OutputValue.list(entries.map(\.output)).render(format.output))
    }
    guard !entries.isEmpty else {
      return Terminal.writeError("Nothing of the kind has happened.\n")
    }
    var table = Table(["LANDED", "WHAT", "GRANT", "SIGNER", "COMMIT", "WORDS"])
    let style = Style.forOutput
    for entry in entries {
      let what =
        entry.isIncident ? Table.Cell(entry.what, paint: style.bad) : Table.Cell(entry.what)
      table.add([
        Table.Cell(entry.isWaiting ? "waits" : entry.landedAt.description), what,
        Table.Cell(entry.grant?.short ?? "-"), Table.Cell(entry.signer ?? "-"),
        Table.Cell(entry.commit.short, paint: style.dim),
        Table.Cell(entry.words + (entry.isWaiting ? " (waits for the reconciler)" : "")),
      ])
    }
    Terminal.write(table.render(style, width: Terminal.width))
  }

  private func start(_ now: Timestamp) throws -> Timestamp? {
    guard let since else { return nil }
    if let moment = HumanMoment(argument: since) { return moment.moment }
    if let span = HumanSpan(argument: since) { return now - span.span }
    throw Failure(
      .usage, "--since \(since) is neither a time nor a duration",
      hint: "Example: --since 2026-11-23T00:00Z or --since 30d")
  }
}

/// One thing the ledger reports, with what can be asked about it.
struct LogEntry {
  let landedAt: Timestamp
  /// `request`, `approve`, ...; `consent`, `policy`, `pin`, `incident`, `settled`.
  let what: String
  var grant: GrantID?
  var role: String?
  let signer: String?
  let commit: ObjectID
  private(set) var words: String
  /// Of the grant that it is a step of.
  var scope: [String: String]?
  /// When the grant was closed, if it is by now.
  private var closedAt: Timestamp?
  /// Everybody it concerns.
  let people: Set<String>
  /// Whether it counts only with the next commit of a reconciler.
  var isWaiting = false
  private let details: [(String, OutputValue)]

  var isIncident: Bool { what == "incident" }
  var isSettlement: Bool { what == "settled" }
  var isPin: Bool { what == "pin" }

  init(_ event: LedgerEvent) {
    commit = event.commit
    switch event {
    case .transition(let step):
      landedAt = step.landedAt
      what = step.kind.rawValue
      grant = step.grant.id
      role = step.grant.role.name
      scope = step.grant.scope
      closedAt = step.grant.closed?.at
      signer = step.signer.name
      words = Self.words(step)
      people = [step.signer.name, step.grant.requester.name, step.grant.subject.name]
      details = [
        ("signedAt", .string(step.signedAt.description)),
        ("mainline", .string(step.mainline.hex)), ("before", .optional(step.before?.rawValue)),
        ("after", .string(step.after.rawValue)),
        ("requester", .string(step.grant.requester.name)),
        ("subject", .string(step.grant.subject.name)),
        ("expiresAt", .optional(step.grant.expiresAt?.description)),
        ("reason", .optional(step.grant.closed?.reason)),
      ]
    case .consent(_, let admin, let from, let to, let moment):
      landedAt = moment
      what = "consent"
      signer = admin.name
      words = "to policy \(to.short), from \(from.short)"
      people = [admin.name]
      details = [("from", .string(from.hex)), ("to", .string(to.hex))]
    case .policy(let change):
      landedAt = change.landedAt
      what = "policy"
      signer = change.admins.map(\.name).joined(separator: ", ")
      words = "serial \(change.serial) is in force: \(change.to.short)"
      people = Set(change.admins.map(\.name))
      details = [
        ("from", .string(change.from.hex)), ("to", .string(change.to.hex)),
        ("serial", .int(change.serial)),
        ("admins", .list(change.admins.map { .string($0.name) })),
      ]
    case .incident(let incident):
      landedAt = incident.landedAt
      what = "incident"
      if case .grant(let id) = incident.unit { grant = id }
      signer = incident.signer?.name
      words =
        "\(incident.rule.rawValue): \(incident.sentence) (\(incident.unit), by \(incident.author))"
      people = Set([incident.signer?.name, Self.address(incident.author)].compactMap(\.self))
      details = [
        ("mainline", .string(incident.mainline.hex)),
        ("unit", .string(incident.unit.description)), ("rule", .string(incident.rule.rawValue)),
        ("author", .string(incident.author)),
      ]
    case .settled(let settlement):
      let cause = settlement.cause
      landedAt = settlement.landedAt
      what = "settled"
      if case .grant(let id) = settlement.unit { grant = id }
      signer = nil
      words =
        settlement.difference.believed
        ? "put back \(settlement.difference.path), which \(cause.commit.short) had changed"
        : "removed \(settlement.difference.path), which \(cause.commit.short) had added"
      people = Set([cause.signer?.name, Self.address(cause.author)].compactMap(\.self))
      details = [
        ("path", .string(settlement.difference.path)), ("incident", .string(cause.commit.hex)),
        ("rule", .string(cause.rule.rawValue)),
      ]
    case .pin(let pin):
      landedAt = pin.at
      what = "pin"
      signer = pin.signer.name
      words = pin.contradicts ? "STATES ANOTHER BELIEF" : "final up to here"
      people = [pin.signer.name]
      details = [
        ("stated", .optional(pin.statedDigest)), ("digest", .string(pin.digest)),
        ("contradicts", .bool(pin.contradicts)),
      ]
    }
  }

  private static func words(_ step: VerifiedTransition) -> String {
    let grant = step.grant
    var text = "\(Words.role(grant)) for \(grant.subject)"
    if step.after == .active, let end = grant.expiresAt { text += ", until \(end)" }
    if let closed = grant.closed, !closed.reason.isEmpty { text += ": \(closed.reason)" }
    return text
  }

  /// The same with the grants that one commit archives in one line, where the first of them was: ten
  /// thousand at once change nobody's access.
  static func gatheringArchived(_ entries: [LogEntry]) -> [LogEntry] {
    let archived = Dictionary(grouping: entries.filter { $0.what == "archive" }, by: \.commit)
    var told: Set<ObjectID> = []
    return entries.compactMap { entry in
      guard entry.what == "archive", let all = archived[entry.commit], all.count > 1 else {
        return entry
      }
      guard told.insert(entry.commit).inserted else { return nil }
      var line = entry
      line.grant = nil
      line.words = Words.count(all.count, "grant")
      let ends = all.compactMap(\.closedAt)
      if let first = ends.min(), let last = ends.max() {
        line.words += first == last ? ", closed at \(first)" : ", closed from \(first) to \(last)"
      }
      return line
    }
  }

  /// The address of an author line, which proves nothing but is asked about.
  private static func address(_ author: String) -> String? {
    guard let start = author.lastIndex(of: "<"), author.last == ">" else { return nil }
    return String(author[author.index(after: start)...].dropLast())
  }

  var output: OutputValue {
    .object(
      [
        ("landedAt", isWaiting ? .null : .string(landedAt.description)), ("what", .string(what)),
        ("grant", .optional(grant?.description)), ("role", .optional(role)),
        ("scope", scope.map { GrantView.output(scope: $0) } ?? .null),
        ("signer", .optional(signer)), ("commit", .string(commit.hex)), ("words", .string(words)),
        ("waiting", .bool(isWaiting)),
      ] + details)
  }
}
