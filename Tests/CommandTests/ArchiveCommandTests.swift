import Foundation
import Grants
import TestSupport
import Testing

/// Closed grants leave the tree once the policy's retention is over, and history still tells them.
@Suite(.timeLimit(.minutes(8))) struct ArchiveCommandTests {
  @Test func reconcileArchivesAndShowStillTellsIt() async throws {
    let stage = try await Stage(
      clones: ["alice", "ci"], policy: [("daypass.yaml", "retention: P90D", "retention: P2D")])
    let id = try await stage.request()
    try await stage.expect(0, "withdraw", id, "--yes", in: "alice")
    let other = try await stage.request()
    try await stage.expect(0, "withdraw", other, "--yes", in: "alice")
    try await stage.expect(0, "reconcile", "--assume-clock", in: "ci")
    let closed = try await files(stage)
    #expect(closed.contains("\(id).json"))

    let now = try #require(
      Int64(try await stage.sandbox.git("log", "-1", "--format=%ct", in: "ci")))
    func after(_ span: TimeSpan) -> String { (Timestamp(seconds: now) + span).description }
    let early = ["reconcile", "--assume-clock", "--now", after(.hours(47))]
    let kept = try await stage.run(early, in: "ci")
    #expect(kept.status == 0 && !kept.text.contains("archive"), "\(kept.text)")
    #expect(try await files(stage).contains("\(id).json"))

    let due = after(.days(3))
    let dry = try await stage.expect(
      0, "reconcile", "--assume-clock", "--dry-run", "--now", due, in: "ci")
    #expect(dry.contains("archive 2 closed grants\n"), "\(dry)")
    let words = try await stage.expect(
      0, "reconcile", "--assume-clock", "--now", due, in: "ci")
    #expect(words.contains("archive 2 closed grants"), "\(words)")
    #expect(try await !files(stage).contains(id))
    try await stage.expect(0, "verify", "--strict", "--now", due, in: "ci")

    let show = try await stage.expect(0, "show", id, "--now", due, in: "ci")
    #expect(show.contains("withdrawn, archived"), "\(show)")
    #expect(show.contains("to look at one row"), "\(show)")
    let json = try await stage.expect(0, "show", id, "-o", "json", "--now", due, in: "ci")
    #expect(json.contains("\"archived\": true"), "\(json)")
    let log = try await stage.expect(0, "log", id, "--now", due, in: "ci")
    for word in ["request", "withdraw", "archive"] { #expect(log.contains(word), "\(log)") }
    let all = try await stage.expect(0, "log", "--now", due, in: "ci")
    let told = all.split(separator: "\n").filter { $0.contains(" archive ") }
    #expect(told.count == 1 && all.contains("2 grants, closed "), "\(all)")
    let entries = try await stage.expect(0, "log", "-o", "json", "--now", due, in: "ci")
    #expect(entries.components(separatedBy: "\"what\": \"archive\"").count == 3, "\(entries)")
  }

  private func files(_ stage: Stage) async throws -> String {
    try await stage.sandbox.git("ls-tree", "-r", "--name-only", "main", in: "remote.git")
  }
}
