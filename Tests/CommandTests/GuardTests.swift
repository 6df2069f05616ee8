import GitStore
import TestSupport
import Testing

/// A bare repository with `daypass guard`, pushed to by git itself.
@Suite(.timeLimit(.minutes(5))) struct GuardTests {
  private func guarded() async throws -> Stage {
    let stage = try await Stage(clones: ["alice", "bob", "ci"])
    try await stage.sandbox.git("config", "daypass.root", stage.root, in: "remote.git")
    try await stage.expect(0, "guard", "install", in: "remote.git")
    return stage
  }

  private func push(_ stage: Stage, _ reference: String, in clone: String = "alice") async throws
    -> (ok: Bool, words: String)
  {
    let result = try await ProgramRunner(stage.sandbox.environment).run(
      ["git", "push", "origin", reference], in: stage.sandbox.path(clone))
    return (result.succeeded, result.text + result.errorText)
  }

  /// Commits a file without a signature, as anybody with push access can.
  private func drop(_ path: String, _ stage: Stage, in clone: String = "alice") async throws {
    try stage.sandbox.write("\(clone)/\(path)", "{}\n")
    try await stage.sandbox.git("add", "-A", in: clone)
    try await stage.sandbox.git(
      "-c", "commit.gpgSign=false", "commit", "-q", "-m", "Nothing to see", in: clone)
  }

  private let stray = "grants/active/2026/11/24/08/20261124T080000Z-00000000.json"

  @Test func honestWorkPasses() async throws {
    let stage = try await guarded()
    let id = try await stage.request()
    try await stage.expect(0, "approve", id, "--yes", in: "bob")
    try await stage.expect(0, "reconcile", "--assume-clock", in: "ci")
    try await stage.expect(0, "revoke", id, "--why", "done", "--yes", in: "bob")
  }

  @Test func anUnsignedFileIsRefusedWithRulePathAndHint() async throws {
    let stage = try await guarded()
    try await drop(stray, stage)
    let before = try await stage.sandbox.git("rev-parse", "main", in: "remote.git")
    let (ok, words) = try await push(stage, "main")
    #expect(!ok)
    #expect(words.contains("remote: refused 20261124T080000Z-00000000"), "\(words)")
    #expect(words.contains("rule signature"), "\(words)")
    #expect(words.contains("git commit -S"), "\(words)")
    #expect(try await stage.sandbox.git("rev-parse", "main", in: "remote.git") == before)
    #expect(try await push(stage, "main:refs/heads/elsewhere").ok)
  }

  @Test func aRewrittenBranchIsRefused() async throws {
    let stage = try await guarded()
    _ = try await stage.request()
    try await stage.sandbox.git("reset", "-q", "--hard", stage.root, in: "alice")
    let (ok, words) = try await push(stage, "+main")
    #expect(!ok)
    #expect(words.contains("mainline-kept"), "\(words)")
  }

  @Test func theBranchCannotBeDeleted() async throws {
    let stage = try await guarded()
    try await stage.sandbox.git(
      "config", "receive.denyDeleteCurrent", "ignore", in: "remote.git")
    let (ok, words) = try await push(stage, ":main")
    #expect(!ok)
    #expect(words.contains("cannot be deleted"), "\(words)")
  }

  @Test func aMergeMadeTheWrongWayRoundIsRefused() async throws {
    let stage = try await guarded()
    try await stage.sandbox.git("checkout", "-q", "-b", "side", in: "alice")
    try stage.sandbox.write("alice/notes.txt", "mine\n")
    try await stage.sandbox.git("add", "-A", in: "alice")
    try await stage.sandbox.git(
      "-c", "commit.gpgSign=false", "commit", "-q", "-m", "Mine", in: "alice")
    _ = try await stage.request(by: "bob")
    try await stage.expect(0, "reconcile", "--assume-clock", in: "ci")
    try await stage.sandbox.git("fetch", "-q", in: "alice")
    try await stage.sandbox.git("merge", "-q", "--no-ff", "--no-edit", "origin/main", in: "alice")
    let (ok, words) = try await push(stage, "side:main")
    #expect(!ok)
    #expect(words.contains("mainline-kept"), "\(words)")
  }

  @Test func aMergeThatDropsWhatWasSignedIsRefused() async throws {
    let stage = try await guarded()
    let id = try await stage.request()
    try await stage.sandbox.git("fetch", "-q", in: "bob")
    try await stage.sandbox.git("checkout", "-q", "-b", "side", "origin/main", in: "bob")
    try await stage.sandbox.git("config", "daypass.branch", "side", in: "bob")
    try await stage.expect(0, "approve", id, "--yes", "--no-push", in: "bob")
    try await stage.sandbox.git("config", "--unset", "daypass.branch", in: "bob")
    try await stage.sandbox.git("checkout", "-q", "main", in: "bob")
    try await stage.sandbox.git("reset", "-q", "--hard", "origin/main", in: "bob")
    try await stage.sandbox.git(
      "merge", "-q", "--no-ff", "-s", "ours", "-m", "Merge", "side", in: "bob")
    let (ok, words) = try await push(stage, "main", in: "bob")
    #expect(!ok)
    #expect(words.contains("rule canonical-result"), "\(words)")
  }

  @Test func aCommitDatedLongAgoOrAheadIsRefused() async throws {
    let stage = try await guarded()
    for date in ["2020-01-01T00:00:00Z", "2090-01-01T00:00:00Z"] {
      try await stage.sandbox.git("reset", "-q", "--hard", stage.root, in: "alice")
      try stage.sandbox.write("alice/notes.txt", date)
      try await stage.sandbox.git("add", "-A", in: "alice")
      _ = try await ProgramRunner(stage.sandbox.environment).run(
        ["git", "commit", "-q", "-m", "Dated"], in: stage.sandbox.path("alice"),
        changing: ["GIT_COMMITTER_DATE": date])
      let (ok, words) = try await push(stage, "main")
      #expect(!ok)
      #expect(words.contains("clock-near"), "\(words)")
    }
  }

  @Test func aGuardThatCannotJudgeLetsNothingIn() async throws {
    let stage = try await guarded()
    try await stage.sandbox.git("config", "--unset", "daypass.root", in: "remote.git")
    try stage.sandbox.write("alice/notes.txt", "mine\n")
    try await stage.sandbox.git("add", "-A", in: "alice")
    try await stage.sandbox.git("commit", "-q", "-m", "Mine", in: "alice")
    #expect(try await !push(stage, "main").ok)
  }

  @Test func aForeignHookIsLeftAlone() async throws {
    let stage = try await Stage(clones: ["alice"])
    try await stage.sandbox.git("config", "daypass.root", stage.root, in: "remote.git")
    try stage.sandbox.write("remote.git/hooks/pre-receive", "#!/bin/sh\nexit 0\n")
    let words = try await stage.expect(1, "guard", "install", in: "remote.git")
    #expect(words.contains("guard hook"))
    #expect(stage.sandbox.read("remote.git/hooks/pre-receive") == "#!/bin/sh\nexit 0\n")
  }
}
