import ArgumentParser

extension CommandTable {
  /// For those who ask and those who decide.
  static let people = CommandGroup(
    name: "Asking and deciding",
    subcommands: [
      RequestCommand.self, AmendCommand.self, WithdrawCommand.self, ApproveCommand.self,
      RejectCommand.self, RetractCommand.self, RevokeCommand.self, ListCommand.self,
      ShowCommand.self, RolesCommand.self, WhoamiCommand.self,
    ])
}
