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
    // What the hint says; nothing published was taken back, so it is no rollback.
    try await ground.sync("alice")
    #expect(try await ground.must("alice", "list").contains("bob@example.com"))
    _ = try await ground.request("alice", "db-read", "--why", "trace it")
  }
}
