import ArgumentParser

/// All commands, as `--help` groups them.
enum CommandTable {
  static let groups: [CommandGroup] = [people, joining, keeping, doors]
}
