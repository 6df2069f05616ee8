import ArgumentParser

/// Saying no to somebody's request.
struct RejectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reject",
    abstract: "Say no to a request, with a reason.",
    discussion: """
      For the approvers of the role and for admins. It is final: the requester may ask anew. Your \
      own request you withdraw instead.

        daypass reject k3f9 --why "use the read-only role"
      """)

  @Argument(help: "The requests: any unambiguous piece of each id.")
  var ids: [GrantChoice]

  @Option(help: ArgumentHelp("Why not; the requester will read it.", valueName: "text"))
  var why: String?

  @OptionGroup var global: GlobalOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var writing: WritingOptions

  func run() async throws {
    try await Acting.begin(global, writing, output.output).reaching(ids).freshly {
      try await $0.end(.reject, ids, why: why)
    }
  }
}
