import Foundation
import TestSupport
import Testing

/// `--trust-pins` on a machine that has no checkpoint.
@Suite struct TrustingPinsCommandTests {
  @Test func aFreshCloneBeginsAtThePin() async throws {
    let stage = try await Stage(clones: ["alice", "bob", "ci"])
    let id = try await stage.request()
    try await stage.expect(0, "approve", id, "--yes", in: "bob")
    try await stage.expect(0, "reconcile", "--assume-clock", in: "ci")
    let pin = try await stage.sandbox.git("rev-parse", "main", in: "remote.git")
    _ = try await stage.request("prod-admin")
    try await stage.clone("ci", to: "runner")

    let told = "3 commits up to the pin \(pin.prefix(10)) of "
    let verified = try await stage.run(["verify", "--trust-pins"], in: "runner")
    #expect(verified.status == 0)
    #expect(verified.errorText.contains(told), "\(verified.errorText)")
    #expect(verified.errorText.contains("not judged (--trust-pins): the word of ci@example.com"))
    let last = verified.text.split(separator: "\n").last
    #expect(last == "verified since \(pin.prefix(10)): nothing is disputed", "\(verified.text)")
    let json = try await stage.run(["verify", "--trust-pins", "-o", "json"], in: "runner")
    #expect(json.text.contains("\"unjudged\": 3") && json.text.contains("\"commit\": \"\(pin)\""))
    let listed = try await stage.run(["list", "--trust-pins"], in: "runner")
    #expect(listed.text.contains("prod-admin") && listed.errorText.contains(told))

    // The same set as of a whole replay, and nothing kept to rest on.
    let now = ISO8601DateFormatter().string(from: Date())
    let short = try await stage.run(["emit", "--trust-pins", "--now", now], in: "runner")
    #expect(short.status == 0 && short.errorText.contains(told), "\(short.errorText)")
    let kept = try await stage.sandbox.run(["ls", ".git/daypass"], in: "runner")
    #expect(kept.status != 0 || kept.text.isEmpty)
    let whole = try await stage.run(["emit", "--now", now], in: "runner")
    #expect(short.text == whole.text && short.text.contains(id))
    #expect(whole.errorText.isEmpty)

    // With a checkpoint nobody's word is needed.
    try await stage.expect(0, "verify", in: "runner")
    let again = try await stage.run(["verify", "--trust-pins"], in: "runner")
    #expect(
      again.text.hasSuffix("verified: nothing is disputed") && again.errorText.isEmpty,
      "\(again.text)\(again.errorText)")
  }

  @Test func itIsNoneForWhatReadsTheWholeHistory() async throws {
    let stage = try await Stage(clones: ["alice"])
    for arguments in [
      ["verify", "--all"], ["verify", "--strict"], ["list", "--all"],
      ["list", "--state", "closed"],
      ["show", "k3f9"], ["log"], ["reconcile"],
    ] {
      let result = try await stage.run(arguments + ["--trust-pins"], in: "alice")
      #expect(result.status == 2, "\(arguments): \(result.errorText)")
    }
    let none = try await stage.run(["verify", "--trust-pins"], in: "alice")
    #expect(none.status == 0)
    #expect(none.errorText.contains("no pin whose word could be taken"), "\(none.errorText)")
  }
}
