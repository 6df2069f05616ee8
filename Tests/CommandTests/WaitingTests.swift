import Foundation
import GitStore
import TestSupport
import Testing

/// `request --wait` and `show --follow`, while other people act in their clones.
@Suite(.timeLimit(.minutes(8))) struct WaitingTests {
  private static let asking = [
    "request", "db-read", "--for", "1h", "--why", "to look at one row", "--yes", "--wait",
  ]

  /// Runs a command in alice's clone that waits, and meanwhile what others do about the first grant
  /// that the remote has, on its governed branch or on one of its own.
  private func alice(
    _ command: [String], _ stage: Stage, while others: (_ id: String) async throws -> Void
  ) async throws -> (status: Int32, words: String) {
    async let waiting = stage.run(command, in: "alice")
    var id: String?
    for _ in 1...300 where id == nil {
      try await Task.sleep(for: .milliseconds(100))
      let branches = try await stage.sandbox.git("for-each-ref", in: "remote.git")
      let files = try await stage.sandbox.git(
        "ls-tree", "-r", "--name-only", "main", in: "remote.git")
      id = (branches + files).firstMatch(of: /[0-9]{8}T[0-9]{6}Z-[0-9a-z]{8}/)
        .map { String($0.output) }
    }
    try await others(try #require(id))
    let result = try await waiting
    return (result.status, result.text + result.errorText)
  }

  @Test func approvedIsActiveAndTheBranchCameAlong() async throws {
    let stage = try await Stage(clones: ["alice", "bob"])
    let (status, words) = try await alice(Self.asking, stage) { id in
      try await stage.expect(0, "approve", id, "--yes", in: "bob")
    }
    #expect(status == 0, "\(words)")
    #expect(words.contains("waiting for bob@example.com, dave@example.com (0 of 1)"), "\(words)")
    #expect(words.contains("done alice@example.com holds db-read until "), "\(words)")
    let tips = try await ["alice", "remote.git"].asyncMap {
      try await stage.sandbox.git("rev-parse", "main", in: $0)
    }
    #expect(tips[0] == tips[1])
  }

  @Test(arguments: ["reject", "withdraw"])
  func whatIsRefusedEndsWith4(_ act: String) async throws {
    let stage = try await Stage(clones: ["alice", "bob"])
    try await stage.clone("alice", to: "laptop")
    let (status, words) = try await alice(Self.asking, stage) { id in
      try await stage.expect(
        0, act, id, "--why", "not today", "--yes", in: act == "reject" ? "bob" : "laptop")
    }
    #expect(status == 4, "\(words)")
    let end = act == "reject" ? "rejected by bob@example.com" : "withdrawn by alice@example.com"
    #expect(words.contains("was \(end): not today"), "\(words)")
  }

  @Test func patienceAndSignalsEndIt() async throws {
    let stage = try await Stage(clones: ["alice", "bob"])
    let began = ContinuousClock.now
    let words = try await stage.expect(
      1, "request", "db-read", "--why", "to look at one row", "--wait", "--timeout", "2s", "--yes",
      in: "alice")
    #expect(ContinuousClock.now - began < .seconds(60))
    #expect(words.contains("after 2s the request is still undecided"), "\(words)")
    let id = try Stage.id(in: words)
    #expect(words.contains("daypass show \(id.suffix(8)) --follow"), "\(words)")
    for (signal, command, status) in [
      ("INT", ["show", id, "--follow"], 0),
      ("TERM", ["request", "prod-admin", "--why", "rotate the certificate", "--yes", "--wait"], 1),
    ] as [(String, [String], Int32)] {
      let result = try await ProgramRunner(stage.sandbox.environment).run(
        ["timeout", "--preserve-status", "-s", signal, "12", Stage.binary] + command,
        in: stage.sandbox.path("alice"),
        changing: [
          "GIT_AUTHOR_NAME": nil, "GIT_AUTHOR_EMAIL": nil, "GIT_COMMITTER_NAME": nil,
          "GIT_COMMITTER_EMAIL": nil,
        ])
      #expect(result.status == status, "\(result.errorText)")
      #expect(result.errorText.contains("stopped"), "\(result.errorText)")
      #expect(result.errorText.contains("--follow"), "\(result.errorText)")
    }
    try await stage.expect(2, "request", "db-read", "--timeout", "2s", in: "alice")
    try await stage.expect(2, "request", "db-read", "--wait", "--no-push", in: "alice")
  }

  @Test func onABranchItIsActiveOnceLanded() async throws {
    let stage = try await Stage(clones: ["alice", "bob", "ci"])
    let (status, words) = try await alice(Self.asking + ["--branch"], stage) { id in
      try await stage.expect(0, "approve", id, "--yes", in: "bob")
      // Approved is not landed yet.
      let shown = try await ProgramRunner(stage.sandbox.environment).run(
        ["timeout", "--preserve-status", "-s", "INT", "8", Stage.binary, "show", id, "--follow"],
        in: stage.sandbox.path("bob"))
      #expect(shown.text.contains("not landed: nothing of it counts before"), "\(shown.text)")
      try await stage.expect(0, "land", "--all", "--assume-clock", in: "ci")
    }
    #expect(status == 0, "\(words)")
    #expect(words.contains("done alice@example.com holds db-read until "), "\(words)")
  }

  @Test func aBranchThatIsTakenAwayIsWaitedForNoLonger() async throws {
    let stage = try await Stage(clones: ["alice"])
    let (status, words) = try await alice(Self.asking + ["--branch"], stage) { id in
      try await stage.sandbox.git("update-ref", "-d", "refs/heads/daypass/\(id)", in: "remote.git")
    }
    #expect(status == 1, "\(words)")
    #expect(words.contains("is gone, and nothing of it has landed"), "\(words)")
  }

  @Test func aRemoteThatIsAwayForAMomentEndsNothing() async throws {
    let stage = try await Stage(clones: ["alice", "bob"])
    let (here, away) = (stage.sandbox.path("remote.git"), stage.sandbox.path("away.git"))
    let (status, words) = try await alice(Self.asking, stage) { id in
      try await Task.sleep(for: .seconds(1))
      try FileManager.default.moveItem(atPath: here, toPath: away)
      try await Task.sleep(for: .seconds(8))
      try FileManager.default.moveItem(atPath: away, toPath: here)
      try await stage.expect(0, "approve", id, "--yes", in: "bob")
    }
    #expect(status == 0, "\(words)")
    #expect(words.contains("trying again"), "\(words)")
    #expect(words.matches(of: /trying again/).count == 1, "\(words)")
    #expect(words.contains("that has passed"), "\(words)")
  }

  @Test func filesInTheWayKeepNobodyFromSeeing() async throws {
    let stage = try await Stage(clones: ["alice", "bob"])
    let (status, words) = try await alice(Self.asking, stage) { id in
      let hour = "\(id.prefix(4))/\(id.dropFirst(4).prefix(2))/\(id.dropFirst(6).prefix(2))/"
      let folder = "grants/active/" + hour + id.dropFirst(9).prefix(2)
      try stage.sandbox.write("alice/\(folder)/\(id).json", "mine\n")
      try await stage.expect(0, "approve", id, "--yes", in: "bob")
    }
    #expect(status == 0, "\(words)")
    #expect(words.contains("main stays behind here"), "\(words)")
    #expect(words.contains("done alice@example.com holds db-read until "), "\(words)")
  }

  @Test(arguments: [false, true]) func whatNobodyDecidesLapses(withoutTheRemote: Bool) async throws
  {
    let stage = try await Stage(
      clones: ["alice"],
      policy: [
        ("daypass.yaml", "approvalTimeout: P1D", "approvalTimeout: PT12S"),
        ("daypass.yaml", "heartbeat: P1D", "heartbeat: PT12S"),
        ("roles/billing-admin.yaml", "approvalWindow: P1D", "approvalWindow: PT12S"),
      ])
    let (status, words) = try await alice(Self.asking, stage) { _ in
      guard withoutTheRemote else { return }
      try FileManager.default.moveItem(
        atPath: stage.sandbox.path("remote.git"), toPath: stage.sandbox.path("away.git"))
    }
    #expect(status == 1, "\(words)")
    #expect(words.contains("has lapsed: nobody decided it before "), "\(words)")
    #expect(words.contains("as far as is known here") == withoutTheRemote, "\(words)")
  }

  @Test func aBranchThatIsTakenBackIsNotTrusted() async throws {
    let stage = try await Stage(clones: ["alice"])
    let (status, words) = try await alice(Self.asking, stage) { _ in
      try await Task.sleep(for: .seconds(2))
      try await stage.sandbox.git("update-ref", "refs/heads/main", stage.root, in: "remote.git")
    }
    #expect(status == 3, "\(words)")
    #expect(words.contains("rollback"), "\(words)")
  }

  @Test func eachFurtherStepIsTold() async throws {
    let stage = try await Stage(clones: ["alice", "bob", "dave"])
    let id = try await stage.request(for: "8s")
    try await stage.sandbox.git("config", "user.name", "Alice", in: "alice")
    let (status, words) = try await alice(["show", id, "--follow"], stage) { id in
      try await Task.sleep(for: .seconds(1))
      try await stage.expect(0, "approve", id, "--yes", in: "bob")
    }
    #expect(status == 0, "\(words)")
    #expect(words.contains("approved by bob@example.com: active until "), "\(words)")
    #expect(words.contains(" expired: its end, "), "\(words)")
    #expect(words.matches(of: /approved by/).count == 1, "\(words)")
    // What is over is shown once.
    let again = try await stage.expect(0, "show", id, "--follow", in: "bob")
    #expect(again.contains("expired; the next reconcile closes it"), "\(again)")
  }

  @Test func forProgramsEachChangeIsALine() async throws {
    let stage = try await Stage(clones: ["alice", "bob", "dave"])
    let id = try await stage.request()
    let (status, words) = try await alice(["show", id, "--follow", "-o", "json"], stage) { id in
      try await Task.sleep(for: .seconds(1))
      try await stage.expect(0, "approve", id, "--yes", in: "bob")
      try await stage.expect(0, "revoke", id, "--why", "done early", "--yes", in: "bob")
    }
    #expect(status == 0, "\(words)")
    let changes = try words.split(separator: "\n").map { line in
      let value = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      #expect((value?["grant"] as? [String: Any])?["id"] as? String == id)
      return value?["change"] as? String
    }
    #expect(changes == ["shown", "approve", "revoke"], "\(words)")
  }
}

extension Array {
  fileprivate func asyncMap<Result>(
    _ transform: (Element) async throws -> Result
  ) async rethrows -> [Result] {
    var results: [Result] = []
    for element in self { results.append(try await transform(element)) }
    return results
  }
}
