import GitStore
import TestSupport
import Testing

/// What the tests of remotes share: the stage's repository behind a server, and its people's clones
/// pointed at it.
struct RemoteStage {
  let stage: Stage
  var sandbox: Sandbox { stage.sandbox }
  /// The program that is run.
  var binary = Stage.binary
  /// What the programs see besides the sandbox's environment.
  var environment: [String: String?] = [:]

  /// The secret that no output may hold.
  static let canary = "s3cr3t-canary-5f1d"

  /// - Parameters:
  ///   - clones, engineers, policy: as for ``Stage``.
  ///   - patience: the seconds a remote may say nothing.
  init(
    clones: [String] = ["alice", "bob"], engineers: [String] = [],
    policy: [(file: String, old: String, new: String)] = [], patience: Int = 20
  ) async throws {
    stage = try await Stage(clones: clones, engineers: engineers, policy: policy)
    for person in clones {
      try await sandbox.git("config", "daypass.remoteTimeout", "\(patience)", in: person)
    }
  }

  func point(_ person: String, to url: String) async throws {
    try await sandbox.git("remote", "set-url", "origin", url, in: person)
  }

  func set(_ key: String, _ value: String, for person: String) async throws {
    try await sandbox.git("config", key, value, in: person)
  }

  /// Runs daypass without a terminal, whoever runs the tests may sit at one, and sees that it keeps
  /// the secret.
  func run(
    _ arguments: [String], in person: String, env: [String: String?] = [:]
  ) async throws -> ProgramResult {
    let unsigned: [String: String?] = [
      "GIT_AUTHOR_NAME": nil, "GIT_AUTHOR_EMAIL": nil, "GIT_COMMITTER_NAME": nil,
      "GIT_COMMITTER_EMAIL": nil,
    ]
    let result = try await ProgramRunner(sandbox.environment).run(
      ["setsid", "--wait", binary] + arguments, in: sandbox.path(person),
      changing: unsigned.merging(environment) { $1 }.merging(env) { $1 }, timeout: .seconds(300))
    let words = result.text + result.errorText
    for secret in [Self.canary, Self.coded] { #expect(!words.contains(secret), "\(words)") }
    let steering = words.unicodeScalars.filter {
      $0 != "\n" && $0.properties.generalCategory == .control || $0.properties.isBidiControl
    }
    #expect(steering.isEmpty, "\(arguments): \(steering.map(\.value))")
    return result
  }

  /// The canary as basic authentication sends it.
  static let coded = "cm9ib3Q6czNjcjN0LWNhbmFyeS01ZjFk"

  /// Runs daypass and demands an exit code; returns both outputs.
  @discardableResult
  func expect(
    _ status: Int32, _ arguments: String..., in person: String, env: [String: String?] = [:],
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> String {
    let result = try await run(arguments, in: person, env: env)
    let words = result.text + result.errorText
    #expect(result.status == status, "\(arguments): \(words)", sourceLocation: sourceLocation)
    return words
  }

  static let request = [
    "request", "db-read", "--for", "1h", "--why", "to look at one row", "--yes",
  ]

  /// Alice asks, bob sees it and approves, alice sees what she holds: three clones' worth of
  /// fetching and pushing.
  func playTheMainJob() async throws {
    let asked = try await run(Self.request, in: "alice")
    #expect(asked.status == 0, "\(asked.errorText)")
    #expect(asked.text.contains("pushed to origin"))
    let id = try Stage.id(in: asked.text + asked.errorText)
    try await expect(0, "sync", in: "bob")
    try await expect(0, "approve", id, "--yes", in: "bob")
    try await expect(0, "sync", in: "alice")
    let held = try await expect(0, "list", "--mine", "--state", "active", in: "alice")
    #expect(held.contains("db-read"))
    let tip = try await sandbox.git("rev-parse", "main", in: "remote.git")
    #expect(try await sandbox.git("rev-parse", "main", in: "alice") == tip)
  }

  /// Runs a request and a sync that the remote must not bring about: each ends as said, leaves
  /// everything as it was, and tells what and what next.
  func expectFailure(
    of commands: [[String]] = [request, ["sync"]], saying words: String...,
    env: [String: String?] = [:], status: Int32 = 1, within limit: Duration = .seconds(30),
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    for command in commands {
      let before = try await stage.fingerprint(of: "alice")
      let began = ContinuousClock.now
      let result = try await run(command, in: "alice", env: env)
      let took = ContinuousClock.now - began
      let told = result.errorText
      #expect(result.status == status, "\(command): \(told)", sourceLocation: sourceLocation)
      #expect(took < limit, "\(command) took \(took)", sourceLocation: sourceLocation)
      for word in words {
        #expect(told.contains(word), "\(command): \(told)", sourceLocation: sourceLocation)
      }
      // A sentence, and at least one line that says what to do.
      #expect(told.split(separator: "\n").count >= 2, sourceLocation: sourceLocation)
      #expect(
        try await stage.fingerprint(of: "alice") == before, "\(command)",
        sourceLocation: sourceLocation)
    }
  }
}
