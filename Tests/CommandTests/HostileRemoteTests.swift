import FoundationEssentials
import GitStore
import TestSupport
import Testing

/// Remotes that answer garbage, hang, or lead elsewhere, and the release binary, which people
/// install. Each command ends in bounded time, says what is wrong, moves nothing, and what was
/// there is read as before.
@Suite("Remotes that mean no good")
struct HostileRemoteTests {
  struct Setting {
    let world: RemoteStage
    let remote: HostileRemote
    var sandbox: Sandbox { world.sandbox }

    /// - Parameter patience: the seconds the remote may say nothing.
    init(patience: Int = 3) async throws {
      guard FileManager.default.isExecutableFile(atPath: Stage.releaseBinary) else {
        throw ToolFailure(
          arguments: [Stage.releaseBinary],
          words: "The release binary is not there. Build it: make attack-binary")
      }
      var world = try await RemoteStage(clones: ["alice"], patience: patience)
      world.binary = Stage.releaseBinary
      self.world = world
      remote = try await HostileRemote(
        in: world.sandbox, program: Stage.project + "/Tests/CommandTests/hostile-remote.py")
    }

    func expectNothingMoves(
      by commands: [[String]] = [RemoteStage.request, ["sync"], ["land", "--all"]],
      saying words: String = "the remote origin", env: [String: String?] = [:],
      status: Int32 = 1, within limit: Duration = .seconds(45),
      sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
      try await world.expectFailure(
        of: commands, saying: words, env: env, status: status, within: limit,
        sourceLocation: sourceLocation)
      try await world.expect(0, "verify", in: "alice", env: env, sourceLocation: sourceLocation)
    }
  }

  @Test(
    "git://",
    arguments: [
      ("garbage", "does not speak git"), ("nothing", "ended the connection"),
      ("silent", "within 3 seconds"), ("drip", "within 3 seconds"),
      ("long", "does not speak git"), ("escapes", "go away"), ("lying", "ended the connection"),
    ])
  func git(_ mode: String, _ words: String) async throws {
    let setting = try await Setting()
    try await setting.world.point("alice", to: setting.remote.url("git", mode))
    try await setting.expectNothingMoves(saying: words)
  }

  @Test(
    "http",
    arguments: [
      ("garbage", "cannot be reached"), ("nothing", "ended the connection"),
      ("page", "does not speak git"),
      ("silent", "within 3 seconds"), ("drip", "within 3 seconds"),
      ("headers", "within 3 seconds"), ("escapes", "go away"),
      ("words", "does not allow you to do that"), ("lying", "the remote origin"),
    ])
  func http(_ mode: String, _ words: String) async throws {
    let setting = try await Setting()
    try await setting.world.point("alice", to: setting.remote.url("http", mode))
    try await setting.expectNothingMoves(saying: words)
  }

  @Test(
    "A redirect leads to itself, to a file, to ssh, to a program",
    arguments: [
      "loop", "file", "ssh", "ext",
    ])
  func redirects(_ mode: String) async throws {
    let setting = try await Setting()
    try await setting.world.set("protocol.ext.allow", "always", for: "alice")
    try await setting.world.point("alice", to: setting.remote.url("http", mode))
    try await setting.expectNothingMoves()
    #expect(!setting.sandbox.exists("alice/owned"))
  }

  @Test(
    "ssh",
    arguments: [
      ("head -c 5000 /dev/zero", "does not speak git"), ("exit 0", "ended the connection"),
      ("sleep 60", "within 3 seconds"),
      ("yes", "the remote origin"),
      (#"printf 'go \033[2J\033]0;x\007away\n' >&2; exit 255"#, "ended the connection"),
      (#"printf '0032ERR \033[2Jgo away                                \n'"#, "go away"),
    ])
  func ssh(_ script: String, _ words: String) async throws {
    let setting = try await Setting()
    try setting.sandbox.writeScript("not-ssh", script)
    try await setting.world.point("alice", to: "ssh://git@example.invalid/x.git")
    try await setting.expectNothingMoves(
      saying: words, env: ["GIT_SSH_COMMAND": setting.sandbox.path("not-ssh")])
  }

  /// It is not silent; twenty times what it may be silent is the most it gets.
  @Test("Progress without end", arguments: ["git", "http", "ssh"])
  func progressWithoutEnd(_ scheme: String) async throws {
    let setting = try await Setting(patience: 1)
    try setting.sandbox.writeScript("not-ssh", "while sleep 0.1; do echo working >&2; done")
    let url =
      scheme == "ssh"
      ? "ssh://git@example.invalid/x.git" : setting.remote.url(scheme, "progress")
    try await setting.world.point("alice", to: url)
    try await setting.expectNothingMoves(
      by: [["sync"]], env: ["GIT_SSH_COMMAND": setting.sandbox.path("not-ssh")],
      within: .seconds(90))
  }

  /// What is fetched is sound, and what is pushed meets something else: a remote that tells another
  /// head each time it is pushed to is taken for one where others are faster, as often as that may
  /// be.
  @Test("In the push", arguments: ["garbage", "nothing", "silent", "drip", "escapes", "lying"])
  func pushing(_ mode: String) async throws {
    let setting = try await Setting()
    try await setting.world.set(
      "remote.origin.pushurl", setting.remote.url("git", mode), for: "alice")
    let isLying = mode == "lying"
    try await setting.expectNothingMoves(
      by: [RemoteStage.request],
      saying: isLying ? "other writers were faster" : "the remote origin",
      status: isLying ? 5 : 1, within: .seconds(120))
  }
}
