import Foundation
import GitStore
import Glibc
import TestSupport
import Testing

/// Locks that git processes leave where they are killed.
@Suite("Locks left behind", .serialized) struct LockTests {
  private static let request = [
    "request", "db-read", "--for", "1h", "--why", "to look at one row", "--yes",
  ]

  private func place(_ lock: String, in trial: Trial, minutesOld: Int = 0) async throws {
    let path = trial.gitDirectory + "/" + lock
    try Data().write(to: URL(filePath: path))
    let touched = try await trial.hub.sandbox.run([
      "touch", "-d", "\(minutesOld) minutes ago", path,
    ])
    #expect(touched.succeeded)
  }

  private func stays(_ lock: String, in trial: Trial) -> Bool {
    FileManager.default.fileExists(atPath: trial.gitDirectory + "/" + lock)
  }

  /// An editor may be open on a commit: only its owner can know.
  @Test func anIndexLockOfAnotherGitIsNamedAndKept() async throws {
    let trial = try await Trial(try await Hub.shared.value, .checkout, "dave")
    try await place("index.lock", in: trial, minutesOld: 600)
    let refused = try await trial.daypass(Self.request)
    #expect(refused.status == 5, "\(refused.errorText)")
    for words in ["10 hours", "rm \(trial.gitDirectory)/index.lock"] {
      #expect(refused.errorText.contains(words), "\(refused.errorText)")
    }
    #expect(stays("index.lock", in: trial))
    try FileManager.default.removeItem(atPath: trial.gitDirectory + "/index.lock")
    #expect(try await trial.daypass(Self.request).status == 0)
    try await trial.demandTidiness("the index's lock")
  }

  static let references = ["refs/heads/main.lock", "refs/remotes/origin/main.lock"]

  /// For a reconciler without anybody to look after it, a lock must not be the end.
  @Test(arguments: references)
  func aReferencesLockIsNamedAndThenTakenAway(_ lock: String) async throws {
    let trial = try await Trial(try await Hub.shared.value, .checkout, "ci")
    let reconcile = ["reconcile", "--assume-clock", "--output", "../out"]
    try await place(lock, in: trial)
    let first = try await trial.daypass(reconcile)
    let words = first.text + first.errorText
    #expect(words.contains(lock) || first.status == 0, "\(words)")
    #expect(stays(lock, in: trial))
    try await place(lock, in: trial, minutesOld: 2)
    let second = try await trial.daypass(reconcile)
    #expect(second.status == 0, "\(second.errorText)")
    #expect(try await trial.daypass(["sync"]).status == 0)
    try await trial.demandTidiness(lock)
  }

  /// However old: whoever has it open is alive.
  @Test(arguments: references) func aLockThatIsOpenIsKept(_ lock: String) async throws {
    let trial = try await Trial(try await Hub.shared.value, .checkout, "alice")
    try await place(lock, in: trial, minutesOld: 600)
    let held = open(trial.gitDirectory + "/" + lock, O_RDONLY | O_CLOEXEC)
    defer { close(held) }
    let refused = try await trial.daypass(["sync"])
    #expect(refused.status != 0 && refused.errorText.contains(lock), "\(refused.errorText)")
    #expect(stays(lock, in: trial))
  }

  @Test(.enabled(if: getuid() == 0, "only root can give a file away"), arguments: references)
  func anotherUsersLockIsKept(_ lock: String) async throws {
    let trial = try await Trial(try await Hub.shared.value, .checkout, "alice")
    try await place(lock, in: trial, minutesOld: 600)
    #expect(chown(trial.gitDirectory + "/" + lock, 65_534, 65_534) == 0)
    let refused = try await trial.daypass(["sync"])
    #expect(refused.status != 0 && refused.errorText.contains(lock), "\(refused.errorText)")
    #expect(stays(lock, in: trial))
  }

  /// Not taken for other writers that are always faster.
  @Test(arguments: ["refs/heads/main.lock", "HEAD.lock"])
  func aLockAtTheRemoteIsNamed(_ lock: String) async throws {
    let trial = try await Trial(try await Hub.shared.value, .bare, "dave")
    try Data().write(to: URL(filePath: trial.remote + "/" + lock))
    let refused = try await trial.daypass(Self.request)
    #expect(refused.status == 1, "\(refused.errorText)")
    for words in ["has the branch locked", lock, "removes the .lock file"] {
      #expect(refused.errorText.contains(words), "\(refused.errorText)")
    }
    try FileManager.default.removeItem(atPath: trial.remote + "/" + lock)
    #expect(try await trial.daypass(Self.request).status == 0)
    try await trial.demandTidiness("the remote's lock")
  }

  /// Killed between the branch and its files, and then the user edits one of them: it is theirs.
  @Test func theUsersOwnWorkOutlivesWhatIsFinished() async throws {
    let (hub, shim) = (try await Hub.shared.value, try await Shim.shared.value)
    let course = Course(deed: Deed.all[1], layout: .checkout, hasRemote: true)
    let counted = try await course.trial(hub)
    let approve = course.deed.arguments(hub)
    #expect(
      try await counted.daypass(approve, env: shim.environment(below: counted.directory)).status
        == 0)
    let step = try #require(
      Shim.steps(below: counted.directory).last {
        $0.description.contains("daypass create /clone/grants/")
      })
    let trial = try await course.trial(hub)
    let killed = try await trial.daypass(
      approve, env: shim.environment(below: trial.directory, .machineDies, at: step.number))
    #expect(killed.status == 137)
    let readme = trial.clone + "/grants/README.md"
    try Data("my own\n".utf8).write(to: URL(filePath: readme))
    let note = trial.clone + "/grants/active/note.txt"
    try FileManager.default.createDirectory(
      atPath: trial.clone + "/grants/active", withIntermediateDirectories: true)
    try Data("my own\n".utf8).write(to: URL(filePath: note))
    #expect(try await trial.daypass(["sync"]).status == 0)
    for file in [readme, note] {
      #expect(FileManager.default.contents(atPath: file) == Data("my own\n".utf8))
    }
    let status = try await trial.git("status", "--porcelain", "-uall").text
    #expect(status == " M grants/README.md\n?? grants/active/note.txt", "\(status)")
  }
}
