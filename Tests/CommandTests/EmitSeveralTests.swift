import TestSupport
import Testing

/// `emit --repo`: each repository by its own root, and nothing written that is not whole.
@Suite struct EmitSeveralTests {
  /// Two companies' repositories, of these names, each in a sandbox of its own.
  private static func stages(
    _ first: String = "payments", _ second: String = "web"
  ) async throws -> (Stage, Stage) {
    func stage(_ name: String) async throws -> Stage {
      try await Stage(
        clones: ["alice", "bob", "ci"],
        policy: [("daypass.yaml", "name: example", "name: \(name)")])
    }
    return (try await stage(first), try await stage(second))
  }

  private static func place(_ stage: Stage, _ person: String = "ci") -> String {
    stage.sandbox.path(person)
  }

  /// alice asks for db-read and bob approves; ci has it.
  private static func grant(in stage: Stage) async throws -> String {
    let id = try await stage.request()
    try await stage.expect(0, "approve", id, "--yes", in: "bob")
    try await stage.expect(0, "sync", in: "ci")
    return id
  }

  @Test func setsAreUnitedAndEachKeepsItsOwn() async throws {
    let (payments, web) = try await Self.stages()
    let ids = [try await Self.grant(in: payments), try await Self.grant(in: web)]
    let box = payments.sandbox
    let arguments = ["emit", "--repo", Self.place(web), "--repo", Self.place(payments)]
    let result = try await payments.run(
      arguments + ["--format", "json", "--format", "csv", "--output", box.path("out")], in: "ci")
    #expect(result.status == 0, "\(result.errorText)")
    let json = try #require(box.read("out/effective-union.json"))
    #expect(json.contains("\"schema\": \"daypass/effective-union/v1\""))
    for (name, stage, id) in [("payments", payments, ids[0]), ("web", web, ids[1])] {
      #expect(json.contains("\"\(name)/db-read\": {"), "\(json)")
      #expect(json.contains("\"root\": \"\(stage.root)\""))
      #expect(json.contains("\"grant\": \"\(id)\""))
      // Each has its own checkpoint.
      let kept = try await box.run(["sh", "-c", "ls .git/daypass"], in: Self.place(stage))
      #expect(kept.text.contains("checkpoint-"))
    }
    #expect(box.read("out/effective-union.csv")?.split(separator: "\n").count == 3)
    // Written canonically, as jq writes it.
    let sorted = try await box.run(["jq", "-S", "."], stdin: json)
    #expect(sorted.text + "\n" == json || sorted.text == json)
    // However they are named; where they lie is from -C on.
    let turned = try await payments.run(
      ["emit", "-C", box.path(""), "--repo", "ci", "--repo", Self.place(web), "--format", "csv"],
      in: "alice")
    #expect(turned.status == 0, "\(turned.errorText)")
    #expect(turned.text.split(separator: "\n").dropFirst().first?.hasPrefix("payments,") == true)
  }

  @Test func whatCannotBeToldApartIsRefused() async throws {
    let (one, other) = try await Self.stages("web", "web")
    let words = try await one.expect(
      2, "emit", "--repo", Self.place(one), "--repo", Self.place(other), in: "ci")
    #expect(words.contains("called web, and so is "), "\(words)")
    let same = try await one.expect(
      2, "emit", "--repo", "../ci", "--repo", "../alice", in: "ci")
    #expect(same.contains("../alice: the same root as ../ci"), "\(same)")
    for environment in [["DAYPASS_ROOT": one.root], ["GIT_DIR": Self.place(one) + "/.git"]] {
      try await one.expect(2, "emit", "--repo", "../ci", in: "ci", env: environment)
    }
    let rooted = try await one.expect(
      2, "emit", "--root", one.root, "--repo", "../ci", "--repo", Self.place(other), in: "ci")
    #expect(rooted.contains("--root names one repository's"), "\(rooted)")
    try await one.expect(2, "emit", "--keep-going", in: "ci")
    try await one.expect(
      2, "emit", "--keep-going", "--repo", "../ci", "--format", "csv", in: "ci")
  }

  @Test func oneThatCannotBeJudgedStopsAll() async throws {
    let (payments, web) = try await Self.stages()
    _ = try await Self.grant(in: web)
    try await payments.expect(0, "reconcile", "--assume-clock", in: "ci")
    try await payments.expect(0, "verify", in: "ci")
    // payments goes back behind what was verified there.
    try await payments.sandbox.git("update-ref", "refs/heads/main", payments.root, in: "ci")
    try await payments.sandbox.git(
      "update-ref", "refs/remotes/origin/main", payments.root, in: "ci")
    let box = web.sandbox
    let repositories = ["emit", "--repo", Self.place(payments), "--repo", Self.place(web)]
    let stopped = try await web.run(repositories + ["--output", box.path("out")], in: "ci")
    #expect(stopped.status == 3, "\(stopped.errorText)")
    #expect(stopped.errorText.hasPrefix("daypass: \(Self.place(payments)): "))
    #expect(box.read("out/effective-union.json") == nil)
    let printed = try await web.run(repositories, in: "ci")
    #expect(printed.status == 3 && printed.text.isEmpty)

    // Left out, where that is what was asked for: said in the file, on stderr, and by the code.
    let going = try await web.run(
      repositories + ["--keep-going", "--output", box.path("out")], in: "ci")
    #expect(going.status == 3, "\(going.errorText)")
    #expect(going.errorText.contains("left out, 1 of 2: payments"), "\(going.errorText)")
    let json = try #require(box.read("out/effective-union.json"))
    #expect(json.contains("\"exitCode\": \"3\"") && json.contains("\"web/db-read\""), "\(json)")
    #expect(!json.contains("payments/db-read"))

    // Of what has no root that can be read nobody knows the name.
    try await payments.sandbox.git("config", "--unset", "daypass.root", in: "ci")
    let unknown = try await web.run(repositories + ["--keep-going"], in: "ci")
    #expect(unknown.status == 1 && unknown.text.isEmpty, "\(unknown.errorText)")
  }

  @Test func nothingIsLeftWhereAllIsLeftOut() async throws {
    let stage = try await Stage(clones: ["ci"])
    try await stage.expect(0, "reconcile", "--assume-clock", in: "ci")
    let late = try await stage.run(
      ["emit", "--repo", ".", "--keep-going", "--now", "2040-01-01T00:00Z"], in: "ci")
    #expect(late.status == 6 && late.text.isEmpty, "\(late.text)\(late.errorText)")
  }
}
