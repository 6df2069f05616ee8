import GitStore
import TestSupport
import Testing

/// A remote behind OpenSSH, reached as the user's ssh reaches it.
@Suite("Remotes: ssh")
struct SSHRemoteTests {
  struct Setting {
    var world: RemoteStage
    let server: SSHServer
    var sandbox: Sandbox { world.sandbox }

    init(clones: [String] = ["alice"]) async throws {
      world = try await RemoteStage(clones: clones)
      for key in ["door", "stranger"] { _ = try await world.sandbox.makeKey(key) }
      server = try await SSHServer(in: world.sandbox, keys: ["door"])
      try server.configure(key: "door")
      world.environment = server.environment.mapValues { $0 }
      for person in clones { try await world.point(person, to: server.url("remote.git")) }
    }
  }

  /// ~/.ssh/config names host, port, user, key and known hosts.
  @Test func theMainJob() async throws {
    let setting = try await Setting(clones: ["alice", "bob"])
    try await setting.world.playTheMainJob()
  }

  @Test func aURLWithAPort() async throws {
    let setting = try await Setting(clones: ["alice", "bob"])
    try setting.server.configure(host: "127.0.0.1", key: "door")
    let (user, port) = (setting.server.user, setting.server.port)
    for person in ["alice", "bob"] {
      try await setting.world.point(
        person, to: "ssh://\(user)@127.0.0.1:\(port)\(setting.sandbox.path("remote.git"))")
    }
    try await setting.world.playTheMainJob()
  }

  /// The private key is in the agent alone.
  @Test func anAgent() async throws {
    let setting = try await Setting()
    let agent = try await SSHAgent(in: setting.sandbox)
    try await agent.add(setting.sandbox.path("home/.ssh/door"), in: setting.sandbox)
    try setting.sandbox.remove("home/.ssh/door")
    try setting.server.configure(key: "door.pub")
    try await setting.world.expectFailure(of: [["sync"]], saying: "none of the keys")
    let environment = agent.environment.mapValues { Optional($0) }
    try await setting.world.expect(0, "sync", in: "alice", env: environment)
  }

  /// The user's own command is used as it is: here the only way to the key.
  @Test(arguments: ["core.sshCommand", "GIT_SSH_COMMAND"])
  func anOwnCommand(_ way: String) async throws {
    let setting = try await Setting()
    try setting.server.configure(key: "stranger")
    try setting.sandbox.writeScript(
      "own-ssh",
      "echo used >>\(setting.sandbox.path("used"))\n"
        + "exec ssh -o IdentityFile=\(setting.sandbox.path("home/.ssh/door")) \"$@\"")
    let command = setting.sandbox.path("own-ssh")
    var env: [String: String?] = [:]
    if way == "core.sshCommand" {
      try await setting.world.set(way, command, for: "alice")
    } else {
      env[way] = command
    }
    try await setting.world.expect(0, "sync", in: "alice", env: env)
    #expect(setting.sandbox.exists("used"))
  }

  @Test func aKeyThatMayNotComeIn() async throws {
    let setting = try await Setting()
    try setting.server.configure(key: "stranger")
    try await setting.world.expectFailure(
      saying: "accepts none of the keys", "Permission denied (publickey)", "ssh-add -l")
  }

  @Test func anUnknownHost() async throws {
    let setting = try await Setting()
    try setting.server.remember(hostKey: nil)
    try await setting.world.expectFailure(
      saying: "a key that is not known here", "fingerprint", within: .seconds(30))
    #expect(setting.sandbox.read("home/.ssh/known_hosts") == "")
  }

  @Test func aHostWithAnotherKey() async throws {
    let setting = try await Setting()
    try setting.server.remember(hostKey: "stranger")
    try await setting.world.expectFailure(saying: "shows another key", "ssh-keygen -R")
  }

  @Test func noSuchRepository() async throws {
    let setting = try await Setting()
    try await setting.world.point("alice", to: setting.server.url("none.git"))
    try await setting.world.expectFailure(saying: "leads to no repository", "git remote -v")
  }

  @Test func nobodyAtThatPort() async throws {
    let setting = try await Setting()
    try setting.server.configure(key: "door", port: try LoopbackSocket.freePort())
    try await setting.world.expectFailure(saying: "cannot be reached", "Connection refused")
  }

  @Test func aLoginScriptThatTalks() async throws {
    let setting = try await Setting()
    try setting.sandbox.writeScript("bin/ssh", "echo Welcome to the machine")
    try await setting.world.expectFailure(saying: "does not speak git", "login script")
  }

  /// Where nobody can answer, ssh is told so, unless the user has named a program that answers.
  @Test(arguments: [nil, "SSH_ASKPASS", "GIT_SSH"])
  func sshIsToldNotToAsk(_ variable: String?) async throws {
    let setting = try await Setting()
    try setting.sandbox.writeScript(
      "bin/ssh", "echo \"$*\" >>\(setting.sandbox.path("arguments")); exit 1")
    let program = setting.sandbox.path("bin/ssh")
    try await setting.world.expectFailure(
      of: [["sync"]], saying: "ended the connection",
      env: variable.map { [$0: program] } ?? [:])
    let told = setting.sandbox.read("arguments") ?? ""
    #expect(told.contains("git-upload-pack"))
    #expect(told.contains("BatchMode=yes") == (variable == nil))
  }

  @Test(arguments: [false, true])
  func silence(isFull: Bool) async throws {
    let setting = try await Setting()
    let silent = try SilentServer(isFull: isFull)
    try setting.server.configure(key: "door", port: silent.port)
    try await setting.world.set("daypass.remoteTimeout", "2", for: "alice")
    try await setting.world.expectFailure(
      saying: "did not answer within 2 seconds", "daypass.remoteTimeout", within: .seconds(30))
  }

  @Test func aHangInThePush() async throws {
    let setting = try await Setting()
    try setting.sandbox.writeScript("remote.git/hooks/pre-receive", "sleep 30; exit 1")
    try await setting.world.set("daypass.remoteTimeout", "6", for: "alice")
    try await setting.world.expectFailure(
      of: [RemoteStage.request], saying: "did not answer within 6 seconds",
      "it had not taken the commit", within: .seconds(45))
  }

  /// A push URL of its own is where pushes go.
  @Test func aPushURL() async throws {
    let setting = try await Setting()
    try await setting.world.point("alice", to: setting.sandbox.path("remote.git"))
    try await setting.sandbox.git(
      "remote", "set-url", "--push", "origin", setting.server.url("none.git"), in: "alice")
    try await setting.world.expect(0, "sync", in: "alice")
    try await setting.world.expectFailure(
      of: [RemoteStage.request], saying: "leads to no repository")
  }
}
