import ArgumentParser

extension CommandTable {
  /// What should never land is stopped before it does.
  static let doors = CommandGroup(
    name: "Landing what was signed", subcommands: [LandCommand.self, GuardCommand.self])
}
