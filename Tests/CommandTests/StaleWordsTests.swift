import Foundation
import GitStore
import Grants
import TestSupport
import Testing

/// What is said where the local branch, the machine's clock or git's own work stand in the way.
@Suite("Words on what is behind", .timeLimit(.minutes(4))) struct StaleWordsTests {
  @Test func aRefusalFromANewerHeadSaysToSyncFirst() async throws {
    let stage = try await Stage(clones: ["alice", "bob"])
    let id = try await stage.request()
    try await stage.expect(0, "sync", in: "bob")
    try await stage.expect(0, "withdraw", id, "--yes", in: "alice")
    let refused = try await stage.expect(1, "approve", id, "--yes", in: "bob")
    #expect(
      refused.contains("All about it: daypass sync && daypass show \(id.suffix(8))"), "\(refused)")
    try await stage.expect(0, "sync", in: "bob")
    let fresh = try await stage.expect(1, "approve", id, "--yes", in: "bob")
    #expect(fresh.contains("All about it: daypass show "), "\(fresh)")
  }

  @Test func aTypedTimeIsNotSignedSilently() async throws {
    let stage = try await Stage(clones: ["alice", "ci"])
    let now = Int64(Date().timeIntervalSince1970)
    let (earlier, later) = (
      Timestamp(seconds: now - 3_600).description, Timestamp(seconds: now + 3_600).description
    )
    let arguments = ["request", "db-read", "--why", "to look at one row", "--yes", "--no-push"]
    let dry = try await stage.run(arguments + ["--dry-run", "--now", later], in: "alice")
    #expect(dry.status == 0 && !dry.errorText.contains("--now"), "\(dry.errorText)")
    let near = try await stage.run(
      arguments + ["--now", Timestamp(seconds: now).description], in: "alice")
    #expect(near.status == 0 && !near.errorText.contains("--now"), "\(near.errorText)")
    let typed = try await stage.run(
      ["request", "prod-admin", "--why", "rotate the certificate", "--yes", "--no-push", "--now"]
        + [later], in: "alice")
    #expect(typed.errorText.contains("--now: what is signed here is dated \(later)"))
    #expect(typed.errorText.contains("after this machine's clock"), "\(typed.errorText)")

    let before = try await stage.fingerprint(of: "ci")
    for command in [["reconcile"], ["land", "--all"]] {
      let ahead = try await stage.run(command + ["--now", later], in: "ci")
      #expect(ahead.status == 6)
      #expect(ahead.errorText.contains("ahead of this machine's clock"), "\(ahead.errorText)")
    }
    #expect(try await stage.fingerprint(of: "ci") == before)
    try await stage.expect(0, "reconcile", "--dry-run", "--now", later, in: "ci")
    // Before the root there is nothing to pin, but it is said.
    let past = try await stage.run(["reconcile", "--now", earlier, "--no-push"], in: "ci")
    #expect(past.errorText.contains("before this machine's clock"), "\(past.errorText)")
    try await stage.expect(0, "reconcile", "--assume-clock", "--now", later, "--no-push", in: "ci")
  }

  @Test func whoMayNotLandHearsThatBeforeTheClock() async throws {
    let stage = try await Stage(clones: ["alice"])
    let words = try await stage.expect(4, "land", "--all", in: "alice")
    #expect(words.contains("alice@example.com is no reconciler"), "\(words)")
  }

  /// The same person asked again meanwhile: the first request's branch would be left.
  @Test func aBranchThatCouldNotLandIsNotLost() async throws {
    let stage = try await Stage(clones: ["alice", "bob", "ci"])
    let words = try await stage.expect(
      0, "request", "db-read", "--why", "to look at one row", "--branch", "--yes", in: "alice")
    let id = try Stage.id(in: words)
    let waits = try await stage.expect(0, "sync", in: "bob")
    #expect(waits.contains("1 grant waits on a branch"), "\(waits)")
    _ = try await stage.request()
    let sync = try await stage.expect(0, "sync", in: "bob")
    #expect(!sync.contains("1 grant waits"), "\(sync)")
    #expect(sync.contains("1 branch of a grant would be left if landed now"), "\(sync)")
    let list = try await stage.expect(0, "list", in: "bob")
    #expect(list.contains("note: daypass/\(id) would be left now: "), "\(list)")
    #expect(list.contains("daypass check --land \(id.suffix(8))"), "\(list)")
    for arguments in [["show", id], ["withdraw", id, "--yes"], ["revoke", id, "--yes"]] {
      let result = try await stage.run(arguments, in: "alice")
      guard arguments[0] != "show" || result.status != 0 else { continue }
      #expect(result.status == 1)
      #expect(
        result.errorText.contains("lies on the branch daypass/\(id), which could not land now: "),
        "\(arguments): \(result.errorText)")
      #expect(result.errorText.contains("git push origin --delete daypass/\(id)"))
    }
    let shown = try await stage.expect(1, "show", id, in: "bob")
    #expect(shown.contains("git push origin --delete daypass/\(id)"), "\(shown)")
  }

  @Test func commitsThatConferNothingAreNotToBePushed() async throws {
    let stage = try await Stage(clones: ["alice"])
    _ = try await stage.request()
    try await stage.sandbox.git("revert", "--no-edit", "HEAD", in: "alice")
    let hint = "git reset --keep origin/main"
    let sync = try await stage.expect(0, "sync", in: "alice")
    #expect(sync.contains("nothing in that counts") && sync.contains(hint), "\(sync)")
    #expect(!sync.contains("git push"), "\(sync)")
    let doctor = try await stage.daypass("doctor", in: "alice")
    #expect(doctor.text.contains("To follow origin: \(hint)"), "\(doctor.text)")
    try await stage.sandbox.git("reset", "-q", "--keep", "origin/main", in: "alice")
    // What is not daypass's to judge is pushed as ever.
    try stage.sandbox.write("alice/notes.txt", "mine\n")
    try await stage.sandbox.git("add", "-A", in: "alice")
    try await stage.sandbox.git("commit", "-q", "-m", "Notes", in: "alice")
    let other = try await stage.expect(0, "sync", in: "alice")
    #expect(other.contains("it is ahead of origin: git push"), "\(other)")
  }

  @Test func aMergeHalfDoneIsAbortedFirst() async throws {
    let stage = try await Stage(clones: ["alice", "bob"])
    for person in ["alice", "bob"] {
      try stage.sandbox.write("\(person)/notes.txt", "\(person)\n")
      try await stage.sandbox.git("add", "-A", in: person)
      try await stage.sandbox.git("commit", "-q", "-m", "Notes", in: person)
    }
    try await stage.sandbox.git("push", "-q", "origin", "main", in: "bob")
    for kind in ["merge", "rebase"] {
      let pull = try await stage.sandbox.run(
        ["git", "pull", "-q", kind == "merge" ? "--no-rebase" : "--rebase", "origin", "main"],
        in: "alice")
      #expect(!pull.succeeded)
      let sync = try await stage.expect(5, "sync", in: "alice")
      #expect(sync.contains("git \(kind) --abort && git branch mine"), "\(sync)")
      if kind == "merge" { try await stage.sandbox.git("merge", "--abort", in: "alice") }
    }
    let line = try await stage.daypass("sync", in: "alice").errorText.split(separator: "\n")
      .map { String($0.drop { $0 == " " }) }.first { $0.hasPrefix("git rebase --abort") }
    let done = try await stage.sandbox.run(["sh", "-c", try #require(line)], in: "alice")
    #expect(done.succeeded, "\(done.errorText)")
    try await stage.expect(0, "sync", in: "alice")
  }

  @Test func whoIsNotListedHereMayBeListedThere() async throws {
    let stage = try await Stage(clones: ["bob"])
    try await stage.clone("bob", to: "eve")
    _ = try await stage.sandbox.makeKey("eve")
    for (key, value) in [
      ("user.email", "eve@example.com"), ("user.signingKey", stage.sandbox.path("home/.ssh/eve")),
    ] { try await stage.sandbox.git("config", key, value, in: "eve") }
    let alone = try await stage.expect(
      4, "request", "db-read", "--why", "to look at one row", in: "eve")
    #expect(alone.contains("Have yours listed by an admin"), "\(alone)")
    #expect(!alone.contains("user.signingKey"), "\(alone)")
    #expect(try await !stage.expect(0, "whoami", in: "eve").contains("daypass sync"))
    _ = try await stage.request(by: "bob")
    let doctor = try await stage.daypass("doctor", in: "eve")
    #expect(doctor.text.contains("It may be listed in what is not here yet"), "\(doctor.text)")
    try await stage.sandbox.git("fetch", "-q", in: "eve")
    #expect(try await stage.expect(0, "whoami", in: "eve").contains("daypass sync"))
    #expect(try await stage.expect(0, "roles", in: "eve").contains("daypass sync"))
  }

  @Test func thePolicyKeepsItsName() async throws {
    let stage = try await Stage(clones: ["carol"])
    let file = "carol/policies/daypass.yaml"
    let text = try #require(stage.sandbox.read(file))
    try stage.sandbox.write(
      file, text.replacing(/(?m)^name: .*$/, with: "name: other"))
    let words = try await stage.expect(4, "policy", "commit", "--yes", in: "carol")
    #expect(words.contains("never changes") && words.contains("Put it back: name: "), "\(words)")
    #expect(!words.contains("daypass sync"), "\(words)")
  }
}
