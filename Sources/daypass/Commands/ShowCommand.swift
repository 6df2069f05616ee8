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
        git show --show-signature COMMIT        the signature itself

      Ends with 3 if what the tree has of this grant is not what was signed for.
      """)

  @Argument(help: "The grant: any unambiguous piece of its id.")
  var id: GrantChoice

  @OptionGroup var global: GlobalOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let history = try GrantHistory.read(try await Session.open(global))
    let id = try id.find(among: history.ids)
    let page = GrantPage(id: id, history: history)
    if output.output == .table {
      Terminal.write(page.text(.forOutput))
    } else {
      Terminal.write(try page.output.render(output.output))
    }
    if !page.disputes.isEmpty { throw ExitCode(ExitStatus.untrusted.rawValue) }
  }
}
