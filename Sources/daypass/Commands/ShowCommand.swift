import ArgumentParser
import Grants
import Ledger

/// Everything about one grant.
struct ShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show everything about one grant, open or closed.",
    discussion: """
      What was asked, by whom and why; who approved and who still could; until when; each step \
      with its signer and commit; what was asserted of it and counts for nothing. Reads the whole \
      history, so it also finds what is no longer in the tree.

        daypass show k3f9
        daypass show k3f9 -o json | jq .status
        daypass show k3f9 --follow              each further step as it is landed
        git show --show-signature COMMIT        the signature itself

      With --follow it fetches again and again, until the grant is closed or its end has passed; \
      -o json then prints one object a line for each change.

      Ends with 3 if what the tree has of this grant is not what was signed for.
      """)

  @Argument(help: "The grant: any unambiguous piece of its id.")
  var id: GrantChoice

  @Flag(help: "Go on showing what happens to it, until it is over.")
  var follow = false

  @OptionGroup var global: GlobalOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    if follow { return try await followGrant() }
    let session = try await Session.open(global)
    let (id, history) = try await GrantHistory.read(session).reaching(id, session)
    let page = GrantPage(id: id, history: history)
    if output.output == .table {
      Terminal.write(page.text(.forOutput))
    } else {
      Terminal.write(try page.output.render(output.output))
    }
    if !page.disputes.isEmpty { throw ExitCode(ExitStatus.untrusted.rawValue) }
  }
}
