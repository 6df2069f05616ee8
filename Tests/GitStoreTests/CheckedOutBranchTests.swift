import GitStore
import History
import TestSupport
import Testing

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
}
