import ArgumentParser

extension CommandTable {
  /// What to say of a command that there is not; nil where the first words name one, or begin with
  /// an option, which is for the parser to judge.
  static func unknown(_ arguments: [String]) -> Failure? {
    let words = arguments.first == "help" ? Array(arguments.dropFirst()) : arguments
    return unknown(words, below: "daypass", groups.flatMap(\.subcommands))
  }

  private static func unknown(
    _ words: [String], below parent: String, _ commands: [any ParsableCommand.Type]
  ) -> Failure? {
    guard let typed = words.first, !typed.hasPrefix("-") else { return nil }
    let names = commands.flatMap { [$0._commandName] + $0.configuration.aliases }
    guard !names.contains(typed), typed != "help" else {
      guard let command = commands.first(where: { $0._commandName == typed }),
        !command.configuration.subcommands.isEmpty
      else { return nil }
      return unknown(
        Array(words.dropFirst()), below: "\(parent) \(typed)", command.configuration.subcommands)
    }
    let guess = Closest.name(to: typed, among: names)
    return Failure(
      .usage, "there is no command \(parent) \(Words.safe(typed))",
      hint: (guess.map { "Did you mean \(parent) \($0)?\n" } ?? "")
        + "All commands: \(parent) --help")
  }
}
