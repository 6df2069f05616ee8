import FoundationEssentials
import GitStore
import TestSupport
import Testing

/// What reads or verifies runs nothing that a repository brings: `strace` lists every program that is
/// started. The repository is one that somebody else has prepared and handed over as a directory, so
/// its `.git` is theirs, too.
@Suite("A hostile repository", .timeLimit(.minutes(8)))
struct HostileRepositoryTests {
  /// What contacts no remote, so nothing of `.git/config` counts.
  @Test func whatReadsRunsNothing() async throws {
    let hostile = try await HostileRepository()
    let id = hostile.grant
    try await hostile.run(0, "verify", "--strict")
    try await hostile.run(0, "verify", "--all", "-o", "json")
    for arguments in [["list"], ["list", "--mine"], ["list", "--reviewable"], ["list", "--all"]] {
      try await hostile.run(0, arguments)
    }
    try await hostile.run(0, "show", id)
    try await hostile.run(0, "log", id)
    try await hostile.run(0, "log")
    try await hostile.run(0, "roles", "--all")
    try await hostile.run(0, "roles", "db-read")
    try await hostile.run(0, "whoami")
    try await hostile.run(0, "emit", "--format", "csv")
    try await hostile.run(0, "emit", "--output", "effective")
    try await hostile.run(0, "check")
    try await hostile.run(0, "check", "--land", "origin/daypass/\(hostile.lane)")
    try await hostile.run(0, "policy", "diff")
    try await hostile.run(0, "fmt", "--check")
    try await hostile.run(0, "trust")
    try await hostile.run(0, "trust", hostile.stage.root, "--yes")
    try await hostile.run(nil, "doctor", "--offline")
  }

  /// What fetches goes to the remote in the way that `.git/config` says, as git does; here that is a
  /// directory, for which git needs no program of the user's.
  @Test(arguments: [false, true])
  func whatFetchesRunsNothingElse(isSparse: Bool) async throws {
    let hostile = try await HostileRepository(
      isSparse: isSparse, names: ["remote.origin.uploadpack"])
    try await hostile.run(nil, "doctor")
    try await hostile.run(0, "sync", "--dry-run")
    try await hostile.run(0, "sync")
    try await hostile.demandInStep()
    // Files beside the governed ones that want a filter.
    try await hostile.pushNotes()
    try await hostile.run(nil, "sync")
    try await hostile.run(0, "join", hostile.directory, hostile.stage.root, "copy")
    try await hostile.run(0, "join", hostile.directory, hostile.stage.root, "slim", "--sparse")
  }

  @Test func theGuardRunsNothing() async throws {
    var hostile = try await HostileRepository()
    let lines = try await hostile.makeBare()
    try await hostile.run(0, "guard", "hook", input: lines)
    try await hostile.run(0, "verify")
    try await hostile.run(0, "list")
  }

  /// git itself does run what is prepared here; else nothing were shown by that it is not run.
  @Test func gitRunsIt() async throws {
    let hostile = try await HostileRepository()
    for command in [
      ["git", "status"], ["git", "fetch", "-q"],
      ["git", "fetch", "-q", "--upload-pack=git-upload-pack"],
      ["git", "checkout", "-q", "--detach"],
      ["git", "diff", hostile.stage.root],
      ["git", "commit", "-q", "--allow-empty", "-S", "-m", "x"],
    ] {
      let started = try await hostile.programs(startedBy: command).programs
      #expect(!started.filter { !hostile.isAllowed($0) }.isEmpty, "\(command): \(started)")
    }
    let ran = try hostile.witnesses()
    for name in [
      "core.fsmonitor", "core.alternateRefsCommand", "hooks.reference-transaction",
      "hooks.post-checkout", "remote.origin.uploadpack", "diff.evil.command", "filter.evil.clean",
      "filter.e=vil.clean",
      "gpg.ssh.defaultKeyCommand",
    ] {
      #expect(ran.contains(name), "\(ran)")
    }
  }
}
