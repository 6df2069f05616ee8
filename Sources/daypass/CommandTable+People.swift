import ArgumentParser

extension CommandTable {
  /// For those who ask and those who decide.
  static let people = CommandGroup(
    name: "Asking and deciding",
    subcommands: [
      RequestCommand.self, ApproveCommand.self, ListCommand.self, ShowCommand.self,
    ])
}
