import ArgumentParser

/// Taking back one's own approval.
struct RetractCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retract",
    abstract: "Take back your own approval.",
    discussion: """
      On a pending request your approval is taken out again. A grant that is active rests on it, so \
      it ends as revoked.

        daypass retract k3f9
        daypass retract k3f9 --why "approved the wrong one"
      """)

  @Argument(help: "The grants: any unambiguous piece of each id.")
  var ids: [GrantChoice]

  @Option(help: ArgumentHelp("Why; needed where a grant ends with it.", valueName: "text"))
  var why: String?

  @OptionGroup var global: GlobalOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var writing: WritingOptions

  func run() async throws {
    try await Acting.begin(global, writing, output.output).reaching(ids).freshly {
      try await $0.end(.retract, ids, why: why)
    }
  }
}
