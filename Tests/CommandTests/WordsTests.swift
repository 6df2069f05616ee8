import TestSupport
import Testing

/// What people are told when they mistype, are late, or have not set everything up.
@Suite struct WordsTests {
  @Test func mistypedCommandIsGuessed() async throws {
    let sandbox = try Sandbox()
    for (typed, meant) in [
      (["aprove"], "daypass approve"), (["lst"], "daypass list"),
      (["policy", "comit"], "daypass policy commit"), (["help", "aprove"], "daypass approve"),
    ] {
      let result = try await sandbox.run([Stage.binary] + typed)
      #expect(result.status == 2)
      #expect(result.errorText.contains("Did you mean \(meant)?"), "\(result.errorText)")
    }
    let far = try await sandbox.run([Stage.binary, "zzzzzz"])
    #expect(far.status == 2)
    #expect(!far.errorText.contains("Did you mean"))
    #expect(try await sandbox.run([Stage.binary, "help", "policy"]).status == 0)
  }

  @Test func badValuesAreAnsweredWithAnExample() async throws {
    let sandbox = try Sandbox()
    for (arguments, example) in [
      (["request", "db-read", "--for", "soon"], "Use for example 4h, 1h30m"),
      (["request", "db-read", "--until", "noon"], "Use for example 2026-11-23T22:00Z"),
      (["request", "DB"], "Use for example prod-admin"),
      (["list", "--person", "a b"], "Use for example alice@example.com"),
      (["approve", "a b"], "Use for example k3f9"),
    ] {
      let result = try await sandbox.run([Stage.binary] + arguments)
      #expect(result.status == 2)
      #expect(result.errorText.contains(example), "\(result.errorText)")
    }
  }

  @Test func dryRunsPromiseNothing() async throws {
    let stage = try await Stage(clones: ["alice", "bob", "carol", "ci"])
    let why = ["--why", "to look at one row", "--dry-run"]
    let asked = try await stage.run(["request", "db-read"] + why, in: "alice").text
    #expect(asked.contains("dry run: nothing was written; the id is given when it is signed"))
    #expect(
      !asked.contains("\nnext ") && !asked.contains("\nthen ")
        && !asked.contains(/[0-9]{8}T[0-9]{6}Z-/))
    let json = try await stage.run(["request", "db-read", "-o", "json"] + why, in: "alice").text
    #expect(Playground.value(of: "id", in: json) == "null")
    #expect(Playground.value(of: "short", in: json) == "null")
    #expect(Playground.value(of: "next", in: json) == "null")
    let id = try await stage.request()
    let before = try await stage.fingerprint(of: "bob")
    let file = "carol/policies/daypass.yaml"
    let text = try #require(stage.sandbox.read(file))
    try stage.sandbox.write(file, text.replacing("maxDuration: PT8H", with: "maxDuration: PT4H"))
    for (person, arguments) in [
      ("bob", ["approve", id]), ("bob", ["reject", id, "--why", "no"]),
      ("carol", ["policy", "commit"]),
      ("bob", ["trust", stage.root]), ("ci", ["reconcile", "--assume-clock"]), ("bob", ["sync"]),
    ] {
      let words = try await stage.run(arguments + ["--dry-run"], in: person)
      #expect(words.status == 0, "\(arguments): \(words.errorText)")
      #expect(words.text.contains("dry run: nothing was written"), "\(arguments): \(words.text)")
      #expect(!words.text.contains("\nnext ") && !words.text.contains("\nthen "))
    }
    #expect(try await stage.fingerprint(of: "bob") == before)
  }

  @Test func unknownNamesAreNoEmptyAnswer() async throws {
    let stage = try await Stage(clones: ["alice"])
    for arguments in [
      ["list", "--role", "db-raed"], ["roles", "db-raed"],
      ["request", "db-raed", "--why", "to look at one row"],
    ] {
      let result = try await stage.run(arguments, in: "alice")
      #expect(result.status == 4)
      #expect(result.errorText.contains("Did you mean db-read?"), "\(result.errorText)")
    }
    let person = try await stage.expect(4, "list", "--person", "bbo@example.com", in: "alice")
    #expect(person.contains("Did you mean bob@example.com?"))
    let lapsed = try await stage.expect(0, "list", "--state", "lapsed", in: "alice")
    #expect(lapsed.contains("no grant has ended as lapsed"))
    let typo = try await stage.expect(
      4, "revoke", "--all", "--of", "bbo@example.com", "--why", "left", in: "alice")
    #expect(typo.contains("Did you mean bob@example.com?"))
    try await stage.expect(
      4, "revoke", "--all", "--role", "db-raed", "--why", "left", "-o", "json", in: "alice")
    let none = try await stage.expect(
      0, "revoke", "--all", "--of", "bob@example.com", "--why", "left", in: "alice")
    #expect(none.contains("nothing to revoke: bob@example.com holds no active grant"), "\(none)")
  }

  @Test func whatIsOverOrDoneAlreadyIsSaid() async throws {
    let stage = try await Stage(clones: ["alice", "bob"])
    let id = try await stage.request()
    let unknown = try await stage.expect(1, "approve", "zzzz", in: "bob")
    #expect(unknown.contains("daypass list --reviewable") && unknown.contains("daypass list --all"))
    #expect(!unknown.contains("daypass show zzzz"))
    try await stage.expect(0, "approve", id, "--yes", in: "bob")
    let again = try await stage.expect(1, "approve", id, in: "bob")
    #expect(again.contains("is active already, until ") && !again.contains("revoke"))
    try await stage.expect(0, "sync", in: "alice")
    let before = try await stage.fingerprint(of: "alice")
    for arguments in [["revoke", id], ["revoke", id, "--dry-run"]] {
      let late = try await stage.run(
        arguments + ["--now", "2099-01-01T00:00Z", "--no-push", "--yes"], in: "alice")
      #expect(late.status == 1)
      #expect(late.errorText.contains("has expired already, at "), "\(late.errorText)")
    }
    #expect(try await stage.fingerprint(of: "alice") == before)
    try await stage.expect(0, "revoke", id, "--yes", in: "alice")
  }

  @Test func signingTroubleNamesTheCommand() async throws {
    let stage = try await Stage(clones: ["alice"])
    let ask = ["request", "db-read", "--why", "to look at one row", "--yes"]
    func say(_ words: String...) async throws {
      let result = try await stage.run(ask, in: "alice")
      #expect(result.status == 1)
      for word in words { #expect(result.errorText.contains(word), "\(result.errorText)") }
      #expect(result.text.isEmpty, "nobody was shown what they could not sign")
    }
    try await stage.sandbox.git("config", "--unset", "user.signingKey", in: "alice")
    try await say("user.signingkey", "git config user.signingkey ~/.ssh/id_ed25519.pub")
    let who = try await stage.expect(0, "whoami", in: "alice")
    #expect(who.contains("no key to sign with is set"))
    try await stage.sandbox.git("config", "user.signingKey", "/nope/key.pub", in: "alice")
    try await say("/nope/key.pub does not exist", "git config user.signingkey")
    // The public half alone, and no agent.
    try stage.sandbox.write("lone/key.pub", stage.sandbox.read("home/.ssh/alice.pub") ?? "")
    try await stage.sandbox.git(
      "config", "user.signingKey", stage.sandbox.path("lone/key.pub"), in: "alice")
    let result = try await stage.run(ask, in: "alice")
    #expect(result.status == 1)
    #expect(result.errorText.contains("ssh-add"))
    // Healing needs no standing, but a key.
    try stage.sandbox.write("alice/grants/stray.json", "{}\n")
    try await stage.sandbox.git("add", "-A", in: "alice")
    try await stage.sandbox.git("commit", "-q", "-m", "stray", in: "alice")
    try await stage.sandbox.git("config", "--unset", "user.signingKey", in: "alice")
    let heal = try await stage.expect(1, "heal", "--no-push", "--yes", in: "alice")
    #expect(heal.contains("git config user.signingkey"))
    let dry = try await stage.expect(0, "heal", "--no-push", "--dry-run", in: "alice")
    #expect(dry.contains("dry run: nothing was written"))
  }

  @Test func repositoriesThatAreNotSetUpSayWhatToType() async throws {
    let stage = try await Stage(clones: ["alice"])
    let box = stage.sandbox
    try await box.git("init", "-q", "plain")
    for command in ["whoami", "list"] {
      #expect(try await stage.expect(1, command, in: "plain").contains("daypass init"))
    }
    #expect(try await stage.expect(0, "trust", in: "plain").contains("No root is trusted yet"))
    try await box.git("config", "--unset", "daypass.root", in: "alice")
    let words = try await stage.expect(1, "list", in: "alice")
    #expect(words.contains("daypass trust COMMIT") && !words.contains("daypass init"))
    let json = try await stage.expect(0, "trust", "-o", "json", in: "alice")
    #expect(Playground.value(of: "root", in: json) == "null")
  }

  @Test func renamedBranchIsNamedWithItsSetting() async throws {
    let stage = try await Stage(clones: ["alice"])
    let box = stage.sandbox
    try await box.git("remote", "remove", "origin", in: "alice")
    try await box.git("config", "daypass.branch", "main", in: "alice")
    try await box.git("branch", "-m", "main", "trunk", in: "alice")
    for arguments in [["list"], ["request", "db-read", "--why", "one row"], ["policy", "commit"]] {
      let result = try await stage.run(arguments, in: "alice")
      #expect(result.status == 1)
      #expect(result.errorText.contains("git config daypass.branch trunk"), "\(result.errorText)")
      #expect(!result.errorText.contains("daypass init"))
    }
    try await box.git("config", "daypass.branch", "trunk", in: "alice")
    try await stage.expect(0, "list", in: "alice")
  }

  @Test func rollbackNamesBothHeadsAndTheWayOn() async throws {
    let stage = try await Stage(clones: ["alice"])
    let box = stage.sandbox
    // Written without a remote; then one comes that never had it.
    try await box.git("remote", "remove", "origin", in: "alice")
    _ = try await stage.request()
    let lost = try await box.git("rev-parse", "HEAD", in: "alice")
    try await box.git("remote", "add", "origin", box.path("remote.git"), in: "alice")
    try await box.git("fetch", "-q", "origin", in: "alice")
    try await box.git("reset", "-q", "--hard", "origin/main", in: "alice")
    let words = try await stage.expect(3, "list", in: "alice")
    for part in [
      String(stage.root.prefix(10)), "git reset --keep \(lost.prefix(10))", "never pushed",
      "daypass trust --forget",
    ] { #expect(words.contains(part), "\(words)") }
    try await box.git("reset", "-q", "--keep", lost, in: "alice")
    try await stage.expect(0, "list", in: "alice")
    try await box.git("reset", "-q", "--hard", "origin/main", in: "alice")
    try await stage.expect(0, "trust", "--forget", "--yes", in: "alice")
    try await stage.expect(0, "sync", in: "alice")
  }

  @Test func syncForProgramsAndTheNewestOfTheLog() async throws {
    let stage = try await Stage(clones: ["alice", "bob"])
    _ = try await stage.request()
    let last = try await stage.request("prod-admin")
    let dry = try await stage.expect(0, "sync", "--dry-run", "-o", "json", in: "bob")
    #expect(Playground.value(of: "moved", in: dry) == "false")
    let json = try await stage.expect(0, "sync", "-o", "json", in: "bob")
    #expect(Playground.value(of: "moved", in: json) == "true")
    #expect(Playground.value(of: "before", in: json) == stage.root)
    let log = try await stage.expect(0, "log", "-n", "1", "-o", "json", in: "bob")
    #expect(try Stage.id(in: log) == last)
    #expect(log.split(separator: "\n").count { $0.contains("\"what\"") } == 1)
    try await stage.expect(2, "log", "--limit", "0", in: "bob")
  }
}
