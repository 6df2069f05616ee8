import FoundationEssentials
import Glibc
import History
import TestSupport
import Testing

@testable import GitStore

@Suite struct CheckedOutBranchTests {
  typealias Setting = WorkTreeTests.Setting

  @Test(arguments: WorkTreeTests.Layout.allCases)
  func theFilesFollow(_ layout: WorkTreeTests.Layout) async throws {
    let setting = try await Setting(layout)
    let branch = CheckedOutBranch(
      repository: setting.store, branch: String(setting.branch.dropFirst("refs/heads/".count)))
    #expect(try branch.tip() == setting.old.commit)
    try await branch.prepare(to: setting.new.commit)
    #expect(try await setting.status() == "")
    try await branch.advance(from: setting.old.commit, to: setting.new.commit, because: "test")
    #expect(try branch.tip() == setting.new.commit)
    #expect(try await setting.status() == "")
    #expect(try await setting.checkout.git("write-tree") == setting.new.tree.hex)
  }

  @Test func losingTheRaceChangesNothing() async throws {
    let setting = try await Setting(.plain)
    let branch = CheckedOutBranch(repository: setting.store, branch: "main")
    do {
      try await branch.advance(from: setting.new.commit, to: setting.old.commit, because: "test")
      Issue.record("moved")
    } catch {
      #expect(error.code == .conflict)
    }
    #expect(try await setting.status() == "")
  }

  @Test func aFileThatBecomesAFolderAndBack() async throws {
    let repository = try await TemporaryRepository()
    let one = try await repository.commit(["a": "1", "b/c/d": "2", "b/c/e": "3", "same/x": "4"])
    try await repository.git("rm", "-rq", "a", "b")
    let two = try await repository.commit(["a/inside": "1", "b": "file"])
    try await repository.git("reset", "--hard", "-q", one.hex)
    let branch = CheckedOutBranch(repository: try repository.open(), branch: "main")
    for (old, new) in [(one, two), (two, one)] {
      try await branch.prepare(to: new)
      try await branch.advance(from: old, to: new, because: "test")
      #expect(try await repository.git("status", "--porcelain") == "")
    }
    #expect(repository.read("b/c/e") == "3")
  }

  @Test func anUnbornBranchAndABareRepository() async throws {
    let repository = try await TemporaryRepository()
    let commit = try await repository.commit(["a": "1"])
    try await repository.git("checkout", "-q", "--orphan", "fresh")
    try await repository.git("rm", "-q", "-f", "a")
    let branch = CheckedOutBranch(repository: try repository.open(), branch: "fresh")
    #expect(try branch.tip() == nil)
    try await branch.prepare(to: commit)
    try await branch.advance(from: nil, to: commit, because: "test")
    #expect(repository.read("a") == "1")
    #expect(try await repository.git("status", "--porcelain") == "")

    try await repository.sandbox.git("clone", "-q", "--bare", repository.path, "bare")
    let bare = TemporaryRepository(existing: "bare", in: repository.sandbox)
    let other = CheckedOutBranch(repository: try bare.open(), branch: "other")
    try await other.prepare(to: commit)
    try await other.advance(from: nil, to: commit, because: "test")
    #expect(try other.tip() == commit)
  }

  /// Makes a commit upon `parent` whose few trees stand for a million files.
  private func bomb(
    in repository: TemporaryRepository, upon parent: ObjectID
  ) async throws -> ObjectID {
    let store = try repository.open()
    var mode = TreeEntry.fileMode
    var id = try store.write(.blob, Array("x\n".utf8))
    for _ in 1...6 {
      let entries = (0..<10).map { TreeEntry(mode: mode, name: "\($0)", id: id) }
      id = try store.write(.tree, TreeRecord(entries).bytes)
      mode = TreeEntry.treeMode
    }
    return try await repository.id(
      try await repository.git("commit-tree", "-p", parent.hex, "-m", "bomb", id.hex))
  }

  @Test func whatNoWorkTreeCouldFollowMovesNothing() async throws {
    let repository = try await TemporaryRepository()
    let old = try await repository.commit(["a": "1"])
    let new = try await bomb(in: repository, upon: old)
    let branch = CheckedOutBranch(repository: try repository.open(), branch: "main")
    await #expect { try await branch.prepare(to: new) } throws: {
      ($0 as? HistoryError)?.code == .unsupported
    }
    await #expect { try await branch.advance(from: old, to: new, because: "test") } throws: {
      ($0 as? HistoryError)?.code == .unsupported
    }
    #expect(try branch.tip() == old)
    #expect(try await repository.git("status", "--porcelain") == "")
  }

  @Test func whereNothingIsCheckedOutAnythingMoves() async throws {
    let repository = try await TemporaryRepository()
    let old = try await repository.commit(["a": "1"])
    let new = try await bomb(in: repository, upon: old)
    try await repository.git("branch", "shelf", old.hex)
    let branch = CheckedOutBranch(repository: try repository.open(), branch: "shelf")
    try await branch.prepare(to: new)
    try await branch.advance(from: old, to: new, because: "test")
    #expect(try branch.tip() == new)
  }

  @Test(arguments: [".git/refs/heads/main.lock", ".git/index.lock"])
  func aShortLockOfAnotherGitIsWaitedFor(_ lock: String) async throws {
    let setting = try await Setting(.plain)
    let branch = CheckedOutBranch(repository: setting.store, branch: "main")
    try setting.checkout.write(lock, "")
    async let moved: Void = branch.advance(
      from: setting.old.commit, to: setting.new.commit, because: "test")
    try await Task.sleep(for: .milliseconds(200))
    try setting.main.sandbox.remove("\(setting.checkout.name)/\(lock)")
    try await moved
    #expect(try branch.tip() == setting.new.commit)
    #expect(try await setting.status() == "")
  }

  @Test func aLockThatStaysIsNamed() async throws {
    let setting = try await Setting(.plain)
    let branch = CheckedOutBranch(repository: setting.store, branch: "main")
    try setting.checkout.write(".git/refs/heads/main.lock", "")
    await #expect {
      try await branch.advance(
        from: setting.old.commit, to: setting.new.commit, because: "test")
    } throws: {
      ($0 as? HistoryError)?.code == .locked
    }
    #expect(try branch.tip() == setting.old.commit)
  }

  /// As after a death in the midst: the branch has moved, one file is torn, one of git's locks is
  /// there, and the note tells of it.
  @Test(arguments: WorkTreeTests.Layout.allCases)
  func whatADeadOneLeftIsFinished(_ layout: WorkTreeTests.Layout) async throws {
    let setting = try await Setting(layout)
    let common = setting.store.commonDirectory
    let branch = CheckedOutBranch(repository: setting.store, reference: setting.branch)
    try setting.main.sandbox.write(common + "/daypass/lock", "")
    try MoveNote.write(setting.branch, from: setting.old.commit, in: common)
    try setting.store.move(
      setting.branch, to: setting.new.commit, expecting: setting.old.commit, because: "test")
    try setting.checkout.write("grants/new/n", "edi")
    try setting.main.sandbox.write(setting.store.gitDirectory + "/index.lock", "half")
    try await branch.finish()
    #expect(!MoveNote.exists(in: common))
    #expect(try await setting.status() == "")
    #expect(try await setting.checkout.git("write-tree") == setting.new.tree.hex)
  }

  /// It had moved nothing yet, so there is nothing to finish; its lock goes all the same.
  @Test func whatADeadOneHadNotBegun() async throws {
    let setting = try await Setting(.plain)
    let branch = CheckedOutBranch(repository: setting.store, branch: "main")
    try setting.checkout.write(".git/daypass/lock", "")
    try MoveNote.write(
      "refs/heads/main", from: setting.old.commit, in: setting.store.commonDirectory)
    try setting.checkout.write(".git/refs/heads/main.lock", "")
    try await branch.advance(
      from: setting.old.commit, to: setting.new.commit, because: "test")
    #expect(try branch.tip() == setting.new.commit)
    #expect(try await setting.status() == "")
  }

  /// A note that is not whole, or of another kind, is nobody's.
  @Test(arguments: ["", "daypass move v1\nrefs/heads/main\n", "nonsense\n"])
  func aNoteThatMakesNoSense(_ text: String) async throws {
    let setting = try await Setting(.plain)
    try setting.checkout.write(".git/daypass/moving", text)
    let branch = CheckedOutBranch(repository: setting.store, branch: "main")
    try await branch.finish()
    #expect(!MoveNote.exists(in: setting.store.commonDirectory))
    #expect(try await setting.status() == "")
  }

  /// Somebody else may have prepared the git directory: a note names a branch and no other place.
  @Test(arguments: ["refs/heads/../../../victim", "refs/heads/../../../../victim"])
  func aNoteThatLeadsOutOfTheRepository(_ reference: String) async throws {
    let setting = try await Setting(.plain)
    let text = "daypass move v1\n\(reference)\n\(setting.old.commit.hex)\nend\n"
    try setting.checkout.write(".git/daypass/moving", text)
    let lock = setting.checkout.path + "/.git/" + reference + ".lock"
    try Data("the user's own".utf8).write(to: URL(filePath: lock))
    let branch = CheckedOutBranch(repository: setting.store, branch: "main")
    try await branch.finish()
    #expect(access(lock, F_OK) == 0)
    #expect(!MoveNote.exists(in: setting.store.commonDirectory))
  }

  /// Where a move was cut short, no link makes the mending write or remove files elsewhere.
  @Test(arguments: ["no file", "torn file", "directory", "torn file to remove"])
  func linksThatLeadOutOfTheWorkTree(_ kind: String) async throws {
    let repository = try await TemporaryRepository()
    let isRemoval = kind == "torn file to remove"
    let old = try await repository.commit(
      isRemoval ? ["other": "x"] : ["folder/file": "the old text\n", "other": "x"])
    let new = try await repository.commit(["folder/file": "the new text\n", "other": "x"])
    let elsewhere = repository.sandbox.path("elsewhere")
    try FileManager.default.createDirectory(atPath: elsewhere, withIntermediateDirectories: true)
    let victim = elsewhere + "/file"
    let manager = FileManager.default
    if kind != "no file" { try Data("the".utf8).write(to: URL(filePath: victim)) }
    if kind == "directory" || isRemoval {
      try manager.removeItem(atPath: repository.path + "/folder")
      try manager.createSymbolicLink(
        atPath: repository.path + "/folder", withDestinationPath: elsewhere)
    } else {
      try manager.removeItem(atPath: repository.path + "/folder/file")
      try manager.createSymbolicLink(
        atPath: repository.path + "/folder/file", withDestinationPath: victim)
    }
    try repository.write(
      ".git/daypass/moving", "daypass move v1\nrefs/heads/main\n\(old.hex)\nend\n")
    let branch = CheckedOutBranch(repository: try repository.open(), branch: "main")
    #expect(try branch.tip() == new)
    try? await branch.finish()
    let left = manager.contents(atPath: victim).map { String(decoding: $0, as: UTF8.self) }
    #expect(left == (kind == "no file" ? nil : "the"))
  }

  /// A note is never written through a link.
  @Test func aLinkWhereTheNoteIsWritten() async throws {
    let setting = try await Setting(.plain)
    let victim = setting.main.sandbox.path("victim")
    try Data("the user's own".utf8).write(to: URL(filePath: victim))
    try setting.checkout.write(".git/daypass/lock", "")
    try FileManager.default.createSymbolicLink(
      atPath: setting.checkout.path + "/.git/daypass/moving.tmp", withDestinationPath: victim)
    let branch = CheckedOutBranch(repository: setting.store, branch: "main")
    try await branch.advance(from: setting.old.commit, to: setting.new.commit, because: "test")
    #expect(FileManager.default.contents(atPath: victim) == Data("the user's own".utf8))
    #expect(try await setting.status() == "")
  }

  @Test func anotherDaypassIsWaitedFor() async throws {
    let setting = try await Setting(.plain)
    let branch = CheckedOutBranch(repository: setting.store, branch: "main")
    try setting.checkout.write(".git/daypass/lock", "")
    let held = open(setting.checkout.path + "/.git/daypass/lock", O_RDWR | O_CLOEXEC)
    try #require(held >= 0 && flock(held, LOCK_EX | LOCK_NB) == 0)
    async let moved: Void = branch.advance(
      from: setting.old.commit, to: setting.new.commit, because: "test")
    try await Task.sleep(for: .milliseconds(300))
    #expect(try branch.tip() == setting.old.commit, "moved while another held the lock")
    close(held)
    try await moved
    #expect(try branch.tip() == setting.new.commit)
    #expect(try await setting.status() == "")
  }

  /// Between the move of the reference and that of the files all of them look like the user's own.
  @Test func filesThatAnotherDaypassIsMovingAreNotTheUsersOwn() async throws {
    let repository = try await TemporaryRepository()
    let old = try await repository.commit(["a": "1"])
    let new = try await repository.commit(["a": "2"])
    let others = try await repository.commit(["a": "3"])
    let branch = CheckedOutBranch(repository: try repository.open(), branch: "main")
    try repository.write(".git/daypass/lock", "")
    let held = open(repository.path + "/.git/daypass/lock", O_RDWR | O_CLOEXEC)
    try #require(held >= 0 && flock(held, LOCK_EX | LOCK_NB) == 0)
    try await repository.git("update-ref", "refs/heads/main", old.hex)
    async let prepared: Void = branch.prepare(to: new)
    try await Task.sleep(for: .milliseconds(300))
    try await repository.git("update-ref", "refs/heads/main", others.hex)
    close(held)
    try await prepared
    #expect(try await repository.git("status", "--porcelain") == "")
  }

  @Test func withoutALockFileItGoesOn() async throws {
    let setting = try await Setting(.plain)
    try setting.checkout.write(".git/daypass", "in the way\n")
    let branch = CheckedOutBranch(repository: setting.store, branch: "main")
    try await branch.advance(from: setting.old.commit, to: setting.new.commit, because: "test")
    #expect(try await setting.status() == "")
  }
}
