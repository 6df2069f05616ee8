import Foundation
import Grants
import TestSupport
import Testing

@testable import daypass

/// Founding, trusting and changing the policy, through the binary.
@Suite struct FoundingCommandTests {
  @Test func templateIsTheTopLevelExample() throws {
    func people(_ names: String...) throws -> [Principal] {
      try names.map { try #require(Principal($0 + "@example.com")) }
    }
    let template = PolicyTemplate(
      name: "example", admins: try people("carol"), reconcilers: try people("ci"),
      engineers: try people("alice", "bob", "dave"), leads: try people("bob", "dave"), keys: [])
    var files = Dictionary(
      uniqueKeysWithValues: template.files.map { ("policies/" + $0, $1) })
    files["grants/README.md"] = PolicyTemplate.grantsReadme
    for (path, text) in files {
      #expect(text == (try String(contentsOfFile: "\(Stage.project)/\(path)", encoding: .utf8)))
    }
  }

  @Test func initTouchesNothingElse() async throws {
    let box = try Sandbox()
    let key = try await box.makeKey("carol") + ".pub"
    try await box.git("init", "-q", "-b", "main", "r")
    try box.write("r/other.txt", "one\n")
    try await box.git("add", "-A", in: "r")
    try await box.git("commit", "-q", "-m", "other", in: "r")
    try box.write("r/other.txt", "two\n")
    try box.write("r/staged.txt", "mine\n")
    try await box.git("add", "staged.txt", in: "r")
    let result = try await box.run(
      [Stage.binary, "init", "--name", "acme", "--admin", "carol@example.com=" + key], in: "r")
    #expect(result.status == 0, "\(result.errorText)")
    // The sandbox trims the first blank.
    let status = try await box.git("status", "--porcelain", in: "r")
    #expect(status.hasSuffix("M other.txt\nA  staged.txt"))
    let root = try await box.git("rev-parse", "HEAD", in: "r")
    #expect(try await box.git("config", "daypass.root", in: "r") == root)
    let again = try await box.run([Stage.binary, "init"], in: "r")
    #expect(again.status == 1)
    #expect(try await box.git("rev-parse", "HEAD", in: "r") == root)
  }

  @Test func shortenedRootIsRefused() async throws {
    let stage = try await Stage(clones: ["alice"])
    let words = try await stage.expect(
      2, "trust", String(stage.root.prefix(12)), "--yes", in: "alice")
    #expect(words.contains("beginning of an id"))
    // Nobody can be asked here, so nothing is trusted without --yes.
    try await stage.sandbox.git("config", "--unset", "daypass.root", in: "alice")
    try await stage.expect(2, "trust", stage.root, in: "alice")
    try await stage.expect(0, "trust", stage.root, "--yes", in: "alice")
    try await stage.expect(0, "verify", in: "alice")
  }

  @Test func twoAdminsChangeThePolicy() async throws {
    let stage = try await Stage(
      clones: ["carol", "dave"],
      policy: [
        (
          "daypass.yaml", "admins: [carol@example.com]",
          "admins: [carol@example.com, dave@example.com]"
        ),
        ("daypass.yaml", "adminQuorum: 1", "adminQuorum: 2"),
      ])
    let box = stage.sandbox
    let file = "carol/policies/daypass.yaml"
    let text = try #require(box.read(file))
    try box.write(file, text.replacing("maxDuration: PT8H", with: "maxDuration: PT4H"))
    let difference = try await stage.expect(0, "policy", "diff", in: "carol")
    #expect(difference.contains("setting maxDuration: 8h -> 4h"))
    let before = try await box.git("rev-parse", "main", in: "remote.git")
    let dry = try await stage.run(["policy", "commit", "--dry-run", "-o", "json"], in: "carol")
    #expect(Playground.value(of: "dryRun", in: dry.text) == "true", "\(dry.text)")
    #expect(Playground.value(of: "branch", in: dry.text) == "daypass/policy-2", "\(dry.text)")
    let offered = try await stage.run(["policy", "commit", "-o", "json"], in: "carol").text
    #expect(offered.hasPrefix("{") && Playground.value(of: "inForce", in: offered) == "false")
    #expect(Playground.value(of: "serial", in: offered) == "2", "\(offered)")
    #expect(
      Playground.value(of: "next", in: offered) == "daypass policy approve daypass/policy-2")
    #expect(try await box.git("rev-parse", "main", in: "remote.git") == before)
    // Her own second word counts for nothing.
    let once = try await stage.expect(0, "policy", "approve", "--yes", in: "carol")
    #expect(once.contains("1 more admin must sign: dave@example.com"))
    let done = try await stage.run(["policy", "approve", "--yes", "-o", "yaml"], in: "dave")
    #expect(done.status == 0 && done.text.contains("inForce: true"), "\(done.text)")
    #expect(done.text.contains("action: policy-approve") && !done.text.contains("done "))
    #expect(try await box.git("status", "--porcelain", in: "dave") == "")
    // Her edited files are what is in force now, and in nobody's way.
    try await stage.expect(0, "sync", in: "carol")
    #expect(try await box.git("status", "--porcelain", in: "carol") == "")
    try await stage.expect(0, "verify", in: "carol")
  }

  @Test func whoConsentsIsShownWhatIsNew() async throws {
    let stage = try await Stage(clones: ["carol"])
    let file = "carol/policies/daypass.yaml"
    let text = try #require(stage.sandbox.read(file))
    try stage.sandbox.write(
      file, text.replacing("landing: anyone", with: "landing: reconciler"))
    try stage.sandbox.write(
      "carol/policies/roles/root.yaml",
      """
      description: Everything
      requestable: {globs: ["*"]}
      duration: {max: PT1H}
      approval: {stages: [{from: {groups: [leads]}, quorum: 1}]}

      """)
    let words = try await stage.expect(0, "policy", "diff", in: "carol")
    #expect(words.contains("landing: anyone -> reconciler"), "\(words)")
    for line in ["requestable: *", "approval: 1 of leads", "duration.max: 1h"] {
      #expect(words.contains("+ role root \(line)"), "\(words)")
    }
  }

  @Test func policyThatLocksEverybodyOutLeavesEverythingAsItWas() async throws {
    let stage = try await Stage(clones: ["carol"])
    let box = stage.sandbox
    let file = "carol/policies/allowed_signers"
    let kept = try #require(box.read(file)).split(separator: "\n")
      .filter { !$0.hasPrefix("carol@") }.joined(separator: "\n")
    try box.write(file, kept + "\n")
    let before = try await stage.fingerprint(of: "carol")
    let words = try await stage.expect(4, "policy", "commit", "--yes", in: "carol")
    #expect(words.contains("policy-keys"))
    #expect(try await stage.fingerprint(of: "carol") == before)
  }
}

/// Reconciling and emitting, through the binary.
@Suite struct ReconcileCommandTests {
  @Test func secondRunCommitsNothingAndTheSetIsSigned() async throws {
    let stage = try await Stage(clones: ["alice", "bob", "ci"])
    let box = stage.sandbox
    let id = try await stage.request()
    try await stage.expect(0, "approve", id, "--yes", in: "bob")
    let out = box.path("out")
    try await stage.expect(0, "reconcile", "--assume-clock", "--output", out, in: "ci")
    let head = try await box.git("rev-parse", "HEAD", in: "ci")
    let again = try await stage.expect(
      0, "reconcile", "--assume-clock", "--output", out, in: "ci")
    #expect(again.contains("Nothing to do"))
    #expect(try await box.git("rev-parse", "HEAD", in: "ci") == head)
    let set = try #require(box.read("out/effective.json"))
    #expect(set.contains(id))
    let checked = try await box.run(
      [
        "ssh-keygen", "-Y", "verify", "-f", box.path("ci/policies/allowed_signers"), "-I",
        "ci@example.com", "-n", "daypass", "-s", box.path("out/effective.json.sig"),
      ], stdin: set)
    #expect(checked.status == 0, "\(checked.errorText)")
  }

  @Test func sameTimeGivesTheSameBytes() async throws {
    let stage = try await Stage(clones: ["alice", "bob", "ci"])
    let id = try await stage.request()
    try await stage.expect(0, "approve", id, "--yes", in: "bob")
    let later = Timestamp(seconds: Int64(Date().timeIntervalSince1970) + 60).description
    for out in ["one", "two"] {
      try await stage.expect(
        0, "reconcile", "--now", later, "--no-push", "--output", stage.sandbox.path(out), in: "ci")
    }
    let one = try #require(stage.sandbox.read("one/effective.json"))
    #expect(one == stage.sandbox.read("two/effective.json"))
    #expect(one.contains("\"generatedAt\": \"\(later)\""))
  }

  @Test func unreachableRemoteStillGetsTheRightSet() async throws {
    let stage = try await Stage(clones: ["alice", "bob", "ci"])
    let box = stage.sandbox
    try await stage.expect(0, "reconcile", "--assume-clock", in: "ci")
    let id = try await stage.request()
    try await stage.expect(0, "approve", id, "--yes", in: "bob")
    try await stage.expect(0, "sync", in: "ci")
    let before = try await box.git("rev-parse", "HEAD", in: "ci")
    _ = try await box.run(["mv", box.path("remote.git"), box.path("gone.git")])
    let words = try await stage.expect(
      1, "reconcile", "--assume-clock", "--output", box.path("out"), in: "ci")
    #expect(words.contains("leads to no repository"))
    #expect(try #require(box.read("out/effective.json")).contains(id))
    #expect(try await box.git("rev-parse", "HEAD", in: "ci") == before)
  }

  @Test func slowClockCommitsNothing() async throws {
    let stage = try await Stage(clones: ["alice", "ci"])
    _ = try await stage.request()
    try await stage.expect(0, "reconcile", "--assume-clock", in: "ci")
    _ = try await stage.request("prod-admin")
    try await stage.clone("ci", to: "fresh")
    let hourAgo = Timestamp(seconds: Int64(Date().timeIntervalSince1970) - 3_600).description
    for clone in ["ci", "fresh"] {
      let before = try await stage.fingerprint(of: clone)
      let words = try await stage.expect(
        6, "reconcile", "--now", hourAgo, "--assume-clock", "--output",
        stage.sandbox.path("out-\(clone)"), in: clone)
      #expect(words.contains("ahead of this clock"))
      #expect(try await stage.fingerprint(of: clone) == before)
      #expect(stage.sandbox.read("out-\(clone)/effective.json") == nil)
    }
  }

  @Test func oldPinEmitsNothing() async throws {
    let stage = try await Stage(clones: ["ci"])
    try await stage.expect(0, "reconcile", "--assume-clock", in: "ci")
    let later = Timestamp(seconds: Int64(Date().timeIntervalSince1970) + 2 * 86_400).description
    try await stage.expect(
      6, "emit", "--now", later, "--output", stage.sandbox.path("out"), in: "ci")
    #expect(stage.sandbox.read("out/effective.json") == nil)
  }

  @Test func twoAtOnceCloseOnce() async throws {
    let stage = try await Stage(clones: ["alice", "bob", "ci"])
    try await stage.clone("ci", to: "ci2")
    let id = try await stage.request(for: "1s")
    try await stage.expect(0, "approve", id, "--yes", in: "bob")
    try await Task.sleep(for: .seconds(2))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for clone in ["ci", "ci2", "ci", "ci2"] {
        group.addTask { try await stage.expect(0, "reconcile", "--assume-clock", in: clone) }
      }
      try await group.waitForAll()
    }
    try await stage.expect(0, "sync", in: "ci")
    let log = try await stage.expect(0, "log", "-o", "json", in: "ci")
    #expect(log.split(separator: "\n").count { $0.contains("\"what\": \"expire\"") } == 1)
    #expect(log.split(separator: "\n").count { $0.contains("\"what\": \"incident\"") } == 0)
    try await stage.expect(0, "verify", in: "ci")
  }

  @Test func remoteThatWasTakenBackIsRefused() async throws {
    let stage = try await Stage(clones: ["alice", "bob", "ci"])
    let box = stage.sandbox
    _ = try await stage.request()
    try await stage.expect(0, "reconcile", "--assume-clock", in: "ci")
    try await box.git("push", "-q", "-f", "origin", stage.root + ":main", in: "bob")
    let before = try await stage.fingerprint(of: "ci")
    for command in [["sync"], ["reconcile", "--assume-clock"]] {
      let result = try await stage.run(command, in: "ci")
      #expect(result.status == 3, "\(result.errorText)")
      #expect(result.errorText.contains("rule rollback"))
    }
    #expect(try await stage.fingerprint(of: "ci") == before)
  }

  /// A commit of one's own on top makes it no honest parting: the pin is gone.
  @Test func remoteThatWasWrittenAnewIsRefused() async throws {
    let stage = try await Stage(clones: ["alice", "bob", "ci"])
    let box = stage.sandbox
    _ = try await stage.request()
    try await stage.expect(0, "reconcile", "--assume-clock", in: "ci")
    try await stage.expect(0, "sync", in: "alice")
    let tree = try await box.git("rev-parse", stage.root + "^{tree}", in: "bob")
    let anew = try await box.git("commit-tree", "-p", stage.root, "-m", "anew", tree, in: "bob")
    try await box.git("push", "-q", "-f", "origin", anew + ":main", in: "bob")
    for (clone, command) in [("ci", ["reconcile", "--assume-clock"]), ("alice", ["sync"])] {
      let before = try await stage.fingerprint(of: clone)
      let result = try await stage.run(command, in: clone)
      #expect(result.status == 3, "\(result.errorText)")
      #expect(result.errorText.contains("rule rollback"), "\(result.errorText)")
      #expect(try await stage.fingerprint(of: clone) == before)
    }
  }

  /// What others have done since looks like something nobody signed for.
  @Test func slowClockHealsNothing() async throws {
    let stage = try await Stage(clones: ["alice", "ci"])
    _ = try await stage.request()
    try await stage.expect(0, "reconcile", "--assume-clock", in: "ci")
    try await stage.clone("alice", to: "fresh")
    let before = try await stage.fingerprint(of: "fresh")
    let hourAgo = Timestamp(seconds: Int64(Date().timeIntervalSince1970) - 3_600).description
    let words = try await stage.expect(6, "heal", "--now", hourAgo, "--yes", in: "fresh")
    #expect(words.contains("ahead of this clock"), "\(words)")
    #expect(try await stage.fingerprint(of: "fresh") == before)
  }

  @Test func keyThatIsNoReconcilersPinsNothing() async throws {
    let stage = try await Stage(clones: ["alice"])
    let before = try await stage.fingerprint(of: "alice")
    try await stage.expect(
      4, "reconcile", "--assume-clock", "--as", "ci@example.com", in: "alice")
    #expect(try await stage.fingerprint(of: "alice") == before)
  }

  @Test func unsignedFileConfersNothingAndIsHealed() async throws {
    let stage = try await Stage(clones: ["alice", "bob", "ci"])
    let box = stage.sandbox
    let id = try await stage.request()
    try await stage.expect(0, "approve", id, "--yes", in: "bob")
    try box.write("bob/grants/active/2026/01/01/01/20260101T010203Z-k3f9q2xw.json", "{}\n")
    try await box.git("add", "-A", in: "bob")
    try await box.git("commit", "-q", "-m", "sneak", in: "bob")
    try await box.git("push", "-q", in: "bob")
    try await stage.expect(0, "sync", in: "ci")
    let words = try await stage.expect(3, "verify", in: "ci")
    #expect(words.contains("rule    signature"))
    let set = try await stage.expect(0, "emit", in: "ci")
    #expect(set.contains(id))
    try await stage.expect(
      3, "emit", "--strict", "--output", box.path("strict"), in: "ci")
    #expect(box.read("strict/effective.json") == nil)
    try await stage.expect(0, "heal", in: "alice")
    try await stage.expect(0, "sync", in: "ci")
    try await stage.expect(0, "verify", in: "ci")
    let incidents = try await stage.expect(0, "log", "--incidents", in: "ci")
    #expect(incidents.contains("k3f9q2xw"))
  }
}

/// Looking at files that nobody need have signed for.
@Suite struct FileCommandTests {
  private let file = """
    {"schema":"daypass/grant/v1","repository":"r","id":"20261123T181502Z-k3f9q2xw",
     "requester":"alice@example.com","subject":"alice@example.com","role":"db-read",
     "justification":"rotate\\u0301","requestedAt":"2026-11-23T18:15:02Z","duration":"PT60M",
     "approvals":[]}
    """

  @Test func fmtNeedsNoRepositoryAndKeepsTheMeaning() async throws {
    let box = try Sandbox()
    let path = "grants/pending/2026/11/23/18/20261123T181502Z-k3f9q2xw.json"
    try box.write(path, "\u{feff}" + file)
    #expect(try await box.run([Stage.binary, "fmt", "--check"]).status == 1)
    #expect(box.read(path) == "\u{feff}" + file)
    #expect(try await box.run([Stage.binary, "fmt"]).status == 0)
    let text = try #require(box.read(path))
    let grant = try Grant(canonical: Array(text.utf8))
    #expect(grant.justification == "rotat\u{e9}")
    #expect(grant.duration == .hours(1))
    #expect(try await box.run([Stage.binary, "fmt", "--check"]).status == 0)
  }

  @Test func fmtLosesNothingOnBadInput() async throws {
    let box = try Sandbox()
    // Each approval takes more room when it is laid out over lines.
    let approvals = (0..<1_000).map { number in
      "{\"at\":\"2026-11-23T18:20:00Z\",\"by\":\"a\(number)\",\"comment\":\"\"}"
    }
    let long = file.replacing("[]", with: "[" + approvals.joined(separator: ",") + "]")
    #expect(long.utf8.count <= Grant.largestFile)
    for text in ["{", "{}", file.replacing("\"role\"", with: "\"roles\""), "\u{0}", long] {
      try box.write("grants/x.json", text)
      #expect(try await box.run([Stage.binary, "fmt"]).status == 1)
      #expect(box.read("grants/x.json") == text)
    }
  }

  @Test func checkNamesFileAndLine() async throws {
    let stage = try await Stage(clones: ["carol"])
    let fine = try await stage.expect(0, "check", in: "carol")
    #expect(fine.contains("no spare admin") && !fine.contains("can sign nothing"))
    let groups = try #require(stage.sandbox.read("carol/policies/groups.yaml"))
    let more = (1...7).map { "    - new\($0)@example.com\n" }.joined()
    try stage.sandbox.write(
      "carol/policies/groups.yaml",
      groups.replacing("  engineers:\n", with: "  engineers:\n" + more))
    let keyless = try await stage.expect(0, "check", in: "carol")
    #expect(
      keyless.contains(
        "warning policies/groups.yaml:6: new1@example.com has no usable key in "
          + "policies/allowed_signers, and can sign nothing"), "\(keyless)")
    #expect(keyless.contains("2 more of those the policy names have no usable key"))
    try stage.sandbox.write("carol/policies/groups.yaml", groups)
    let file = "carol/policies/daypass.yaml"
    let text = try #require(stage.sandbox.read(file))
    try stage.sandbox.write(file, text.replacing("freshness: PT15M", with: "freshness: 15"))
    try stage.sandbox.write("carol/grants/stray.json", "1")
    let words = try await stage.expect(1, "check", in: "carol")
    #expect(words.contains("policies/daypass.yaml:57"))
    #expect(words.contains("grants/stray.json does not belong there"))
  }
}
