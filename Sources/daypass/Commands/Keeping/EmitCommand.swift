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
      """)

  @OptionGroup var options: GlobalOptions

  @Option(help: "json or csv; may be repeated with --output DIR.")
  var format: [Emitter] = []

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The directory to write to, or - for stdout.", valueName: "dir"))
  var output = "-"

  @Flag(help: "Write nothing and end with 3 if anything is disputed.")
  var strict = false

  func validate() throws {
    if output == "-", format.count > 1 {
      throw ValidationError("Only one --format can go to stdout.")
    }
  }

  func run() async throws {
    let session = try await Session.open(options)
    let replay = try session.replay()
    try EffectiveFiles.demandFresh(replay)
    // A clock that is slow would bring back what has run out; a typed time asks about the past.
    if session.clock.fixed == nil { try session.demandPinsBehind(replay) }
    for dispute in replay.disputes {
      Terminal.writeError(
        "\(Style.forErrors.warn("disputed:")) \(Words.safe(dispute.difference.path)) "
          + "(\(dispute.cause.rule.rawValue), commit \(dispute.cause.commit.short))\n")
    }
    if strict, !replay.disputes.isEmpty {
      throw Failure(
        .untrusted,
        "\(Words.count(replay.disputes.count, "place")) disputed; nothing is written (--strict)",
        hint: "See them: daypass verify")
    }
    let formats = format.isEmpty ? [Emitter.json] : format
    let files = EffectiveFiles(set: EffectiveSet(of: replay), formats: formats)
    if output == "-" {
      for format in formats { Terminal.put(bytes: format.bytes(of: files.set), to: 1) }
    } else {
      try files.write(to: output)
      Terminal.writeError(Done.line("wrote \(output): \(files.words)", .forErrors))
    }
  }
}
