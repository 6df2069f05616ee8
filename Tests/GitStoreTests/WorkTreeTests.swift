import FoundationEssentials
import GitStore
import History
import TestSupport
import Testing

@Suite struct WorkTreeTests {
  /// How the index is kept: libgit2 updates the first, git itself the others.
  enum Layout: String, CaseIterable, Sendable { case plain, linked, sparse, split }

  /// A checkout whose `grants/a` is about to move to `grants/b`, with `grants/c` edited.
  struct Setting {
    static let paths = ["grants/active/a", "grants/closed/a", "grants/active/c", "grants/new/n"]

    let main: TemporaryRepository
    let checkout: TemporaryRepository
    let store: GitRepository
    let old: (commit: ObjectID, tree: ObjectID)
    let new: (commit: ObjectID, tree: ObjectID)
    let branch: String

    init(_ layout: Layout) async throws {
      main = try await TemporaryRepository()
      let base = try await main.commit([
        "grants/active/a": "a\n", "grants/active/c": "c\n", "grants/active/other": "o\n",
        "grants/closed/z": "z\n", "README": "readme\n", "src/x": "x\n",
      ])
      // Made in an index of its own, so that nothing here has seen it.
      let index = ["GIT_INDEX_FILE": main.sandbox.path("scratch-index")]
      try await main.git("read-tree", base.hex, env: index)
      let edited = try await main.git("hash-object", "-w", "--stdin", stdin: "edited\n")
      let blob = try await main.id("HEAD:grants/active/a")
      try await main.git(
        "update-index", "--add", "--force-remove", "grants/active/a", env: index)
      for (path, id) in [
        ("grants/closed/a", blob.hex), ("grants/active/c", edited), ("grants/new/n", edited),
      ] {
        try await main.git(
          "update-index", "--add", "--cacheinfo", "100644,\(id),\(path)", env: index)
      }
      let tree = try await main.git("write-tree", env: index)
      let commit = try await main.git("commit-tree", "-p", base.hex, "-m", "move", tree)
      old = (base, try await main.id("\(base):"))
      new = (try await main.id(commit), try await main.id(tree))

      switch layout {
      case .plain:
        checkout = main
        branch = "refs/heads/main"
      case .linked:
        try await main.git("worktree", "add", "-q", "-b", "topic", "../linked")
        checkout = TemporaryRepository(existing: "linked", in: main.sandbox)
        branch = "refs/heads/topic"
      case .sparse:
        checkout = main
        branch = "refs/heads/main"
        try await main.git(
          "sparse-checkout", "set", "--cone", "--sparse-index", "grants/active", "grants/new")
      case .split:
        checkout = main
        branch = "refs/heads/main"
        try await main.git("update-index", "--split-index")
      }
      store = try checkout.open()
    }

    var workTree: WorkTree {
      get throws { try #require(try WorkTree.following(branch, in: store).first) }
    }

    func prepare() async throws {
      try await workTree.prepare(from: old.tree, to: new.tree, paths: Self.paths)
    }

    func apply() async throws {
      try await workTree.apply(from: old.tree, to: new.tree, paths: Self.paths)
    }

    func move() throws {
      try store.move(branch, to: new.commit, expecting: old.commit, because: "test")
    }

    func status() async throws -> String {
      try await checkout.git("status", "--porcelain", "--untracked-files=all", "--ignored")
    }
  }

  @Test(arguments: Layout.allCases)
  func aCleanCheckoutFollows(_ layout: Layout) async throws {
    let setting = try await Setting(layout)
    #expect(try setting.workTree.path == setting.checkout.path)
    try await setting.prepare()
    #expect(try await setting.status() == "", "preparing changed something")
    try setting.move()
    try await setting.apply()
    #expect(try await setting.status() == "")
    #expect(!setting.checkout.exists("grants/active/a"))
    #expect(setting.checkout.read("grants/active/c") == "edited\n")
    #expect(setting.checkout.read("grants/new/n") == "edited\n")
    #expect(setting.checkout.read("grants/active/other") == "o\n")
    // What lies outside the cone stays out of the work tree.
    #expect(setting.checkout.read("grants/closed/a") == (layout == .sparse ? nil : "a\n"))
    #expect(try await setting.checkout.git("diff", "HEAD", "--stat") == "")
    #expect(try await setting.checkout.git("write-tree") == setting.new.tree.hex)

    // And back again.
    try await setting.workTree.prepare(
      from: setting.new.tree, to: setting.old.tree, paths: Setting.paths)
    try setting.store.move(
      setting.branch, to: setting.old.commit, expecting: setting.new.commit, because: "back")
    try await setting.workTree.apply(
      from: setting.new.tree, to: setting.old.tree, paths: Setting.paths)
    #expect(try await setting.status() == "")
    #expect(setting.checkout.read("grants/active/a") == "a\n")
    #expect(!setting.checkout.exists("grants/new"))
  }

  @Test(arguments: Layout.allCases)
  func otherWorkStaysAsItWas(_ layout: Layout) async throws {
    let setting = try await Setting(layout)
    let checkout = setting.checkout
    try checkout.write("grants/active/other", "staged\n")
    try checkout.write("grants/active/added", "added\n")
    try await checkout.git("add", "grants/active/other", "grants/active/added")
    try checkout.write("grants/active/other", "unstaged\n")
    try checkout.write("README", "unstaged readme\n")
    try checkout.write("grants/active/untracked", "untracked\n")
    let before = try await setting.status()
    #expect(before.split(separator: "\n").count == 4)
    try await setting.prepare()
    try setting.move()
    try await setting.apply()
    #expect(try await setting.status() == before)
    #expect(checkout.read("grants/active/other") == "unstaged\n")
    #expect(try await checkout.git("show", ":grants/active/other") == "staged")
    #expect(checkout.read("grants/active/untracked") == "untracked\n")
  }

  /// What a user can have done to a file that is about to change.
  enum Obstacle: String, CaseIterable, Sendable {
    case modified, staged, stagedThenPutBack, deleted, stagedDeletion, onlyUnstaged
    case untrackedInTheWay, ignoredInTheWay, modifiedBeforeDeletion, directoryInTheWay
    case linkInTheWay

    var path: String {
      switch self {
      case .untrackedInTheWay, .ignoredInTheWay, .directoryInTheWay, .linkInTheWay: "grants/new/n"
      case .modifiedBeforeDeletion: "grants/active/a"
      default: "grants/active/c"
      }
    }

    func place(in checkout: TemporaryRepository) async throws {
      switch self {
      case .modified, .modifiedBeforeDeletion: try checkout.write(path, "mine\n")
      case .staged:
        try checkout.write(path, "mine\n")
        try await checkout.git("add", path)
      case .stagedThenPutBack:
        try checkout.write(path, "mine\n")
        try await checkout.git("add", path)
        try checkout.write(path, "c\n")
      case .deleted: try checkout.sandbox.remove(checkout.name + "/" + path)
      case .stagedDeletion: try await checkout.git("rm", "-q", path)
      case .onlyUnstaged: try await checkout.git("rm", "-q", "--cached", path)
      case .untrackedInTheWay: try checkout.write(path, "mine\n")
      case .ignoredInTheWay:
        try checkout.write(".git/info/exclude", "n\n")
        try checkout.write(path, "mine\n")
      case .linkInTheWay:
        try await checkout.sandbox.run(["mkdir", "-p", checkout.path + "/grants/new"])
        try await checkout.sandbox.run(["ln", "-s", "/etc/passwd", checkout.path + "/" + path])
      case .directoryInTheWay: try checkout.write(path + "/inside", "mine\n")
      }
    }
  }

  @Test(arguments: [Layout.plain, .sparse], Obstacle.allCases)
  func workInTheWayIsNamedAndNothingChanges(_ layout: Layout, _ obstacle: Obstacle) async throws {
    let setting = try await Setting(layout)
    try await obstacle.place(in: setting.checkout)
    let before = try await setting.status()
    do {
      try await setting.prepare()
      Issue.record("prepared in spite of it")
    } catch let error as HistoryError {
      #expect(error.code == .dirty)
      #expect(error.sentence.contains(obstacle.path))
      #expect(!error.hint.isEmpty)
    }
    #expect(try await setting.status() == before)
  }

  @Test(arguments: Layout.allCases)
  func aMoveThatWasCutShortIsRepaired(_ layout: Layout) async throws {
    let setting = try await Setting(layout)
    try await setting.prepare()
    try setting.move()
    // As if killed after some of the files, before the index.
    try setting.checkout.sandbox.remove(setting.checkout.name + "/grants/active/a")
    try setting.checkout.write("grants/active/c", "edited\n")
    try setting.checkout.write("grants/new/n", "edited\n")
    try await setting.apply()
    #expect(try await setting.status() == "")
    try await setting.apply()
    #expect(try await setting.status() == "")
  }

  /// What a link leads to that stands in place of a directory is nobody's to overwrite.
  @Test func aLinkInPlaceOfADirectory() async throws {
    let repository = try await TemporaryRepository()
    let old = try await repository.commit(["other": "x"])
    let new = try await repository.commit(["folder/file": "new", "other": "x"])
    try await repository.git("reset", "-q", "--hard", old.hex)
    try repository.sandbox.write("elsewhere/file", "the user's own")
    try FileManager.default.createSymbolicLink(
      atPath: repository.path + "/folder",
      withDestinationPath: repository.sandbox.path("elsewhere"))
    let branch = CheckedOutBranch(repository: try repository.open(), branch: "main")
    for step in ["prepare", "advance"] {
      do {
        if step == "prepare" {
          try await branch.prepare(to: new)
        } else {
          try await branch.advance(from: old, to: new, because: "test")
        }
        Issue.record("\(step) did it")
      } catch { #expect(error.code == .dirty) }
      #expect(repository.sandbox.read("elsewhere/file") == "the user's own")
    }
  }

  @Test func aLockedIndex() async throws {
    let setting = try await Setting(.plain)
    try setting.checkout.write(".git/index.lock", "")
    do {
      try await setting.prepare()
      Issue.record("prepared in spite of the lock")
    } catch let error as HistoryError {
      #expect(error.code == .locked)
      #expect(error.hint.contains("index.lock"))
    }
  }

  @Test(
    arguments: [Layout.plain, .sparse],
    [
      "grants/** filter=lfs", "* eol=crlf", "grants/** ident", "*c working-tree-encoding=UTF-16",
    ])
  func filtersAreRefused(_ layout: Layout, _ line: String) async throws {
    let setting = try await Setting(layout)
    try setting.checkout.write(".git/info/attributes", line + "\n")
    do {
      try await setting.prepare()
      Issue.record("prepared in spite of it")
    } catch let error as HistoryError {
      #expect(error.code == .unsupported)
      #expect(error.hint.contains(".gitattributes"))
    }
  }

  @Test func filtersInTheRepositoryAreRefused() async throws {
    let setting = try await Setting(.plain)
    try setting.checkout.write("grants/.gitattributes", "* filter=lfs\n")
    do {
      try await setting.prepare()
      Issue.record("prepared in spite of it")
    } catch let error as HistoryError {
      #expect(error.code == .unsupported)
      #expect(error.sentence.contains("filter=lfs"))
    }
  }

  @Test(arguments: ["* text=auto", "* text eol=lf", "*.png filter=lfs", "grants/** -text"])
  func harmlessAttributes(_ line: String) async throws {
    let setting = try await Setting(.plain)
    try setting.checkout.write(".gitattributes", line + "\n")
    try await setting.checkout.git("config", "core.autocrlf", "true")
    try await setting.prepare()
    try setting.move()
    try await setting.apply()
    #expect(try await setting.status() == "?? .gitattributes")
    #expect(setting.checkout.read("grants/active/c") == "edited\n")
  }

  @Test func whoFollowsABranch() async throws {
    let setting = try await Setting(.linked)
    let main = try setting.main.open()
    #expect(
      try WorkTree.following("refs/heads/topic", in: main).map(\.path)
        == [setting.checkout.path])
    #expect(
      try WorkTree.following("refs/heads/main", in: setting.store).map(\.path)
        == [setting.main.path])
    #expect(try WorkTree.following("refs/heads/none", in: main).isEmpty)
    try setting.main.sandbox.remove("linked")
    #expect(try WorkTree.following("refs/heads/topic", in: main).isEmpty)

    let sandbox = setting.main.sandbox
    try await sandbox.git("clone", "-q", "--bare", setting.main.path, "bare")
    let bare = try TemporaryRepository(existing: "bare", in: sandbox).open()
    #expect(try WorkTree.following("refs/heads/main", in: bare).isEmpty)
  }

  @Test func aBranchWithoutCommits() async throws {
    let repository = try await TemporaryRepository()
    let store = try repository.open()
    let blob = try store.write(.blob, Array("x\n".utf8))
    let tree = try store.write(
      .tree, TreeRecord([TreeEntry(mode: TreeEntry.fileMode, name: "a", id: blob)]).bytes)
    let workTree = try #require(try WorkTree.following("refs/heads/main", in: store).first)
    try repository.write("mine", "untracked\n")
    try await workTree.prepare(from: nil, to: tree, paths: ["a"])
    let commit = try await repository.git("commit-tree", "-m", "first", tree.hex)
    try store.move(
      "refs/heads/main", to: try await repository.id(commit), expecting: nil, because: "first")
    try await workTree.apply(from: nil, to: tree, paths: ["a"])
    #expect(try await repository.git("status", "--porcelain") == "?? mine")
    #expect(repository.read("a") == "x\n")
  }

  @Test func namesThatLookLikePatterns() async throws {
    let repository = try await TemporaryRepository()
    let base = try await repository.commit(["[a]": "1\n", "a": "2\n", ":x": "3\n"])
    let store = try repository.open()
    let object = try store.read(try await repository.id("\(base):"), limit: 1000)
    let record = try #require(TreeRecord(parsing: object.bytes))
    let tree = try store.write(.tree, record.replacing("[a]", with: nil).bytes)
    let workTree = try #require(try WorkTree.following("refs/heads/main", in: store).first)
    try await workTree.prepare(
      from: try await repository.id("\(base):"), to: tree, paths: ["[a]"])
    try await workTree.apply(from: try await repository.id("\(base):"), to: tree, paths: ["[a]"])
    #expect(try await repository.git("status", "--porcelain") == "D  [a]")
  }
}
