import ArgumentParser
import Grants

struct PeopleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "people",
    abstract: "Bring a person's keys in from a forge.",
    discussion: """
      Who is in which group, and who is an admin, is in policies/: edit it, and daypass policy commit.
      """,
    subcommands: [PeopleImportCommand.self])
}

struct PeopleImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Add all keys of a file, one a line, as one person's.",
    discussion: """
      FILE is what a forge serves of a person, as https://github.com/alice.keys or \
      https://gitlab.com/alice.keys, or - for standard input. Keys that they have already are left \
      out. If one line cannot be used, nothing is changed. A forge does not ask for proof that \
      somebody has the keys they entered, and it decides what it serves: hence --proof or \
      --without-proof, as for daypass key add.

      Examples:
        curl -fsS https://github.com/alice.keys > alice.keys
        daypass people import alice.keys --name alice@example.com --proof alice.proof
        daypass people import alice.keys --name alice@example.com --without-proof --dry-run
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var writing: WritingOptions
  @OptionGroup var proofs: ProofOptions

  @Argument(help: ArgumentHelp("The keys, one a line; - is standard input.", valueName: "file"))
  var file: String

  @Option(help: ArgumentHelp("Whose they are.", valueName: "principal"))
  var name: Principal

  @OptionGroup var offer: OfferOptions

  func run() async throws {
    let change = SignersChange(
      principal: name, keys: try PublicKeyLine.all(in: file), options: proofs)
    try await change.carryOut(options, writing, offer)
  }
}
