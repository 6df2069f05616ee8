import FoundationEssentials
import GitStore
import TestSupport

@testable import daypass

/// Where a scenario plays: people, each with a home, a key and git set up to sign with it.
final class ScenarioStage: Sendable {
  enum Kind: String {
    /// Everybody who types has an empty directory.
    case empty
    /// The example policy is governed in a bare remote (`remote.git`); everybody who types has a
    /// clone of it and trusts its root.
    case team
  }

  let sandbox: Sandbox
  /// Whose key has which fingerprint, and which public part.
  let keys: [(name: String, fingerprint: String, blob: String)]

  /// Those with a key in the policy, in the roles the example gives them: alice asks, bob and dave
  /// lead, carol is the admin, ci reconciles. Mallory can push, and that is all.
  static let members = ["alice", "bob", "dave", "carol", "ci"]
  static let people = members + ["mallory"]

  /// - Parameter typing: who gets a clone or directory.
  init(_ kind: Kind, typing people: [String]) async throws {
    sandbox = try Sandbox()
    keys = try await Self.makeKeys(sandbox)
    for person in Self.people { try Self.makeHome(of: person, sandbox) }
    try Self.makeProgram(sandbox)
    var root: String?
    if kind == .team { root = try await found() }
    for person in people {
      if let root {
        try await sandbox.git("clone", "-q", "remote.git", person)
        try await sandbox.git("config", "daypass.root", root, in: person)
      } else {
        try FileManager.default.createDirectory(
          atPath: sandbox.path(person), withIntermediateDirectories: true)
      }
    }
  }

  /// Without what differs from run to run: how far the scenario's time is from this machine's.
  static func lines(of text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      .filter { !$0.hasPrefix("note: --now: ") }
  }

  /// Runs words in a shell, both outputs together.
  func run(_ command: String, as person: String?, at now: String) async throws -> ProgramResult {
    let home = sandbox.path(person.map { "home/\($0)" } ?? "home")
    return try await ProgramRunner(sandbox.environment).run(
      ["sh", "-c", "exec 2>&1\n" + command], in: sandbox.path(person ?? ""),
      changing: [
        "PATH": sandbox.path("bin") + ":" + (sandbox.environment["PATH"] ?? ""),
        "HOME": home, "GIT_CONFIG_GLOBAL": home + "/.gitconfig", "KEYS": sandbox.path("home/.ssh"),
        "SCENARIO_NOW": now, "GIT_AUTHOR_DATE": now, "GIT_COMMITTER_DATE": now,
        "GIT_AUTHOR_NAME": nil, "GIT_AUTHOR_EMAIL": nil, "GIT_COMMITTER_NAME": nil,
        "GIT_COMMITTER_EMAIL": nil,
      ])
  }

  /// What was said without the note on the typed time: how far a scenario's time is from this
  /// machine's differs from run to run.
  static func steady(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.hasPrefix("note: --now: ") }.joined(separator: "\n")
  }

  // MARK: Setting up

  /// The first commit, which everybody trusts; unsigned, as a root need not be signed.
  private func found() async throws -> String {
    try await sandbox.git("init", "-q", "--bare", "-b", "main", "remote.git")
    try await sandbox.git("init", "-q", "-b", "main", "first")
    for folder in ["policies", "grants"] {
      try FileManager.default.copyItem(
        atPath: Self.project + "/" + folder, toPath: sandbox.path("first/" + folder))
    }
    let signers = keys.filter { Self.members.contains($0.name) }.map {
      "\($0.name)@example.com namespaces=\"git,daypass\" ssh-ed25519 \($0.blob)\n"
    }
    let file = "first/policies/allowed_signers"
    try sandbox.write(file, (sandbox.read(file) ?? "") + signers.joined())
    try await sandbox.git("add", "-A", in: "first")
    let date = ScenarioRun.start.description
    try await sandbox.git(
      "commit", "-q", "-m", "Begin", in: "first",
      env: ["GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date])
    try await sandbox.git("push", "-q", "../remote.git", "main", in: "first")
    return try await sandbox.git("rev-parse", "HEAD", in: "first")
  }

  private static func makeKeys(
    _ sandbox: Sandbox
  ) async throws -> [(name: String, fingerprint: String, blob: String)] {
    var keys: [(name: String, fingerprint: String, blob: String)] = []
    for person in people {
      let file = try await sandbox.makeKey(person) + ".pub"
      let blob = (sandbox.read(file) ?? "").split(separator: " ").dropFirst().first
      let words = try await sandbox.run(["ssh-keygen", "-l", "-f", file]).text.split(separator: " ")
      keys.append((person, String(words.dropFirst().first ?? ""), String(blob ?? "")))
    }
    return keys
  }

  private static func makeHome(of person: String, _ sandbox: Sandbox) throws {
    let name = person.prefix(1).uppercased() + person.dropFirst()
    try sandbox.write(
      "home/\(person)/.gitconfig",
      """
      [init]
      \tdefaultBranch = main
      [user]
      \tname = \(name)
      \temail = \(person)@example.com
      \tsigningKey = \(sandbox.path("home/.ssh/\(person).pub"))
      [gpg]
      \tformat = ssh
      [advice]
      \tdetachedHead = false

      """)
  }

  /// `daypass` on the path is the freshly built one, told what time it is where it takes that.
  private static func makeProgram(_ sandbox: Sandbox) throws {
    try sandbox.writeScript(
      "bin/daypass",
      """
      case "$1" in \(commands)|-C) ;; *) exec \(binary) "$@" ;; esac
      for word; do
        case "$word" in --help|-h|--now) exec \(binary) "$@" ;; esac
      done
      # On a machine whose own clock is behind, a reconciler's typed time wants a person's word.
      case "$1" in reconcile|land) set -- "$@" --assume-clock ;; esac
      exec \(binary) "$@" --now "$SCENARIO_NOW"
      """)
  }

  private static let commands = CommandTable.groups.flatMap(\.subcommands).map { $0._commandName }
    .joined(separator: "|")

  /// Beside the program that runs the tests.
  private static let binary: String = {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return own.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/daypass"
  }()

  /// The top of this package.
  static let project = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
}
