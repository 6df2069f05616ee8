import Submission
import Testing

@testable import GitStore

/// What git and the forges were heard to answer to a push.
@Suite struct PushReportTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let code: RemoteError.Code
    let summary: String
    var said: [String] = []
    var testDescription: String { "\(code): \((said + [summary]).joined(separator: " / "))" }

    var result: ProgramResult { PushReportTests.result("!", summary, said) }
  }

  static func result(_ flag: String, _ summary: String, _ said: [String] = []) -> ProgramResult {
    let output = "To https://h/r.git\n\(flag)\tabc:refs/heads/main\t\(summary)\nDone"
    let words = said.map { "remote: \($0)        \n" }.joined()
    return ProgramResult(
      status: flag == "!" ? 1 : 0, output: Array(output.utf8),
      errorOutput: Array((words + "error: failed to push some refs to 'https://h/r.git'\n").utf8))
  }

  static let hook = "[remote rejected] (pre-receive hook declined)"

  static let cases: [Case] = [
    Case(
      code: .protectedBranch, summary: "[remote rejected] (protected branch hook declined)",
      said: [
        "error: GH006: Protected branch update failed for refs/heads/main.",
        "error: Changes must be made through a pull request.",
      ]),
    Case(
      code: .protectedBranch,
      summary: "[remote rejected] (push declined due to repository rule violations)",
      said: ["error: GH013: Repository rule violations found for refs/heads/main."]),
    Case(
      code: .protectedBranch, summary: hook,
      said: ["GitLab: You are not allowed to push code to protected branches on this project."]),
    Case(
      code: .protectedBranch, summary: hook,
      said: ["Gitea: Not allowed to push to protected branch main"]),
    Case(
      code: .protectedBranch, summary: hook,
      said: ["Forgejo: Not allowed to push to protected branch main"]),
    Case(
      code: .protectedBranch, summary: hook,
      said: ["Branch refs/heads/main can only be modified through pull requests."]),
    Case(
      code: .protectedBranch,
      summary: "[remote rejected] (TF402455: Pushes to this branch are not permitted)"),
    Case(
      code: .protectedBranch,
      summary: "[remote rejected] (prohibited by Gerrit: not permitted: update)"),
    Case(
      code: .forbidden, summary: hook,
      said: ["GitLab: You are not allowed to push code to this project."]),
    Case(code: .rejectedByHook, summary: hook, said: ["commits need a ticket"]),
    Case(code: .rejectedByHook, summary: "[remote rejected] (hook declined)"),
    Case(code: .rejected, summary: "[remote rejected] (branch is currently checked out)"),
    Case(code: .rejected, summary: "[remote rejected] (deny updating a hidden ref)"),
    Case(
      code: .serverFault, summary: "[remote rejected] (unpacker error)",
      said: ["error: insufficient permission for adding an object to repository database ./objects"]
    ),
    Case(
      code: .serverFault, summary: "[remote rejected] (failed to update ref)",
      said: [
        "error: cannot lock ref 'refs/heads/main': Unable to create 'main.lock': No space left on device"
      ]),
  ]

  @Test(arguments: cases)
  func refusals(_ recorded: Case) {
    guard case .refused(let code, let words) = PushReport(recorded.result) else {
      Issue.record("\(PushReport(recorded.result))")
      return
    }
    #expect(code == recorded.code)
    let error = RemoteFault(name: "origin", transport: .http, secrets: Secrets())
      .error(code, quoting: words)
    #expect(error.sentence.contains(recorded.summary))
    for line in recorded.said { #expect(error.sentence.contains(line)) }
    #expect(!error.hint.isEmpty)
  }

  @Test(arguments: [
    "[rejected] (stale info)", "[rejected] (fetch first)", "[rejected] (non-fast-forward)",
    "[remote rejected] (failed to update ref)", "[remote rejected] (incorrect old value provided)",
    "[remote rejected] (reference already exists)",
  ])
  func stale(_ summary: String) {
    #expect(PushReport(Self.result("!", summary)) == .stale)
  }

  @Test func locked() {
    let said =
      "error: cannot lock ref 'refs/heads/main': Unable to create '/r.git/refs/heads/main.lock': File exists."
    let summary = "[remote rejected] (failed to update ref)"
    #expect(PushReport(Self.result("!", summary, [said])) == .locked(words: [said, summary]))
  }

  @Test func theRest() {
    #expect(PushReport(Self.result(" ", "abc..def")) == .accepted)
    #expect(PushReport(Self.result("=", "[up to date]")) == .accepted)
    #expect(PushReport(Self.result("!", "[remote failure] (remote failed to report)")) == .none)
    let nothing = ProgramResult(status: 128, output: [], errorOutput: Array("fatal: x".utf8))
    #expect(PushReport(nothing) == .none)
  }
}
