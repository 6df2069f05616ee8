import Foundation
import GitStore
import TestSupport
import Testing

/// What every trial starts from: a bare remote, and one clone a person, with a working tree and
/// without, each one commit behind; a request that waits, grants in force, and three that have run
/// out.
final class Hub: Sendable {
  static let project =
    "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
  /// The optimised program: what people install.
  static let binary = ReleaseBuild.path(of: "daypass")

  enum Layout: String, CaseIterable, Sendable { case checkout, bare }

  let sandbox: Sandbox
  let root: String
  /// A request of alice's for bob to approve, and a grant of bob's to revoke.
  let waiting: String
  let held: String
  /// What the reconciler closes.
  let spent: [String]
  /// All who have clones.
  static let people = ["alice", "bob", "dave", "ci"]

  static let shared = Task { try await Hub() }

  init() async throws {
    guard FileManager.default.isExecutableFile(atPath: Self.binary) else {
      throw ToolFailure(
        arguments: [Self.binary],
        words: "The release binary is not there. Build it: make attack-binary")
    }
    let sandbox = try Sandbox()
    self.sandbox = sandbox
    try await sandbox.git("init", "-q", "--bare", "-b", "main", "remote.git")
    try await sandbox.git("init", "-q", "-b", "main", "first")
    _ = try await sandbox.run([
      "cp", "-R", Self.project + "/policies", Self.project + "/grants", sandbox.path("first"),
    ])
    var signers = ""
    for person in Self.people + ["carol"] {
      let key = try await sandbox.makeKey(person)
      let line = (sandbox.read(key + ".pub") ?? "").split(separator: " ").prefix(2)
      signers += "\(person)@example.com namespaces=\"git,daypass\" "
      signers += line.joined(separator: " ") + "\n"
    }
    try sandbox.write("first/policies/allowed_signers", signers)
    try await sandbox.git("add", "-A", in: "first")
    let hour = Date.now.addingTimeInterval(-3600)
    let began = "\(Int(hour.timeIntervalSince1970)) +0000"
    try await sandbox.git(
      "commit", "-q", "-m", "Begin", in: "first",
      env: ["GIT_COMMITTER_DATE": began, "GIT_AUTHOR_DATE": began])
    try await sandbox.git("push", "-q", sandbox.path("remote.git"), "main", in: "first")
    try await sandbox.git("remote", "add", "origin", sandbox.path("remote.git"), in: "first")
    let root = try await sandbox.git("rev-parse", "HEAD", in: "first")
    self.root = root
    let moment = hour.addingTimeInterval(60).formatted(.iso8601)
    /// Somebody's step, an hour ago.
    let act = { (person: String, arguments: [String]) async throws -> String in
      let result = try await sandbox.run(
        [Self.binary] + arguments + ["--now", moment, "--yes", "--root", root], in: "first",
        env: Self.identity(person, sandbox))
      #expect(result.succeeded, "\(arguments): \(result.errorText)")
      return result.text + result.errorText
    }
    let grant = { (person: String, role: String, span: String) async throws -> String in
      let words = try await act(
        person, ["request", role, "--for", span, "--why", "to look at one row"])
      let id = try Self.id(in: words)
      return id
    }
    var spent: [String] = []
    for (person, lead) in [("alice", "bob"), ("bob", "dave"), ("dave", "bob")] {
      let id = try await grant(person, "prod-admin", "5s")
      _ = try await act(lead, ["approve", id])
      spent.append(id)
    }
    self.spent = spent
    held = try await grant("bob", "db-read", "8h")
    _ = try await act("dave", ["approve", held])
    for person in Self.people {
      for layout in Layout.allCases { try await Self.clone(person, layout, root, sandbox) }
    }
    waiting = try await grant("alice", "db-read", "1h")
    for hooks in ["remote.git/hooks"] { try sandbox.remove(hooks) }
  }

  private static func clone(
    _ person: String, _ layout: Layout, _ root: String, _ sandbox: Sandbox
  ) async throws {
    let place = layout.rawValue + "/" + person
    try await sandbox.git(
      ["clone", "-q"] + (layout == .bare ? ["--bare"] : []) + [sandbox.path("remote.git"), place])
    for (key, value) in [
      ("user.name", person), ("user.email", person + "@example.com"), ("gpg.format", "ssh"),
      ("user.signingKey", sandbox.path("home/.ssh/" + person)), ("daypass.root", root),
    ] {
      try await sandbox.git("config", key, value, in: place)
    }
    try sandbox.remove(place + (layout == .bare ? "/hooks" : "/.git/hooks"))
  }

  /// Whose commits they are, where the clone does not say.
  private static func identity(_ person: String, _ sandbox: Sandbox) -> [String: String?] {
    [
      "GIT_COMMITTER_NAME": person, "GIT_COMMITTER_EMAIL": person + "@example.com",
      "GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_0": "gpg.format", "GIT_CONFIG_VALUE_0": "ssh",
      "GIT_CONFIG_KEY_1": "user.signingKey",
      "GIT_CONFIG_VALUE_1": sandbox.path("home/.ssh/" + person),
    ]
  }

  static func id(in words: String) throws -> String {
    let found = words.firstMatch(of: /[0-9]{8}T[0-9]{6}Z-[0-9a-hjkmnp-tv-z]{8}/)
    return String(try #require(found, "no grant id in: \(words)").output)
  }
}

extension Sandbox {
  @discardableResult
  func git(_ arguments: [String], in directory: String = "") async throws -> String {
    let result = try await run(["git"] + arguments, in: directory)
    guard result.succeeded else {
      throw ToolFailure(arguments: ["git"] + arguments, words: result.errorText + result.text)
    }
    return result.text
  }
}
