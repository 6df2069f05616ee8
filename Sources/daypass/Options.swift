import ArgumentParser
import Grants
import History

/// What every command understands.
struct GlobalOptions: ParsableArguments {
  @Option(
    name: .customShort("C"),
    help: ArgumentHelp("Run as if started in DIR.", valueName: "dir"))
  var directory = "."

  @Option(
    help: ArgumentHelp(
      "Trust this commit (40 digits) as the root, instead of git config daypass.root.",
      valueName: "commit"))
  var root: String?

  @Option(
    help: ArgumentHelp(
      "Judge as of this time (2026-11-23T22:00Z) instead of the clock's.", valueName: "time"))
  var now: HumanMoment?
}

/// What commands that print data understand.
struct OutputOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: "How to print: table, json or yaml.")
  var output: OutputFormat = .table
}

/// A person's word on which of two lines is the mainline.
struct MainlineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where two lines both carry pins: a commit of the true one, 40 digits.", valueName: "commit"))
  var mainline: String?

  /// - Throws: ``Failure`` for what is no whole commit id.
  func choice() throws -> ObjectID? {
    guard let mainline else { return nil }
    guard let id = ObjectID(hex: mainline) else {
      throw Failure(.usage, "--mainline wants all 40 digits of a commit")
    }
    return id
  }
}

/// What reading commands understand for machines that are thrown away.
struct PinOptions: ParsableArguments {
  @Flag(
    help: """
      Without a checkpoint, begin at the newest pin and take its word for all before it: who has a \
      reconciler's key can forge everything then. Nothing is remembered. Better: keep the checkpoint.
      """)
  var trustPins = false
}

/// What commands that write understand.
struct WritingOptions: ParsableArguments {
  @Flag(help: "Neither fetch nor push: work on the local branch alone.")
  var noPush = false

  @Flag(help: "Show what would happen; sign and change nothing.")
  var dryRun = false

  @Flag(name: .shortAndLong, help: "Do not ask before signing.")
  var yes = false

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "Act as this principal; by default whoever the signing key belongs to.",
      valueName: "principal"))
  var identity: String?
}

/// What commands that change the policy understand.
struct OfferOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: "The commit's first line.")
  var message: String?

  @Option(help: "The branch to offer it on, where more admins are needed.")
  var branch: String?
}
