import GitStore
import TestSupport
import Testing

/// The example policy with five people's throwaway keys, a bare remote, and clones; the real binary,
/// real git, real signatures, and no network.
final class Stage: Sendable {
  let sandbox: Sandbox
  /// The trusted root's 40 digits.
  let root: String
  static let people = ["alice", "bob", "dave", "carol", "ci"]

  /// Where the package lies.
  static let project =
    "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
  static let binary =
    ProcessEnvironment.current["DAYPASS_BINARY"] ?? project + "/.build/debug/daypass"
  /// What people install: `make attack-binary`.
  static let releaseBinary = ReleaseBuild.path(of: "daypass")

  /// - Parameters:
  ///   - clones: who gets a clone of the remote, set up to sign and trusting the root.
  ///   - engineers: further people who may ask, with keys of their own.
  ///   - policy: text to put in place of other text in files below `policies/`.
  init(
    clones: [String] = people, engineers: [String] = [],
    policy: [(file: String, old: String, new: String)] = []
  ) async throws {
    sandbox = try Sandbox()
    try await sandbox.git("init", "-q", "--bare", "-b", "main", "remote.git")
    try await sandbox.git("init", "-q", "-b", "main", "first")
    _ = try await sandbox.run([
      "cp", "-R", Self.project + "/policies", Self.project + "/grants", sandbox.path("first"),
    ])
    var signers = sandbox.read("first/policies/allowed_signers") ?? ""
    for person in Self.people + engineers {
      let key = try await sandbox.makeKey(person)
      let line = (sandbox.read(key + ".pub") ?? "").split(separator: " ").prefix(2)
      signers += "\(person)@example.com namespaces=\"git,daypass\" "
      signers += line.joined(separator: " ") + "\n"
    }
    try sandbox.write("first/policies/allowed_signers", signers)
    let members = engineers.map { "    - \($0)@example.com\n" }.joined()
    let alice = "    - alice@example.com\n"
    for change in policy + [("groups.yaml", alice, alice + members)] {
      let file = "first/policies/" + change.file
      let text = try #require(sandbox.read(file))
      try #require(text.contains(change.old), "\(change.file) lacks \(change.old)")
      try sandbox.write(file, text.replacing(change.old, with: change.new))
    }
    try await sandbox.git("add", "-A", in: "first")
    try await sandbox.git("commit", "-q", "-m", "Begin", in: "first")
    try await sandbox.git("push", "-q", sandbox.path("remote.git"), "main", in: "first")
    root = try await sandbox.git("rev-parse", "HEAD", in: "first")
    for person in clones { try await clone(person) }
  }

  /// Clones the remote for somebody.
  func clone(_ person: String, to directory: String? = nil) async throws {
    let directory = directory ?? person
    try await sandbox.git("clone", "-q", sandbox.path("remote.git"), directory)
    for (key, value) in [
      ("user.name", person), ("user.email", person + "@example.com"), ("gpg.format", "ssh"),
      ("user.signingKey", sandbox.path("home/.ssh/" + person)), ("daypass.root", root),
    ] {
      try await sandbox.git("config", key, value, in: directory)
    }
  }

  /// Runs daypass in somebody's clone.
  @discardableResult
  func daypass(
    _ arguments: String..., in directory: String, env: [String: String?] = [:]
  ) async throws -> ProgramResult {
    try await run(arguments, in: directory, env: env)
  }

  func run(
    _ arguments: [String], in directory: String, env: [String: String?] = [:]
  ) async throws -> ProgramResult {
    // The author is whose clone it is, not the sandbox's.
    let clean: [String: String?] = [
      "GIT_AUTHOR_NAME": nil, "GIT_AUTHOR_EMAIL": nil, "GIT_COMMITTER_NAME": nil,
      "GIT_COMMITTER_EMAIL": nil,
    ]
    // Ten writers on two cores take turns; how long one waits says nothing about the program.
    return try await ProgramRunner(sandbox.environment).run(
      [Self.binary] + arguments, in: sandbox.path(directory),
      changing: clean.merging(env) { $1 }, timeout: .seconds(400))
  }

  /// Runs daypass and demands an exit code; returns what it printed, both outputs.
  @discardableResult
  func expect(
    _ status: Int32, _ arguments: String..., in directory: String, env: [String: String?] = [:],
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> String {
    let result = try await run(arguments, in: directory, env: env)
    let words = result.text + result.errorText
    #expect(
      result.status == status, "daypass \(arguments.joined(separator: " ")): \(words)",
      sourceLocation: sourceLocation)
    return words
  }

  /// Asks for a role and returns the grant's whole id.
  func request(
    _ role: String = "db-read", by person: String = "alice", for span: String = "1h",
    directory: String? = nil
  ) async throws -> String {
    let result = try await run(
      ["request", role, "--for", span, "--why", "to look at one row", "--yes"],
      in: directory ?? person)
    let words = result.text + result.errorText
    return try Self.id(in: words)
  }

  /// The first grant id in a text.
  static func id(in words: String) throws -> String {
    let found = words.firstMatch(of: /[0-9]{8}T[0-9]{6}Z-[0-9a-hjkmnp-tv-z]{8}/)
    return String(try #require(found, "no grant id in: \(words)").output)
  }

  /// Everything a failed command must leave alone: references, index, working tree, remote.
  func fingerprint(of directory: String) async throws -> String {
    let refs = try await sandbox.git("for-each-ref", "refs/heads", in: directory)
    let remote = try await sandbox.git("for-each-ref", in: "remote.git")
    let status = try await sandbox.git("status", "--porcelain=v2", "-uall", in: directory)
    let index = try await sandbox.git("ls-files", "--stage", in: directory)
    return [refs, remote, status, index].joined(separator: "\n--\n")
  }
}
