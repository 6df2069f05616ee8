import GitStore
import TestSupport
import Testing

/// Writing without the remote.
@Suite("Offline")
struct OfflineTests {
  @Test func unpushedCommitsGiveWayToTheRemote() async throws {
    let ground = try await Playground()
    let text = try await ground.must(
      "alice", "request", "db-read", "--why", "trace it", "--no-push")
    #expect(text.contains("not pushed (--no-push); to publish it: git push origin main"))
    _ = try await ground.request("bob", "db-read", "--why", "trace it")
    let parted = try await ground.daypass("alice", "request", "prod-admin", "--why", "new keys")
    #expect(parted.status == 5)
    #expect(parted.errorText.contains("gone different ways"))
    // What the hint says, word for word.
    let steps = parted.errorText.split(separator: "\n").map { $0.drop { $0 == " " } }
    let keep = try #require(steps.first { $0.hasPrefix("git branch mine") })
    let push = try #require(steps.first { $0.hasPrefix("git push origin mine") }).prefix(20)
    let done = try await ground.sandbox.run(["sh", "-c", "\(keep) && \(push)"], in: "alice")
    #expect(done.succeeded, "\(keep), \(push): \(done.errorText)")
    // Nothing published was taken back, so it is no rollback.
    try await ground.must("alice", "sync")
    let list = try await ground.must("alice", "list")
    #expect(list.contains("bob@example.com") && !list.contains("alice@example.com"), "\(list)")
    try await ground.must("ci", "land", "mine", "--assume-clock")
    try await ground.must("alice", "sync")
    #expect(try await ground.must("alice", "list").contains("alice@example.com"))
    try await ground.must("alice", "verify")
  }
}
