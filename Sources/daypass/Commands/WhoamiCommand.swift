import ArgumentParser
import Grants
import Ledger
import Policies

/// Who the person at this keyboard is here.
struct WhoamiCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "whoami",
    abstract: "Who am I here, how is that known, and what is trusted?",
    discussion: """
      Your principal is the one that policies/allowed_signers lists the key for that git signs \
      with. Without such a key it is what git config daypass.principal or user.email claims, which \
      is enough to look but not to sign.

        daypass whoami
        daypass whoami -o json | jq -r .principal
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let session = try await Session.open(global)
    let replay = try session.replay()
    let identity = try await Identity.find(stated: nil, session, replay, isSigning: false)
    let page = WhoamiPage(identity: identity, session: session, replay: replay)
    Terminal.write(
      output.output == .table
        ? page.text(.forOutput) : try page.output.render(output.output))
  }
}
