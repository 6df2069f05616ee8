import ArgumentParser
import Emitters
import Grants
import Ledger
import Reconciler

extension Emitter: ExpressibleByArgument {}

struct EmitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "emit",
    abstract: "Print or write who holds which role right now.",
    discussion: """
      The set is what was signed for, whatever lies in the files; disputes are listed on stderr and \
      do not stop anybody else's access. With --strict anything disputed stops it.

      Reads the local branch: fetch first with daypass sync. If nobody has pinned for two \
      heartbeats, nothing is written (exit 6): an old head may have been served.

      Examples:
        daypass emit
        daypass emit --format csv | column -s, -t
        daypass emit --format json --format csv --output /run/daypass
        daypass emit --repo ../payments --repo ../web --output /run/daypass

      With --repo the sets of several repositories are united. Each is judged by its own root (git \
      config daypass.root), checkpoint and pins; a role is named repository/role, and roles of one \
      name in two repositories are two roles. One that cannot be judged stops it all, unless \
      --keep-going leaves it out.
      """)

  @OptionGroup var pins: PinOptions
  @OptionGroup var options: GlobalOptions

  @Option(help: "json or csv; may be repeated with --output DIR.")
  var format: [Emitter] = []

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The directory to write to, or - for stdout.", valueName: "dir"))
  var output = "-"

  @Flag(help: "Write nothing and end with 3 if anything is disputed.")
  var strict = false

  @Option(
    help: ArgumentHelp(
      "A repository whose set to unite with those of the others; once for each.", valueName: "dir"))
  var repo: [String] = []

  @Flag(
    help: """
      With --repo: leave out what cannot be judged (exit 3 or 6), name it in the file, and end with \
      that code.
      """)
  var keepGoing = false

  func validate() throws {
    if output == "-", format.count > 1 {
      throw ValidationError("Only one --format can go to stdout.")
    }
    guard keepGoing else { return }
    if repo.isEmpty { throw ValidationError("--keep-going goes with --repo only.") }
    if !format.isEmpty, !format.contains(.json) {
      throw ValidationError(
        "CSV has no place to say what was left out: --keep-going wants --format json, too.")
    }
  }

  func run() async throws {
    let formats = format.isEmpty ? [Emitter.json] : format
    guard repo.isEmpty else {
      return try await EmitSeveral(
        places: repo, options: options, formats: formats, output: output, strict: strict,
        keepsGoing: keepGoing, trustsPins: pins.trustPins
      ).run()
    }
    let session = try await Session.open(options)
    let replay = try Self.judged(session, trustingPins: pins.trustPins)
    Self.tellDisputes(replay)
    try Self.demandUndisputed(replay.disputes.count, strict: strict)
    let files = EffectiveFiles(set: EffectiveSet(of: replay), formats: formats)
    if output == "-" {
      for format in formats { Terminal.put(bytes: format.bytes(of: files.set), to: 1) }
    } else {
      try files.write(to: output)
      Terminal.writeError(Done.line("wrote \(output): \(files.words)", .forErrors))
    }
  }

  /// What is believed, where that may be told to anybody.
  static func judged(_ session: Session, trustingPins: Bool) throws -> Replay {
    let replay = try session.replay(trustingPins: trustingPins)
    try EffectiveFiles.demandFresh(replay)
    // A clock that is slow would bring back what has run out; a typed time asks about the past.
    if session.clock.fixed == nil { try session.demandPinsBehind(replay) }
    return replay
  }

  /// - Parameter repository: its name, where there are several.
  static func tellDisputes(_ replay: Replay, of repository: String? = nil) {
    for dispute in replay.disputes {
      let place = (repository.map { "\($0): " } ?? "") + dispute.difference.path
      Terminal.writeError(
        "\(Style.forErrors.warn("disputed:")) \(Words.safe(place)) "
          + "(\(dispute.cause.rule.rawValue), commit \(dispute.cause.commit.short))\n")
    }
  }

  static func demandUndisputed(_ count: Int, strict: Bool) throws {
    guard strict, count > 0 else { return }
    throw Failure(
      .untrusted, "\(Words.count(count, "place")) disputed; nothing is written (--strict)",
      hint: "See them: daypass verify")
  }
}
