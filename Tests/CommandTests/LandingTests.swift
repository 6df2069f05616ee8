import GitStore
import TestSupport
import Testing

/// Requests on branches of their own, approved there by two people, landed by the reconciler.
@Suite(.timeLimit(.minutes(8))) struct LandingTests {
  /// A remote that lets nobody push to `main`, but for one who may: as a forge protects a branch.
  private func protected() async throws -> Stage {
    let stage = try await Stage(clones: ["alice", "bob", "dave", "ci"])
    try stage.sandbox.write(
      "remote.git/hooks/pre-receive",
      """
      #!/bin/sh
      [ -n "$MAY_PUSH" ] && exit 0
      while read -r old new ref; do
        if [ "$ref" = refs/heads/main ]; then
          echo "GitLab: You are not allowed to push code to protected branches on this project."
          exit 1
        fi
        echo "To create a merge request for ${ref#refs/heads/}, visit:"
        echo "  https://git.example.com/access/-/merge_requests/new"
      done
      """)
    _ = try await stage.sandbox.run([
      "chmod", "+x", stage.sandbox.path("remote.git/hooks/pre-receive"),
    ])
    return stage
  }

  private func land(_ stage: Stage, _ status: Int32, _ arguments: String...) async throws -> String
  {
    let result = try await stage.run(
      ["land", "--assume-clock", "--yes"] + arguments, in: "ci", env: ["MAY_PUSH": "1"])
    let words = result.text + result.errorText
    #expect(result.status == status, "\(words)")
    return words
  }

  @Test func requestApproveByTwoOnTheBranchLandEffective() async throws {
    let stage = try await protected()
    let words = try await stage.expect(
      0, "request", "db-read", "--why", "to look at one row", "--yes", in: "alice")
    #expect(words.contains("lets nobody push"), "\(words)")
    #expect(words.contains("open https://git.example.com/access/-/merge_requests/new"))
    let id = try Stage.id(in: words)
    #expect(words.contains("on daypass/\(id)"))

    try await stage.expect(0, "sync", in: "bob")
    let waiting = try await stage.expect(0, "list", "--reviewable", in: "bob")
    #expect(waiting.contains("pending (branch)"), "\(waiting)")
    let approved = try await stage.expect(0, "approve", id, "--yes", in: "bob")
    #expect(approved.contains("once landed"), "\(approved)")
    let check = try await stage.expect(0, "check", "--land", "daypass/\(id)", in: "bob")
    #expect(check.contains("may land"), "\(check)")

    let landed = try await land(stage, 0, "--all")
    #expect(landed.contains("landed daypass/\(id)"), "\(landed)")
    try await stage.expect(0, "sync", in: "alice")
    let held = try await stage.expect(0, "list", "--state", "active", in: "alice")
    #expect(held.contains("db-read"), "\(held)")
    try await stage.expect(0, "verify", in: "alice")
    #expect(try await land(stage, 0, "--all").contains("Nothing to land"))
  }

  @Test func aPieceOfTheIdNamesTheBranch() async throws {
    let stage = try await Stage(clones: ["alice", "bob", "ci"])
    var ids: [String] = []
    for role in ["db-read", "prod-admin"] {
      let words = try await stage.expect(
        0, "request", role, "--why", "rotate the certificate", "--branch", "--yes", in: "alice")
      ids.append(try Stage.id(in: words))
    }
    let short = String(ids[0].suffix(8))
    let unheard = try await stage.expect(1, "check", "--land", short, in: "bob")
    #expect(unheard.contains("no branch, commit or grant \(short) here"), "\(unheard)")
    #expect(unheard.contains("daypass sync"), "\(unheard)")
    try await stage.expect(0, "sync", in: "bob")
    let check = try await stage.expect(0, "check", "--land", short, in: "bob")
    #expect(check.contains("daypass/\(ids[0]) at"), "\(check)")
    let both = try await stage.expect(2, "check", "--land", String(ids[0].prefix(8)), in: "bob")
    #expect(both.contains("could be 2 grants"), "\(both)")
    #expect(try await land(stage, 0, short).contains("landed daypass/\(ids[0])"))
    #expect(try await land(stage, 1, "zzzz").contains("there is no branch zzzz"))
  }

  /// A branch that waits is no dispute: its steps have not landed, and landing writes the belief.
  @Test func whatWaitsOnItsBranchIsShownWithoutAlarm() async throws {
    let stage = try await Stage(clones: ["alice", "bob"])
    let words = try await stage.expect(
      0, "request", "db-read", "--why", "to look at one row", "--branch", "--yes", in: "alice")
    let id = try Stage.id(in: words)
    let unheard = try await stage.expect(1, "show", id, in: "bob")
    #expect(unheard.contains("what others did since: daypass sync"), "\(unheard)")
    try await stage.expect(0, "approve", id, "--yes", in: "bob")
    let shown = try await stage.expect(0, "show", String(id.suffix(8)), in: "bob")
    #expect(shown.contains(/branch +daypass\/[^ ]*, not landed/), "\(shown)")
    #expect(shown.contains("active once landed") && shown.contains(/approve .*not landed/))
    #expect(!shown.contains("disputed") && !shown.contains("heal"), "\(shown)")
    let json = try await stage.run(["show", id, "-o", "json"], in: "bob")
    #expect(json.status == 0)
    #expect(Playground.value(of: "branch", in: json.text) == "daypass/\(id)")
    #expect(Playground.value(of: "landedAt", in: json.text) == "null", "\(json.text)")
  }

  @Test func twoOfOneHourInFlightBothLand() async throws {
    let stage = try await Stage(clones: ["alice", "bob", "ci"])
    var ids: [String] = []
    for role in ["db-read", "prod-admin"] {
      let words = try await stage.expect(
        0, "request", role, "--why", "rotate the certificate", "--branch", "--yes", in: "alice")
      ids.append(try Stage.id(in: words))
    }
    for id in ids { try await stage.expect(0, "approve", id, "--yes", in: "bob") }
    let words = try await land(stage, 0, "--all")
    for id in ids { #expect(words.contains("landed daypass/\(id)"), "\(words)") }
    try await stage.expect(0, "verify", in: "ci")
    let list = try await stage.expect(0, "list", "--state", "active", in: "ci")
    for id in ids { #expect(list.contains(id.suffix(8)), "\(list)") }
  }

  @Test func twoThatAreFineAloneAndTooManyTogether() async throws {
    // One open grant of a role for each person.
    let stage = try await Stage(clones: ["alice", "bob", "ci"])
    var ids: [String] = []
    for _ in 1...2 {
      let words = try await stage.expect(
        0, "request", "db-read", "--why", "to look at one row", "--branch", "--yes", in: "alice")
      ids.append(try Stage.id(in: words))
    }
    let words = try await land(stage, 4, "--all")
    #expect(words.contains("landed daypass/\(ids[0])"), "\(words)")
    #expect(words.contains("left daypass/\(ids[1])"), "\(words)")
    #expect(words.contains("rule policy-allows"), "\(words)")
    try await stage.expect(0, "verify", in: "ci")
  }

  @Test func aRequestOnABranchIsWithdrawnThere() async throws {
    let stage = try await Stage(clones: ["alice", "bob", "ci"])
    let words = try await stage.expect(
      0, "request", "db-read", "--why", "to look at one row", "--branch", "--yes", in: "alice")
    let id = try Stage.id(in: words)
    try await stage.expect(0, "withdraw", id, "--yes", in: "alice")
    #expect(try await land(stage, 0, "--all").contains("landed"))
    let all = try await stage.expect(0, "list", "--all", in: "ci")
    #expect(all.contains("withdrawn"), "\(all)")
  }

  /// A forge's "update branch": other files that came from the mainline are not the branch's own.
  @Test func aBranchThatMergedTheMainlineStillLands() async throws {
    let stage = try await Stage(clones: ["alice", "bob", "ci"])
    let words = try await stage.expect(
      0, "request", "db-read", "--why", "to look at one row", "--branch", "--yes", in: "alice")
    let id = try Stage.id(in: words)
    try await stage.expect(0, "approve", id, "--yes", in: "bob")
    try stage.sandbox.write("ci/notes.txt", "for everybody\n")
    try await stage.sandbox.git("add", "-A", in: "ci")
    try await stage.sandbox.git("commit", "-q", "-m", "Notes", in: "ci")
    try await stage.sandbox.git("push", "-q", "origin", "main", in: "ci")
    try await stage.sandbox.git("fetch", "-q", in: "bob")
    try await stage.sandbox.git("checkout", "-q", "-b", "update", "origin/daypass/\(id)", in: "bob")
    try await stage.sandbox.git("merge", "-q", "--no-ff", "--no-edit", "origin/main", in: "bob")
    try await stage.sandbox.git("push", "-q", "origin", "update:daypass/\(id)", in: "bob")
    #expect(try await land(stage, 0, "--all").contains("landed"))
    try await stage.expect(0, "verify", in: "ci")
    #expect(stage.sandbox.read("ci/notes.txt") == "for everybody\n")
  }

  /// A pin on the flipped line would make a second mainline of it.
  @Test func nothingLandsUponAFlippedHeadUntilItIsStraightened() async throws {
    let stage = try await Stage(clones: ["alice", "bob", "ci"])
    try await stage.expect(
      0, "request", "db-read", "--why", "to look at one row", "--branch", "--yes", in: "alice")
    _ = try await stage.request("prod-admin", by: "alice")
    try await stage.expect(0, "reconcile", "--assume-clock", in: "ci")
    let git = { (arguments: String...) async throws in
      _ = try await stage.sandbox.run(["git", "-C", stage.sandbox.path("bob")] + arguments)
    }
    try await git("commit", "-q", "--allow-empty", "-m", "Mine")
    try await git("pull", "-q", "--no-rebase", "--no-edit", "origin", "main")
    try await git("push", "-q", "origin", "main")
    #expect(try await land(stage, 5, "--all").contains("daypass reconcile"))
    try await stage.expect(0, "reconcile", "--assume-clock", in: "ci")
    #expect(try await land(stage, 0, "--all").contains("landed"))
    try await stage.clone("dave")
    try await stage.expect(0, "verify", in: "dave")
  }

  @Test func aMalformedBranchKeepsNoOtherFromLanding() async throws {
    let stage = try await Stage(clones: ["alice", "ci"])
    let words = try await stage.expect(
      0, "request", "db-read", "--why", "to look at one row", "--branch", "--yes", in: "alice")
    let id = try Stage.id(in: words)
    let raw = try GitRepository.open(at: stage.sandbox.path("remote.git"))
    let tip = try #require(try raw.tip(of: "refs/heads/daypass/\(id)"))
    let blob = try raw.write(.blob, [1])
    // Twice the same name.
    let entry = Array("100644 a\0".utf8) + blob.bytes
    let tree = try raw.write(.tree, entry + entry)
    let person = "M <m@example.com> 1790000000 +0000"
    let bad = try raw.write(
      .commit,
      Array(
        ("tree \(tree)\nparent \(tip)\nparent \(stage.root)\nauthor \(person)\n"
          + "committer \(person)\n\nbad\n").utf8))
    try raw.move(
      "refs/heads/daypass/20200101T000000Z-00000000", to: bad, expecting: nil, because: "attack")
    let report = try await land(stage, 4, "--all")
    #expect(report.contains("landed daypass/\(id)"), "\(report)")
    #expect(report.contains("left daypass/20200101T000000Z-00000000"), "\(report)")
  }

  /// Signatures alone decide what lands; a forge's button would take the files along.
  @Test func anUnsignedMergeWithFilesOfItsOwnIsNotCalledClean() async throws {
    let stage = try await Stage(clones: ["alice", "bob", "ci"])
    let words = try await stage.expect(
      0, "request", "db-read", "--why", "to look at one row", "--branch", "--yes", in: "alice")
    let lane = "origin/daypass/" + (try Stage.id(in: words))
    try await stage.sandbox.git("fetch", "-q", in: "bob")
    try await stage.expect(0, "check", "--land", lane, in: "bob")
    try await stage.sandbox.git("checkout", "-q", "-b", "evil", in: "bob")
    try await stage.sandbox.git("merge", "-q", "--no-ff", "--no-commit", lane, in: "bob")
    try stage.sandbox.write("bob/grants/stray", "x")
    try stage.sandbox.write("bob/policies/roles/evil.yaml", "x: y\n")
    try await stage.sandbox.git("add", "-A", in: "bob")
    try await stage.sandbox.git("commit", "-q", "--no-gpg-sign", "-m", "Merge", in: "bob")
    let check = try await stage.expect(4, "check", "--land", "evil", in: "bob")
    #expect(check.contains("grants/stray is not what would be believed"), "\(check)")
    #expect(check.contains("policies is not what would be believed"), "\(check)")
  }

  @Test func aBranchThatChangesOtherFilesIsLeft() async throws {
    let stage = try await Stage(clones: ["alice", "ci"])
    try await stage.sandbox.git("checkout", "-q", "-b", "more", in: "alice")
    try stage.sandbox.write("alice/notes.txt", "mine\n")
    try await stage.sandbox.git("add", "-A", in: "alice")
    try await stage.sandbox.git("commit", "-q", "-m", "Notes", in: "alice")
    try await stage.sandbox.git("config", "daypass.branch", "more", in: "alice")
    try await stage.expect(
      0, "request", "db-read", "--why", "to look at one row", "--no-push", "--yes", in: "alice")
    try await stage.sandbox.git("push", "-q", "origin", "more", in: "alice")
    let words = try await land(stage, 4, "more")
    #expect(words.contains("it changes notes.txt"), "\(words)")
  }

  /// What a forge's buttons can do to a branch; afterwards the branch itself still lands.
  @Test(arguments: ["squash", "rebase", "ours", "flipped", "revert"])
  func whatABadMergeLosesTheBranchStillBrings(_ kind: String) async throws {
    let stage = try await Stage(clones: ["alice", "bob", "ci"])
    let words = try await stage.expect(
      0, "request", "db-read", "--why", "to look at one row", "--branch", "--yes", in: "alice")
    let id = try Stage.id(in: words)
    try await stage.expect(0, "approve", id, "--yes", in: "bob")
    // Something else lands meanwhile, and is pinned.
    _ = try await stage.request("prod-admin", by: "alice")
    try await stage.expect(0, "reconcile", "--assume-clock", in: "ci")

    try await stage.expect(0, "sync", in: "bob")
    let lane = "origin/daypass/\(id)"
    let git = { (arguments: String...) async throws in
      let result = try await ProgramRunner(stage.sandbox.environment).run(
        ["git", "-c", "commit.gpgSign=false", "-c", "merge.directoryRenames=false"] + arguments,
        in: stage.sandbox.path("bob"))
      #expect(result.succeeded, "git \(arguments): \(result.errorText)")
    }
    try await git("checkout", "-q", "-b", "bad")
    switch kind {
    case "squash":
      try await git("merge", "-q", "--squash", lane)
      try await git("commit", "-q", "-m", "Squashed")
    case "rebase": try await git("cherry-pick", "main..\(lane)")
    case "ours": try await git("merge", "-q", "--no-ff", "-s", "ours", "-m", "Ours", lane)
    case "flipped":
      try await git("reset", "-q", "--hard", lane)
      try await git("merge", "-q", "--no-ff", "--no-edit", "main")
    default:
      try await git("merge", "-q", "--no-ff", "--no-edit", lane)
      try await git("revert", "--no-edit", "-m", "1", "HEAD")
    }
    try await git("checkout", "-q", "main")

    // The door refuses it.
    try await stage.sandbox.git("config", "daypass.root", stage.root, in: "remote.git")
    try await stage.expect(0, "guard", "install", in: "remote.git")
    let refused = try await ProgramRunner(stage.sandbox.environment).run(
      ["git", "push", "origin", "bad:main"], in: stage.sandbox.path("bob"))
    #expect(!refused.succeeded, "\(kind) came in")
    #expect(refused.errorText.contains("refused"), "\(refused.errorText)")
    // It is explained, where landing it would lose something.
    if ["squash", "rebase"].contains(kind) {
      let check = try await stage.expect(4, "check", "--land", "bad", in: "bob")
      #expect(check.contains("A squash or a rebase takes the signatures away"), "\(check)")
    }
    // And the branch as it was signed still lands.
    let words2 = try await land(stage, 0, "daypass/\(id)")
    #expect(words2.contains("landed"), "\(words2)")
    try await stage.expect(0, "verify", in: "ci")
  }
}
