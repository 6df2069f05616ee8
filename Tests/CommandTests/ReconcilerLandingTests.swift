import GitStore
import TestSupport
import Testing

/// `landing: reconciler` in the policy: what others push or merge waits for the reconciler.
@Suite(.timeLimit(.minutes(8))) struct ReconcilerLandingTests {
  private func stage(_ clones: [String]) async throws -> Stage {
    try await Stage(
      clones: clones, policy: [("daypass.yaml", "landing: anyone", "landing: reconciler")])
  }

  private func reconcile(_ stage: Stage) async throws {
    try await stage.expect(0, "reconcile", "--assume-clock", in: "ci")
  }

  private func holds(_ stage: Stage) async throws -> Bool {
    try await stage.expect(0, "sync", in: "ci")
    return try await stage.expect(0, "emit", "--format", "csv", in: "ci").contains("db-read,alice")
  }

  @Test func directPushesWaitAndEndingsDoNot() async throws {
    let stage = try await stage(["alice", "bob", "carol", "ci"])
    let asked = try await stage.expect(
      0, "request", "db-read", "--why", "to look at one row", "--yes", in: "alice")
    #expect(asked.contains("once a reconciler commits"), "\(asked)")
    let id = try Stage.id(in: asked)
    try await stage.expect(0, "sync", in: "bob")
    let list = try await stage.expect(0, "list", "--reviewable", in: "bob")
    #expect(list.contains("pending (waits)"), "\(list)")
    try await stage.expect(0, "approve", id, "--yes", in: "bob")
    let verified = try await stage.expect(0, "verify", in: "bob")
    #expect(verified.contains("2 steps for the next commit of a reconciler"), "\(verified)")
    let show = try await stage.expect(0, "show", id, in: "bob")
    #expect(show.contains("waits"), "\(show)")
    let log = try await stage.expect(0, "log", in: "bob")
    #expect(log.contains("(waits for the reconciler)"), "\(log)")
    #expect(try await !holds(stage))
    try await reconcile(stage)
    #expect(try await holds(stage))

    let ended = try await stage.expect(
      0, "revoke", id, "--why", "enough", "--yes", in: "carol")
    #expect(!ended.contains("once a reconciler commits"), "\(ended)")
    #expect(try await !holds(stage))
    try await reconcile(stage)
    #expect(try await !holds(stage))
    try await stage.expect(0, "verify", "--strict", in: "ci")
  }

  /// A forge's merge button is all that people have; its merges carry nobody's signature.
  @Test func aForgesMergeGivesNothingBeforeTheReconcilersCommit() async throws {
    let stage = try await stage(["alice", "bob", "ci"])
    let words = try await stage.expect(
      0, "request", "db-read", "--why", "to look at one row", "--branch", "--yes", in: "alice")
    let id = try Stage.id(in: words)
    try await stage.expect(0, "approve", id, "--yes", in: "bob")
    let check = try await stage.expect(0, "check", "--land", "daypass/\(id)", in: "bob")
    #expect(check.contains("with the next commit of a reconciler"), "\(check)")
    let forge = try await stage.sandbox.git("clone", "-q", "remote.git", "forge")
    _ = forge
    try await stage.sandbox.git(
      "merge", "-q", "--no-ff", "--no-gpg-sign", "-m", "Merge", "origin/daypass/\(id)", in: "forge")
    try await stage.sandbox.git("push", "-q", "origin", "main", in: "forge")
    #expect(try await !holds(stage))
    let verified = try await stage.expect(0, "verify", in: "ci")
    #expect(verified.contains("nothing is disputed"), "\(verified)")
    try await reconcile(stage)
    #expect(try await holds(stage))
    try await stage.expect(0, "verify", "--strict", in: "ci")
  }

  @Test func landIsAReconcilersCommit() async throws {
    let stage = try await stage(["alice", "bob", "ci"])
    let words = try await stage.expect(
      0, "request", "db-read", "--why", "to look at one row", "--branch", "--yes", in: "alice")
    let id = try Stage.id(in: words)
    try await stage.expect(0, "approve", id, "--yes", in: "bob")
    try await stage.expect(0, "land", "--all", "--assume-clock", "--yes", in: "ci")
    #expect(try await holds(stage))
    try await stage.expect(0, "verify", "--strict", in: "ci")
  }

  @Test func requestWaitsUntilTheReconcilerHasCommitted() async throws {
    let stage = try await stage(["alice", "bob", "ci"])
    async let waiting = stage.expect(
      0, "request", "db-read", "--why", "to look at one row", "--yes", "--wait", "--timeout", "5m",
      in: "alice")
    var list = ""
    for _ in 1...60 where !list.contains("db-read") {
      try await stage.expect(0, "sync", in: "bob")
      list = try await stage.expect(0, "list", in: "bob")
      try await Task.sleep(for: .milliseconds(200))
    }
    let id = String(try #require(list.firstMatch(of: /[0-9a-z]{8} +pending/)).output.prefix(8))
    try await stage.expect(0, "approve", id, "--yes", in: "bob")
    try await reconcile(stage)
    #expect(try await waiting.contains("holds db-read"))
  }

  @Test func aPolicyChangeWaitsAndAnotherIsRefusedMeanwhile() async throws {
    let stage = try await stage(["carol", "ci"])
    func edit(_ old: String, _ new: String) throws {
      let file = "carol/policies/daypass.yaml"
      let text = try #require(stage.sandbox.read(file))
      try #require(text.contains(old))
      try stage.sandbox.write(file, text.replacing(old, with: new))
    }
    try edit("maxDuration: PT8H", "maxDuration: PT4H")
    let words = try await stage.expect(0, "policy", "commit", "--yes", in: "carol")
    #expect(words.contains("once a reconciler commits: policy 2 is in force"), "\(words)")
    try edit("maxDuration: PT4H", "maxDuration: PT2H")
    let refused = try await stage.expect(5, "policy", "commit", "--yes", in: "carol")
    #expect(refused.contains("waits for the next commit of a reconciler"), "\(refused)")
    try await reconcile(stage)
    try await stage.expect(0, "verify", "--strict", in: "ci")
    let verified = try await stage.expect(0, "verify", in: "ci")
    #expect(verified.contains("policy serial 2"), "\(verified)")
  }
}
