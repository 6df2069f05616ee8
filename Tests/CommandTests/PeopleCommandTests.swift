import GitStore
import TestSupport
import Testing

/// The commands of those who ask and those who decide, on real git with real keys.
@Suite("People's commands")
struct PeopleCommandTests {
  @Test func deniedRequestNamesEveryReason() async throws {
    let ground = try await Playground()
    let before = try await ground.sandbox.git("rev-parse", "main", in: "hub.git")
    let result = try await ground.daypass(
      "alice", "request", "prod-admin", "--for", "9h", "--why", "short", "--ticket", "nope")
    #expect(result.status == 4)
    for words in [
      "asked for 9h; the longest is 4h", "policies/roles/prod-admin.yaml:",
      "missing: a justification of 10 characters or more", "does not match [A-Z]+-[0-9]+",
      "from: alice@example.com",
    ] {
      #expect(result.errorText.contains(words))
    }
    #expect(try await ground.sandbox.git("rev-parse", "main", in: "hub.git") == before)
  }

  @Test func dryRunChangesNothing() async throws {
    let ground = try await Playground()
    let text = try await ground.must(
      "alice", "request", "db-read", "--why", "trace it", "--dry-run", "-o", "json")
    #expect(Playground.value(of: "dryRun", in: text) == "true")
    #expect(Playground.value(of: "commit", in: text) == "null")
    #expect(try await ground.must("alice", "list", "-o", "json") == "[]")
  }

  @Test func keyOfNobodySignsNothing() async throws {
    let ground = try await Playground()
    let result = try await ground.daypass("mallory", "request", "db-read", "--why", "trace it")
    #expect(result.status == 4)
    #expect(result.errorText.contains("is nobody's here"))
    let other = try await ground.daypass(
      "bob", "request", "db-read", "--why", "trace it", "--as", "alice@example.com")
    #expect(other.status == 2)
  }

  @Test func approveShowsWhatItComesTo() async throws {
    let ground = try await Playground()
    let id = try await ground.request(
      "alice", "prod-admin", "--for", "2h", "--why", "rotate the certificate")
    let own = try await ground.daypass("alice", "approve", id)
    #expect(own.status == 4)
    #expect(own.errorText.contains("nobody approves what they asked for"))
    let text = try await ground.must("bob", "approve", id, "--for", "1h", "--comment", "enough")
    for words in [
      "holds now  nothing", "cluster-admin on prod", "1h of the 2h asked for",
      "the clock starts when you sign", "alice@example.com holds prod-admin until ",
    ] {
      #expect(text.contains(words))
    }
    let again = try await ground.daypass("dave", "approve", id)
    #expect(again.status == 1)
    #expect(again.errorText.contains("is active already, until"))
  }

  @Test func endingsAndWhatShowSaysOfThem() async throws {
    let ground = try await Playground()
    let rejected = try await ground.request("alice", "db-read", "--why", "trace it")
    #expect(try await ground.daypass("bob", "reject", rejected).status == 2)
    try await ground.must("bob", "reject", rejected, "--why", "not today")
    let withdrawn = try await ground.request("alice", "db-read", "--why", "trace it")
    #expect(try await ground.daypass("bob", "withdraw", withdrawn).status == 4)
    try await ground.must("alice", "withdraw", withdrawn)
    let active = try await ground.request("alice", "db-read", "--why", "trace it")
    try await ground.must("bob", "approve", active)
    // It ends the grant, as a revocation does.
    #expect(try await ground.daypass("bob", "retract", active).status == 2)
    try await ground.must("bob", "retract", active, "--why", "the wrong one")
    try await ground.sync("alice")
    #expect(try await ground.must("alice", "show", rejected).contains("rejected by bob"))
    #expect(try await ground.must("alice", "show", withdrawn).contains("withdrawn by alice"))
    let text = try await ground.must("alice", "show", active)
    #expect(text.contains("revoked by bob@example.com: the wrong one"))
    #expect(text.contains("approve  active   bob@example.com"))
    #expect(try await ground.must("alice", "list", "-o", "json") == "[]")
    let closed = try await ground.must("alice", "list", "--state", "closed", "-o", "json")
    #expect(closed.contains(rejected) && closed.contains(withdrawn) && closed.contains(active))
  }

  @Test func revokeAllEndsWhatItNames() async throws {
    let ground = try await Playground()
    for (person, role) in [("alice", "db-read"), ("dave", "db-read"), ("alice", "prod-admin")] {
      let id = try await ground.request(person, role, "--why", "trace an order")
      try await ground.must("bob", "approve", id)
    }
    #expect(try await ground.daypass("alice", "revoke", "--all", "--why", "x").status == 4)
    #expect(try await ground.daypass("carol", "revoke", "--of", "a").status == 2)
    try await ground.must(
      "carol", "revoke", "--all", "--of", "alice@example.com", "--role", "db-read", "--why", "x")
    try await ground.sync("carol")
    #expect(
      try await ground.must("carol", "list", "--person", "alice@example.com", "-o", "json")
        .contains("prod-admin"))
    try await ground.must("carol", "revoke", "--all", "--why", "incident 7")
    let again = try await ground.must("carol", "revoke", "--all", "--why", "incident 7")
    #expect(again.contains("nothing to revoke"))
  }

  @Test func foreignTextIsHarmless() async throws {
    let ground = try await Playground()
    let refused = try await ground.daypass(
      "alice", "request", "db-read", "--why", "red \u{1b}[31m text")
    #expect(refused.status == 2)
    #expect(!refused.errorText.contains("\u{1b}"))
    let unknown = try await ground.daypass("alice", "show", "x\u{1b}[31m")
    #expect(unknown.status == 2)
    let id = try await ground.request("alice", "db-read", "--why", "one\nline id: forged")
    #expect(try await ground.must("alice", "list").contains("one\\nline id: forged"))
    let comment = try await ground.daypass(
      "bob", "approve", id, "--comment", "red \u{1b}[31m text", "--dry-run")
    #expect(comment.status == 2)
    // Every line of it stands indented, so that none passes for a line of the page's own.
    #expect(try await ground.must("alice", "show", id).contains("    line id: forged\n"))
  }

  @Test func amendmentDropsApprovalsAndIsSeenByTheReviewer() async throws {
    let ground = try await Playground(policies: [
      "roles/pair.yaml": """
      description: Two agree
      requestable: {groups: [engineers]}
      scope: {env: [prod, staging]}
      approval:
        stages:
          - from: {groups: [leads]}
            quorum: 2

      """
    ])
    let id = try await ground.request("alice", "pair", "--why", "x", "--scope", "env=prod")
    let first = try await ground.must("bob", "approve", id)
    #expect(first.contains("still pending: 1 more of leads (dave@example.com)"))
    #expect(first.contains("1 of 2"))
    try await Task.sleep(for: .seconds(1.1))
    let text = try await ground.must("alice", "amend", id, "--for", "30m", "--scope", "env=staging")
    #expect(text.contains("approvals lost") && text.contains("bob@example.com"))
    #expect(try await ground.daypass("bob", "amend", id, "--for", "20m").status == 4)
    #expect(try await ground.daypass("alice", "amend", id).status == 2)
    try await ground.must("dave", "approve", id)
    try await ground.must("bob", "approve", id)
    let shown = try await ground.must("bob", "show", id, "-o", "json")
    #expect(Playground.value(of: "status", in: shown) == "active")
    #expect(Playground.value(of: "env", in: shown) == "staging")
  }

  @Test func shortenedDurationIsShown() async throws {
    let role = """
      description: Two agree
      requestable: {groups: [engineers]}
      approval:
        stages:
          - from: {groups: [leads]}
            quorum: 2

      """
    let ground = try await Playground(policies: ["roles/pair.yaml": role])
    let id = try await ground.request("alice", "pair", "--why", "x", "--for", "2h")
    #expect(try await ground.must("alice", "show", id).contains(/duration +2h\n/))
    try await ground.must("bob", "approve", id, "--for", "1h")
    let shortened = try await ground.must("bob", "show", id)
    #expect(shortened.contains(/duration +1h of the 2h asked for\n/), "\(shortened)")
    try await ground.must("carol", "sync")
    try ground.sandbox.write(
      "carol/policies/roles/pair.yaml", role + "duration: {max: PT30M, default: PT30M}\n")
    try await ground.must("carol", "policy", "commit", "--yes")
    try await ground.must("dave", "sync")
    let capped = try await ground.must("dave", "show", id)
    #expect(
      capped.contains(
        "at most 30m by now (policies/roles/pair.yaml:7): daypass approve \(id) --for"),
      "\(capped)")
    #expect(try await ground.daypass("dave", "approve", id).status == 4)
    let approved = try await ground.must("dave", "approve", id, "--for", "30m")
    #expect(approved.contains("30m of the 2h asked for"), "\(approved)")
    #expect(
      try await ground.must("dave", "show", id).contains(/duration +30m of the 2h asked for\n/))
  }

  @Test func roleIsSaidWithItsScope() async throws {
    let ground = try await Playground(policies: [
      "roles/deploy.yaml": """
      description: Deploy
      requestable: {groups: [engineers]}
      scope: {env: [prod, staging]}
      approval:
        stages:
          - from: {groups: [leads]}
            quorum: 1

      """
    ])
    let asked = try await ground.must(
      "alice", "request", "deploy", "--why", "x", "--scope", "env=prod")
    #expect(asked.contains("done asked for deploy [env=prod] for 1h"), "\(asked)")
    let id = String(try #require(asked.firstMatch(of: /Z-([0-9a-z]{8})/)).1)
    let approved = try await ground.must("bob", "approve", id)
    #expect(approved.contains("holds deploy [env=prod] until"), "\(approved)")
    let log = try await ground.must("bob", "log", id)
    #expect(log.contains(/approve .* deploy \[env=prod\] for alice/), "\(log)")
    let json = try await ground.must("bob", "log", id, "-o", "json")
    #expect(Playground.value(of: "env", in: json) == "prod", "\(json)")
    let ended = try await ground.must("bob", "revoke", id, "--why", "enough")
    #expect(ended.contains("done revoked deploy [env=prod] of alice"), "\(ended)")
  }

  @Test func automaticRoleIsActiveAtOnce() async throws {
    let ground = try await Playground(policies: [
      "daypass.yaml": """
      schema: daypass/policy/v1
      name: example
      serial: 1
      admins: [carol@example.com]
      adminQuorum: 1
      reconcilers: [ci@example.com]
      settings:
        requireApproval: false

      """,
      "roles/auto.yaml": """
      description: Automatic
      requestable: {groups: [engineers]}
      approval: {none: true}

      """,
    ])
    let text = try await ground.must("alice", "request", "auto", "--why", "look")
    #expect(text.contains("none is needed: it is active at once"))
    #expect(text.contains("auto is active until "))
  }

  @Test func tamperedGrantIsShownAsDisputed() async throws {
    let ground = try await Playground()
    let id = try await ground.request("alice", "db-read", "--why", "trace it")
    try await ground.sync("bob")
    let files = try await ground.sandbox.git("ls-files", "grants/pending", in: "bob")
    let active = files.split(separator: "/").map(String.init)
    let target = (["grants", "active"] + active.dropFirst(2)).joined(separator: "/")
    try ground.sandbox.write(
      "bob/" + target, ground.sandbox.read("bob/" + files) ?? "")
    try await ground.sandbox.git("rm", "-q", files, in: "bob")
    try await ground.sandbox.git("add", target, in: "bob")
    try await ground.sandbox.git("commit", "-q", "-m", "sneak", in: "bob")
    let shown = try await ground.daypass("bob", "show", id)
    #expect(shown.status == 3)
    #expect(shown.text.contains("state          pending"))
    #expect(shown.text.contains("rule signature"))
    let list = try await ground.daypass("bob", "list")
    #expect(list.status == 0)
    #expect(list.errorText.contains("not what was signed for"))
  }
}
