import ArgumentParser

extension CommandTable {
  /// For those who keep the repository, and for CI.
  static let keeping = CommandGroup(
    name: "Keeping the repository",
    subcommands: [
      InitCommand.self, TrustCommand.self, SyncCommand.self, VerifyCommand.self, LogCommand.self,
      ReconcileCommand.self, EmitCommand.self, PolicyCommand.self, CheckCommand.self,
      FmtCommand.self, HealCommand.self,
    ])
}
