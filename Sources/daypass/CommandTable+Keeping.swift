import ArgumentParser

extension CommandTable {
  /// For those who keep the repository, and for CI.
  static let keeping = CommandGroup(name: "Keeping the repository", subcommands: [InitCommand.self, TrustCommand.self, VerifyCommand.self, SyncCommand.self, EmitCommand.self, ReconcileCommand.self, LogCommand.self, HealCommand.self, CheckCommand.self, FmtCommand.self, PolicyCommand.self])
}
