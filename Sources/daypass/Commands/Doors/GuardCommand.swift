import ArgumentParser

struct GuardCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "guard",
    abstract: "Refuse at the server's door what the replay would refuse.",
    discussion: """
      Where you run the git server yourself, a pre-receive hook in the bare repository judges every \
      push to the governed branch before it is let in: by the same replay that verifiers use, and \
      with the server's clock. Whoever pushes sees rule, path and what to do. Other branches pass.

      Nothing depends on it: a push that gets past it still confers nothing.
      """,
    subcommands: [GuardInstallCommand.self, GuardHookCommand.self])
}
