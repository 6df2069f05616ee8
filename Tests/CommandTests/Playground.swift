import FoundationEssentials
import GitStore
import TestSupport

/// People with keys and clones around one bare remote, governed by the example's `policies/`; and
/// the program itself, as they would run it.
struct Playground {
  let sandbox: Sandbox

  static let people = ["alice", "bob", "dave", "carol", "ci"]

  /// - Parameter policies: more files, or other ones, by path below `policies/`.
  init(policies changes: [String: String] = [:]) async throws {
    sandbox = try Sandbox()
    var signers = ""
    for person in Self.people + ["mallory"] {
      let key = try await sandbox.makeKey(person)
      let line = sandbox.read(key + ".pub")?.split(separator: " ").prefix(2).joined(separator: " ")
      if person != "mallory" {
        signers += "\(person)@example.com namespaces=\"git\" \(line ?? "")\n"
      }
    }
    try FileManager.default.createDirectory(
      atPath: sandbox.path("seed"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: Self.repository + "/policies", toPath: sandbox.path("seed/policies"))
    try sandbox.write("seed/policies/allowed_signers", signers)
    for (path, text) in changes { try sandbox.write("seed/policies/\(path)", text) }
    try await sandbox.git("init", "-q", "--bare", "hub.git")
    try await sandbox.git("init", "-q", in: "seed")
    try await setUp("carol", in: "seed")
    try await sandbox.git("add", "-A", in: "seed")
    try await sandbox.git("commit", "-q", "-S", "-m", "Begin", in: "seed")
    let root = try await sandbox.git("rev-parse", "HEAD", in: "seed")
    try await sandbox.git("push", "-q", "../hub.git", "main", in: "seed")
    for person in Self.people + ["mallory"] {
      try await sandbox.git("clone", "-q", "hub.git", person)
      try await setUp(person, in: person)
      try await sandbox.git("config", "daypass.root", root, in: person)
    }
  }

  private func setUp(_ person: String, in directory: String) async throws {
    for (key, value) in [
      ("gpg.format", "ssh"), ("user.signingkey", sandbox.path("home/.ssh/\(person).pub")),
      ("user.name", person), ("user.email", "\(person)@example.com"),
    ] {
      try await sandbox.git("config", key, value, in: directory)
    }
  }

  /// Runs `daypass` in somebody's clone, without a terminal.
  func daypass(_ person: String, _ arguments: String...) async throws -> ProgramResult {
    try await sandbox.run([Self.binary] + arguments, in: person)
  }

  /// Runs it and expects it to succeed.
  @discardableResult
  func must(_ person: String, _ arguments: String...) async throws -> String {
    let result = try await sandbox.run([Self.binary] + arguments, in: person)
    guard result.succeeded else {
      throw ToolFailure(arguments: arguments, words: "\(result.status): \(result.errorText)")
    }
    return result.text
  }

  /// Asks for a role and returns the piece of the id that people type.
  func request(_ person: String, _ arguments: String...) async throws -> String {
    let text = try await sandbox.run(
      [Self.binary, "request"] + arguments + ["-o", "json"], in: person)
    guard text.succeeded, let short = Self.value(of: "short", in: text.text) else {
      throw ToolFailure(arguments: arguments, words: text.errorText)
    }
    return short
  }

  /// Brings a clone to where the remote is.
  func sync(_ person: String) async throws {
    try await sandbox.git("fetch", "-q", in: person)
    try await sandbox.git("reset", "-q", "--hard", "origin/main", in: person)
  }

  /// The first value of that key in JSON as daypass prints it.
  static func value(of key: String, in json: String) -> String? {
    let lines = json.split(separator: "\n").map { $0.drop { $0 == " " } }
    let prefix = "\"\(key)\": "
    guard let line = lines.first(where: { $0.hasPrefix(prefix) }) else { return nil }
    return line.dropFirst(prefix.count).filter { $0 != "\"" && $0 != "," }
  }

  /// Beside the program that runs the tests.
  private static let binary: String = {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return own.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/daypass"
  }()

  /// The top of this package.
  private static let repository = #filePath.split(separator: "/").dropLast(3)
    .reduce("") { $0 + "/" + $1 }
}
