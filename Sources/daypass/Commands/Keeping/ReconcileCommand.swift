import ArgumentParser
import Emitters
import Grants
import History
import Ledger
import Reconciler
import Submission

struct ReconcileCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reconcile",
    abstract: "Close what has run out, archive, restore what is disputed, pin, push, and emit.",
    discussion: """
      Makes at most one signed commit (after a straightening merge where somebody merged the \
      mainline into a branch), and none where nothing is due. That commit also takes files out of \
      the tree that were closed longer ago than the policy's retention; show and log still find \
      them. Then writes effective.json and \
      effective.json.sig to --output. A consumer checks them with

        ssh-keygen -Y verify -f allowed_signers -I ci@example.com -n daypass \\
          -s effective.json.sig < effective.json

      Runs with the reconciler's key, from cron or a timer, or for ever with --watch. It commits \
      only with a clock that deserves it (exit 6). If the remote cannot be reached or refuses, the \
      set is still written for what was last verified, and it ends with 1.

      Examples:
        daypass reconcile --output /run/daypass
        daypass reconcile --output /run/daypass --format csv --watch --interval 1m
        daypass reconcile --dry-run
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var writing: WritingOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where to write effective.json and its signature.", valueName: "dir"))
  var output: String?

  @Option(help: "A further format beside json: csv.")
  var format: [Emitter] = []

  @Flag(help: "Commit although the kernel does not vouch for the clock, or --now is ahead of it.")
  var assumeClock = false

  @Flag(help: "Go on for ever; SIGTERM and SIGINT end it after the round.")
  var watch = false

  @Option(help: "With --watch: look at least this often.")
  var interval = HumanSpan(span: .minutes(1))

  func validate() throws {
    if watch, options.now != nil || writing.dryRun {
      throw ValidationError("--watch goes with neither --now nor --dry-run.")
    }
  }

  func run() async throws {
    if writing.dryRun { return try await plan() }
    if watch { return await Watch(command: self).run() }
    let round = try await round()
    let result = try await round.run()
    Terminal.write(words(result, in: round.session))
    if let failure = result.failure { throw failure }
  }

  func round() async throws -> Round {
    Round(
      session: try await Session.open(options), identity: writing.identity,
      offline: writing.noPush, assumesClock: assumeClock,
      formats: [.json] + format.filter { $0 != .json }, directory: output)
  }

  private func plan() async throws {
    let (replay, sweep, archived, due) = try await round().plan()
    if let mainline = replay.flippedUpon {
      Terminal.write("Would straighten the mainline upon \(mainline.short)\n")
    }
    defer { Notice.dryRun() }
    if due.reasons.isEmpty { return Terminal.write("Nothing to do at \(replay.head.short)\n") }
    Terminal.write("Would commit: \(due.reasons.map(\.words).joined(separator: ", "))\n")
    for step in sweep.steps {
      Terminal.write("  \(step.kind.rawValue) \(Self.words(step.grant))\n")
    }
    if let line = Self.archived(archived.count) { Terminal.write("  \(line)\n") }
    for dispute in replay.disputes {
      Terminal.write("  restore \(Words.safe(dispute.difference.path))\n")
    }
  }

  // MARK: Words

  private static func words(_ grant: Grant) -> String {
    "\(grant.id.short) \(Words.role(grant)) of \(grant.subject)"
  }

  private func words(_ result: Round.Result, in session: Session) -> String {
    var text = ""
    for done in result.submitted {
      text += Done.lines("reconciled", done, in: session)
      text += Self.steps(of: done.events).map(Done.more).joined()
    }
    if result.submitted.isEmpty, result.failure == nil {
      text += "Nothing to do at \(result.replay.head.short)\n"
    }
    if let files = result.files, let output {
      text += Done.line("wrote \(output): \(files.words)")
    }
    return text
  }

  static func steps(of events: [LedgerEvent]) -> [String] {
    var archived = 0
    let steps = events.compactMap { event -> String? in
      guard case .transition(let step) = event else { return nil }
      if step.kind == .archive { archived += 1 }
      return step.kind == .archive ? nil : "\(step.kind.rawValue) \(words(step.grant))"
    }
    return steps + [Self.archived(archived)].compactMap(\.self)
  }

  /// Ten thousand at once are told in one line; nil for none.
  private static func archived(_ count: Int) -> String? {
    count == 0 ? nil : "archive \(count) closed grant\(count == 1 ? "" : "s")"
  }
}
