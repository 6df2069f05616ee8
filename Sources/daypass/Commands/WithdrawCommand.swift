import ArgumentParser

/// Taking back one's own request.
struct WithdrawCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "withdraw",
    abstract: "Take back your own request.",
    discussion: """
      For a request that is still pending. An active grant is ended with daypass revoke.

        daypass withdraw k3f9
        daypass withdraw k3f9 --why "found another way"
      """)

  @Argument(help: "The requests: any unambiguous piece of each id.")
  var ids: [GrantChoice]

  @Option(help: ArgumentHelp("Why, if you want to say.", valueName: "text"))
  var why: String?

  @OptionGroup var global: GlobalOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var writing: WritingOptions

  func run() async throws {
    try await Acting.begin(global, writing, output.output).reaching(ids).freshly {
      try await $0.end(.withdraw, ids, why: why)
    }
  }
}
