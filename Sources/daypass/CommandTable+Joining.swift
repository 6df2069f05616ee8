import ArgumentParser

extension CommandTable {
  /// For those who are new here, and those who let them in.
  static let joining = CommandGroup(
    name: "Joining and repairing",
    subcommands: [
      JoinCommand.self, DoctorCommand.self, KeyCommand.self, PeopleCommand.self,
    ])
}
