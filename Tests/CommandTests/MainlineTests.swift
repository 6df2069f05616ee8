import GitStore
import TestSupport
import Testing

/// Two lines that both carry pins: who has followed neither stops, and a word leads out.
@Suite("The mainline", .timeLimit(.minutes(4))) struct MainlineTests {
  /// The reconciler's key has pinned in two places at once, and somebody has merged and pushed.
  private func forked() async throws -> (stage: Stage, pins: [String]) {
    let stage = try await Stage(clones: ["alice", "bob", "ci"])
    let box = stage.sandbox
    _ = try await stage.request()
    try await stage.expect(0, "sync", in: "bob")
    try await stage.clone("ci", to: "rival")
    try await stage.expect(0, "reconcile", "--assume-clock", in: "ci")
    // Else the same second would make the same commit of it.
    try await Task.sleep(for: .seconds(1.1))
    try await stage.expect(0, "reconcile", "--assume-clock", "--no-push", in: "rival")
    let pins = [
      try await box.git("rev-parse", "HEAD", in: "ci"),
      try await box.git("rev-parse", "HEAD", in: "rival"),
    ]
    try await box.git("fetch", "-q", in: "rival")
    try await box.git("merge", "-q", "--no-ff", "-m", "Merge", "origin/main", in: "rival")
    try await box.git("push", "-q", "origin", "main", in: "rival")
    return (stage, pins)
  }

  @Test func syncTakesAWordOnWhichLineIsTheTrueOne() async throws {
    let (stage, pins) = try await forked()
    let stopped = try await stage.expect(3, "sync", in: "bob")
    #expect(stopped.contains("rule one-mainline"), "\(stopped)")
    #expect(pins.allSatisfy(stopped.contains), "\(stopped)")
    #expect(stopped.contains("daypass sync --mainline COMMIT"), "\(stopped)")
    // Every command that fetches stops there; the local branch does not have the fork yet, and a
    // word to verify is none to them.
    try await stage.expect(0, "verify", in: "bob")
    try await stage.expect(
      3, "request", "prod-admin", "--why", "rotate the certificate", "--yes", in: "bob")
    try await stage.expect(2, "sync", "--mainline", String(pins[0].prefix(10)), in: "bob")

    try await stage.expect(0, "sync", "--mainline", pins[0], in: "bob")
    // Once is enough.
    try await stage.expect(0, "sync", in: "bob")
    let verified = try await stage.expect(0, "verify", in: "bob")
    #expect(verified.contains("flipped  the mainline \(pins[0].prefix(10))"), "\(verified)")
    try await stage.expect(
      0, "request", "prod-admin", "--why", "rotate the certificate", "--yes", in: "bob")
    try await stage.expect(0, "verify", in: "bob")
  }

  @Test(arguments: ["sync", "verify"])
  func aNewCloneTakesItToo(_ command: String) async throws {
    let (stage, pins) = try await forked()
    try await stage.clone("bob", to: "new")
    for command in ["verify", "sync", "list"] { try await stage.expect(3, command, in: "new") }
    try await stage.expect(0, command, "--mainline", pins[1], in: "new")
    for command in ["verify", "sync", "list"] { try await stage.expect(0, command, in: "new") }
  }
}
