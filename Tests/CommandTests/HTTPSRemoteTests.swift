import GitStore
import TestSupport
import Testing

/// A remote behind nginx and `git http-backend`, with a private CA and a password.
@Suite("Remotes: https")
struct HTTPSRemoteTests {
  static let canary = RemoteStage.canary

  struct Setting {
    let world: RemoteStage
    let server: HTTPSServer
    var sandbox: Sandbox { world.sandbox }

    /// - Parameter trusts: whether the clones know the CA.
    init(clones: [String] = ["alice"], trusts: Bool = true) async throws {
      world = try await RemoteStage(clones: clones)
      server = try await HTTPSServer(in: world.sandbox, password: canary)
      for person in clones {
        try await world.point(person, to: server.url("remote.git"))
        if trusts { try await world.set("http.sslCAInfo", server.authority, for: person) }
      }
    }

    /// What the sandbox's credential helper answers for the server, and for it alone.
    func help(_ password: String, for person: String = "alice") async throws {
      try sandbox.writeScript(
        "helper-\(person)",
        "[ \"$1\" = get ] && printf 'username=robot\\npassword=%s\\n' \"\(password)\"; exit 0")
      try await world.set(
        "credential.https://localhost:\(server.port).helper",
        sandbox.path("helper-\(person)"), for: person)
    }
  }

  @Test func theMainJobWithACredentialHelper() async throws {
    let setting = try await Setting(clones: ["alice", "bob"])
    for person in ["alice", "bob"] { try await setting.help(Self.canary, for: person) }
    try await setting.world.playTheMainJob()
  }

  /// As in CI: the helper of docs/cli.md, for one host, hands on a variable.
  @Test func aTokenFromTheEnvironment() async throws {
    let setting = try await Setting()
    try await setting.world.set(
      "credential.https://localhost:\(setting.server.port).helper",
      "!f() { test \"$1\" = get && echo username=robot && echo \"password=$CI_TOKEN\"; }; f",
      for: "alice")
    let env: [String: String?] = ["CI_TOKEN": Self.canary]
    // The server repeats what it should not.
    try setting.sandbox.writeScript(
      "remote.git/hooks/pre-receive", "echo 'said \(Self.canary)' >&2; exit 1")
    try await setting.world.expectFailure(
      of: [RemoteStage.request], saying: "hook of the remote", "said ***", env: env)
    try setting.sandbox.remove("remote.git/hooks/pre-receive")
    try setting.sandbox.writeScript(
      "remote.git/hooks/post-receive", "echo 'thanks, \(Self.canary)' >&2")
    let asked = try await setting.world.run(RemoteStage.request, in: "alice", env: env)
    #expect(asked.status == 0, "\(asked.errorText)")
    try await setting.world.expectFailure(
      saying: "does not accept the password or token", "credential helper",
      env: ["CI_TOKEN": "another-" + RemoteStage.coded])
  }

  /// As in CI: a header from git's own environment variables.
  @Test func aHeaderFromTheEnvironment() async throws {
    let setting = try await Setting()
    let env = Self.header("https://localhost:\(setting.server.port)/.")
    let words = try await setting.world.run(RemoteStage.request, in: "alice", env: env)
    #expect(words.status == 0, "\(words.errorText)")
  }

  static func header(_ place: String) -> [String: String?] {
    [
      "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "http.\(place)extraHeader",
      "GIT_CONFIG_VALUE_0": "Authorization: Basic \(RemoteStage.coded)",
    ]
  }

  @Test func credentialsInTheURL() async throws {
    let setting = try await Setting()
    try await setting.world.point(
      "alice", to: setting.server.url("remote.git", user: "robot:\(Self.canary)"))
    try await setting.world.expect(0, "sync", in: "alice")
    // The server's hook repeats it, with and without a URL around it.
    try setting.sandbox.writeScript(
      "remote.git/hooks/pre-receive",
      "echo 'https://robot:\(Self.canary)@h/x said \(Self.canary)' >&2; exit 1")
    try await setting.world.expectFailure(
      of: [RemoteStage.request], saying: "hook of the remote", "https://h/x said ***")
    try setting.sandbox.remove("remote.git/hooks/pre-receive")
    try await setting.world.point(
      "alice", to: setting.server.url("none.git", user: "robot:\(Self.canary)"))
    try await setting.world.expectFailure(saying: "leads to no repository")
    try await setting.world.point(
      "alice", to: setting.server.url("remote.git", user: "robot:\(Self.canary)wrong"))
    try await setting.world.expectFailure(saying: "does not accept the password or token")
    for command in [["whoami"], ["trust"], ["verify"], ["list"]] {
      _ = try await setting.world.run(command, in: "alice")
    }
  }

  @Test func noCredentials() async throws {
    let setting = try await Setting()
    try await setting.world.expectFailure(
      saying: "wants to know who you are", "credential helper", within: .seconds(30))
  }

  @Test func aHelperThatHangs() async throws {
    let setting = try await Setting()
    try setting.sandbox.writeScript("hanging", "sleep 40")
    try await setting.world.set("credential.helper", setting.sandbox.path("hanging"), for: "alice")
    try await setting.world.set("daypass.remoteTimeout", "2", for: "alice")
    try await setting.world.expectFailure(saying: "within 2 seconds", within: .seconds(30))
  }

  @Test func aCertificateOfAnUnknownCA() async throws {
    let setting = try await Setting(trusts: false)
    try await setting.help(Self.canary)
    try await setting.world.expectFailure(saying: "certificate that is not trusted", "sslCAInfo")
  }

  @Test(arguments: [
    ("denied", "does not allow you to do that"), ("broken", "is in trouble"),
    ("garbage", "does not speak git"),
  ])
  func answersOfOtherKinds(_ place: String, _ words: String) async throws {
    let setting = try await Setting()
    try await setting.world.point("alice", to: setting.server.url("remote.git", at: place))
    try await setting.world.expectFailure(saying: words)
  }

  /// It is a git server and lacks the branch, as a new repository of a forge does.
  @Test func anEmptyRepository() async throws {
    let setting = try await Setting()
    try await setting.help(Self.canary)
    try await setting.sandbox.git("init", "-q", "--bare", "-b", "main", "empty.git")
    try await setting.world.point("alice", to: setting.server.url("empty.git"))
    let words = try await setting.world.expect(0, "sync", in: "alice")
    #expect(words.contains("origin has no branch main yet"))
    let asked = try await setting.world.run(RemoteStage.request, in: "alice")
    #expect(asked.status == 0, "\(asked.errorText)")
    let tip = try await setting.sandbox.git("rev-parse", "main", in: "empty.git")
    #expect(try await setting.sandbox.git("rev-parse", "main", in: "alice") == tip)
  }

  @Test(arguments: [false, true])
  func silence(isFull: Bool) async throws {
    let setting = try await Setting()
    let silent = try SilentServer(isFull: isFull)
    try await setting.world.point(
      "alice", to: "https://robot:\(Self.canary)@127.0.0.1:\(silent.port)/x.git")
    try await setting.world.set("daypass.remoteTimeout", "2", for: "alice")
    try await setting.world.expectFailure(
      saying: "did not answer within 2 seconds", "daypass.remoteTimeout", within: .seconds(30))
  }

  @Test func aHangInThePush() async throws {
    let setting = try await Setting()
    try await setting.help(Self.canary)
    try setting.sandbox.writeScript("remote.git/hooks/pre-receive", "sleep 30; exit 1")
    try await setting.world.set("daypass.remoteTimeout", "6", for: "alice")
    try await setting.world.expectFailure(
      of: [RemoteStage.request], saying: "did not answer within 6 seconds",
      "it had not taken the commit", within: .seconds(45))
  }

  /// git follows a redirect of the first request and takes neither what stands in the URL nor what
  /// a helper knows for the old host along.
  @Test func aRedirectCarriesNoCredentials() async throws {
    let setting = try await Setting()
    try await setting.help(Self.canary)
    try await setting.world.point(
      "alice", to: setting.server.url("remote.git", at: "moved", user: "robot:\(Self.canary)"))
    try await setting.world.expect(0, "sync", in: "alice")
    let asked = try await setting.world.run(RemoteStage.request, in: "alice")
    #expect(asked.status == 0, "\(asked.errorText)")
    #expect(setting.server.otherLog.contains("git-receive-pack HTTP"))
    // The other host asks for a password, and gets none.
    try await setting.world.point(
      "alice", to: setting.server.url("remote.git", at: "closed", user: "robot:\(Self.canary)"))
    try await setting.world.expectFailure(saying: "does not accept the password or token")
    try await setting.world.point("alice", to: setting.server.url("remote.git", at: "closed"))
    try await setting.world.expectFailure(saying: "wants to know who you are")
    let sent = setting.server.otherLog.split(separator: "\n")
    #expect(!sent.isEmpty && sent.allSatisfy { $0.hasSuffix("[--]") }, "\(sent)")
  }

  /// A header git would take along, even one that is set for the first host alone.
  @Test(arguments: ["everywhere", "scoped"])
  func aRedirectWouldCarryAHeader(_ kind: String) async throws {
    let setting = try await Setting()
    let env = Self.header(kind == "scoped" ? "https://localhost:\(setting.server.port)/." : "")
    try await setting.world.point("alice", to: setting.server.url("remote.git", at: "moved"))
    try await setting.world.expectFailure(
      saying: "has moved", "git remote set-url origin URL", env: env)
    #expect(setting.server.otherLog.isEmpty)
    // By hand git does hand the header over; that is why.
    let result = try await setting.sandbox.run(
      ["git", "ls-remote", "origin"], in: "alice", env: env)
    #expect(result.succeeded)
    #expect(setting.server.otherLog.contains(RemoteStage.coded))
  }
}
