import GitStore
import TestSupport
import Testing

/// A remote that is a directory, and what any remote may do to a push.
@Suite("Remotes: a directory, and refusals")
struct FileRemoteTests {
  @Test(arguments: ["path", "file://"])
  func theMainJob(_ way: String) async throws {
    let world = try await RemoteStage()
    let path = world.sandbox.path("remote.git")
    for person in ["alice", "bob"] {
      try await world.point(person, to: way == "path" ? path : "file://" + path)
    }
    try await world.playTheMainJob()
  }

  @Test func nothingThere() async throws {
    let world = try await RemoteStage(clones: ["alice"])
    try await world.point("alice", to: world.sandbox.path("elsewhere.git"))
    try await world.expectFailure(saying: "leads to no repository", "git remote -v")
  }

  @Test func aHookThatSaysNo() async throws {
    let world = try await RemoteStage(clones: ["alice"])
    try world.sandbox.writeScript(
      "remote.git/hooks/pre-receive",
      "echo 'commits need a ticket; token=\(RemoteStage.canary)' >&2; exit 1")
    try await world.expectFailure(
      of: [RemoteStage.request],
      saying: "hook of the remote origin refused the push", "commits need a ticket",
      "Nothing was changed, here or there")
  }

  @Test(arguments: [
    "error: GH006: Protected branch update failed for refs/heads/main.",
    "GitLab: You are not allowed to push code to protected branches on this project.",
    "Gitea: Not allowed to push to protected branch main",
  ])
  func aProtectedBranch(_ words: String) async throws {
    let world = try await RemoteStage(clones: ["alice"])
    try world.sandbox.writeScript(
      "remote.git/hooks/pre-receive", "echo '\(words)' >&2; exit 1")
    try await world.expectFailure(
      of: [RemoteStage.request], saying: "protects the branch", words, "--branch")
  }

  /// A hook that kills its server: the answer is lost, and the commit was not taken.
  @Test func theConnectionBreaksInThePush() async throws {
    let world = try await RemoteStage(clones: ["alice"])
    try world.sandbox.writeScript("remote.git/hooks/pre-receive", "kill -9 $PPID")
    try await world.expectFailure(
      of: [RemoteStage.request], saying: "ended the connection", "it had not taken the commit")
  }

  /// The commit arrived and the answer did not: asked again, it is there, and all is well.
  @Test func onlyTheAnswerIsLost() async throws {
    let world = try await RemoteStage(clones: ["alice"])
    try world.sandbox.writeScript("remote.git/hooks/post-receive", "sleep 30")
    try await world.set("daypass.remoteTimeout", "5", for: "alice")
    let asked = try await world.run(RemoteStage.request, in: "alice")
    #expect(asked.status == 0, "\(asked.errorText)")
    let tip = try await world.sandbox.git("rev-parse", "main", in: "remote.git")
    #expect(try await world.sandbox.git("rev-parse", "main", in: "alice") == tip)
    #expect(try await world.sandbox.git("rev-parse", "origin/main", in: "alice") == tip)
  }

  @Test func aServerThatHangsInThePush() async throws {
    let world = try await RemoteStage(clones: ["alice"])
    try world.sandbox.writeScript("remote.git/hooks/pre-receive", "sleep 30; exit 1")
    try await world.set("daypass.remoteTimeout", "5", for: "alice")
    try await world.expectFailure(
      of: [RemoteStage.request],
      saying: "did not answer within 5 seconds", "it had not taken the commit",
      "daypass.remoteTimeout", within: .seconds(40))
  }

  /// A server that works on and says so may take longer than the silence that is allowed.
  @Test func slowIsNotSilent() async throws {
    let world = try await RemoteStage(clones: ["alice"])
    try world.sandbox.writeScript(
      "remote.git/hooks/pre-receive", "for i in 1 2 3 4 5 6; do echo $i >&2; sleep 1; done")
    try await world.set("daypass.remoteTimeout", "4", for: "alice")
    let asked = try await world.run(RemoteStage.request, in: "alice")
    #expect(asked.status == 0, "\(asked.errorText)")
  }

  @Test(arguments: ["0", "-1", "soon", "99999999999999999999"])
  func aTimeoutThatIsNone(_ value: String) async throws {
    let world = try await RemoteStage(clones: ["alice"])
    try await world.set("daypass.remoteTimeout", value, for: "alice")
    let words = try await world.expect(2, "sync", in: "alice")
    #expect(words.contains("daypass.remoteTimeout"))
  }
}
