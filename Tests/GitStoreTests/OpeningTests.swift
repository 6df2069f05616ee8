import GitStore
import Glibc
import History
import TestSupport
import Testing

@Suite struct OpeningTests {
  private func error(
    opening path: String, discover: Bool = true, _ sandbox: Sandbox
  ) -> HistoryError? {
    do {
      _ = try GitRepository.open(at: path, discover: discover, environment: sandbox.environment)
      return nil
    } catch {
      return error
    }
  }

  @Test func workTreeAndSubdirectory() async throws {
    let repository = try await TemporaryRepository()
    try await repository.commit(["a/b/c": "x"])
    for place in ["", "/a", "/a/b", "/.git"] {
      let store = try GitRepository.open(
        at: repository.path + place, environment: repository.sandbox.environment)
      #expect(store.workTree == repository.path)
      #expect(store.gitDirectory == repository.path + "/.git")
      #expect(store.commonDirectory == store.gitDirectory)
      #expect(!store.isBare)
      #expect(try store.headReference == "refs/heads/main")
    }
    #expect(error(opening: repository.path + "/a", discover: false, repository.sandbox) != nil)
  }

  @Test func bareAndUnborn() async throws {
    let repository = try await TemporaryRepository(bare: true)
    let store = try repository.open()
    #expect(store.isBare)
    #expect(store.workTree == nil)
    #expect(try store.headReference == "refs/heads/main")
    #expect(try store.tip(of: "refs/heads/main") == nil)
  }

  @Test func linkedWorktree() async throws {
    let repository = try await TemporaryRepository()
    let id = try await repository.commit(["a": "x"])
    try await repository.git("worktree", "add", "--quiet", "../linked", "-b", "topic")
    let store = try TemporaryRepository(existing: "linked", in: repository.sandbox).open()
    #expect(store.workTree == repository.sandbox.path("linked"))
    #expect(store.gitDirectory == repository.path + "/.git/worktrees/linked")
    #expect(store.commonDirectory == repository.path + "/.git")
    #expect(try store.headReference == "refs/heads/topic")
    #expect(try store.tip(of: "refs/heads/main") == id)
    #expect(try store.contains(id))
  }

  @Test func detachedHead() async throws {
    let repository = try await TemporaryRepository()
    try await repository.commit(["a": "x"])
    try await repository.git("checkout", "--quiet", "--detach")
    #expect(try repository.open().headReference == nil)
  }

  @Test func noRepository() throws {
    let sandbox = try Sandbox()
    let error = error(opening: sandbox.root, sandbox)
    #expect(error?.code == .notFound)
    #expect(error?.sentence == "There is no git repository at \(sandbox.root).")
    #expect(error?.hint.contains("git init") == true)
  }

  @Test(.enabled(if: getuid() == 0, "only root can give a directory away"))
  func foreignOwner() async throws {
    let repository = try await TemporaryRepository()
    try await repository.sandbox.run(["chown", "-R", "12345:12345", repository.path])
    let error = error(opening: repository.path, repository.sandbox)
    #expect(error?.code == .foreignOwner)
    #expect(
      error?.hint.contains("git config --global --add safe.directory \(repository.path)") == true)
  }

  @Test func shallowClone() async throws {
    let repository = try await TemporaryRepository()
    try await repository.commit(["a": "x"])
    try await repository.commit(["a": "y"])
    let sandbox = repository.sandbox
    try await sandbox.git("clone", "-q", "--depth=1", "file://" + repository.path, "clone")
    let error = error(opening: sandbox.path("clone"), sandbox)
    #expect(error?.code == .incomplete)
    #expect(error?.hint == "git fetch --unshallow")
  }

  @Test func partialClone() async throws {
    let repository = try await TemporaryRepository()
    try await repository.commit(["a": "x"])
    try await repository.git("config", "uploadpack.allowFilter", "true")
    let sandbox = repository.sandbox
    try await sandbox.git("clone", "-q", "--filter=blob:none", "file://" + repository.path, "c")
    let error = error(opening: sandbox.path("c"), sandbox)
    #expect(error?.code == .incomplete)
    #expect(error?.sentence.contains("partial clone") == true)
  }

  @Test(arguments: [
    ("partialClone", "origin", HistoryError.Code.incomplete, "partial clone"),
    ("refStorage", "reftable", .unsupported, "reftable"),
    ("relativeWorktrees", "true", .unsupported, "extensions.relativeworktrees"),
    ("somethingNew", "true", .unsupported, "extensions.somethingnew"),
  ])
  func unknownExtensions(
    _ name: String, _ value: String, _ code: HistoryError.Code, _ words: String
  ) async throws {
    let repository = try await TemporaryRepository()
    try await repository.git("config", "core.repositoryFormatVersion", "1")
    try await repository.git("config", "extensions.\(name)", value)
    let error = error(opening: repository.path, repository.sandbox)
    #expect(error?.code == code)
    #expect(error?.sentence.contains(words) == true)
    #expect(error?.hint.isEmpty == false)
  }

  @Test func sha256() async throws {
    let repository = try await TemporaryRepository(["--object-format=sha256"])
    let error = error(opening: repository.path, repository.sandbox)
    #expect(error?.code == .unsupported)
    #expect(error?.sentence.contains("SHA-256") == true)
  }

  @Test(arguments: ["worktreeConfig", "preciousObjects"])
  func harmlessExtensions(_ name: String) async throws {
    let repository = try await TemporaryRepository()
    let id = try await repository.commit(["a": "x"])
    try await repository.git("config", "core.repositoryFormatVersion", "1")
    try await repository.git("config", "extensions.\(name)", "true")
    #expect(try repository.open().tip(of: "refs/heads/main") == id)
  }

  /// A hook sees the objects that wait in quarantine only through the environment it is given.
  @Test func quarantine() async throws {
    let server = try await TemporaryRepository(name: "server", bare: true)
    let sandbox = server.sandbox
    try sandbox.writeScript(
      "server/hooks/pre-receive",
      """
      cat >/dev/null
      env >\(sandbox.path("hook-env")); pwd >\(sandbox.path("hook-pwd"))
      cp -r "$GIT_OBJECT_DIRECTORY" \(sandbox.path("waiting")); exit 1
      """)
    let clone = try await TemporaryRepository(in: sandbox)
    let id = try await clone.commit(["a": "x"])
    #expect(
      try await !sandbox.run(["git", "push", "-q", server.path, "main"], in: clone.name).succeeded)
    var environment = sandbox.environment
    for line in (sandbox.read("hook-env") ?? "").split(separator: "\n") {
      let parts = line.split(separator: "=", maxSplits: 1)
      if parts.count == 2, parts[0].hasPrefix("GIT_") {
        environment[String(parts[0])] = String(parts[1])
      }
    }
    #expect(environment["GIT_DIR"] == ".")
    environment["GIT_OBJECT_DIRECTORY"] = sandbox.path("waiting")
    let place = try #require(sandbox.read("hook-pwd")?.split(separator: "\n").first)
    let store = try GitRepository.open(at: String(place), environment: environment)
    #expect(store.isBare)
    #expect(try store.read(id, limit: 10_000).kind == .commit)
    #expect(try !server.open().contains(id))
    #expect(try store.makeReader().contains(id))
  }

  @Test func alternatesAreFollowed() async throws {
    let repository = try await TemporaryRepository()
    let id = try await repository.commit(["a": "x"])
    let sandbox = repository.sandbox
    try await sandbox.git("clone", "-q", "--shared", repository.path, "clone")
    let borrower = try TemporaryRepository(existing: "clone", in: sandbox).open()
    #expect(try borrower.read(id, limit: 10_000).kind == .commit)

    let quoted = "\"\(repository.path)/.git/ob\\152ects\""
    let empty = try await TemporaryRepository(in: sandbox, name: "empty")
    let environment = sandbox.environment.merging(["GIT_ALTERNATE_OBJECT_DIRECTORIES": quoted]) {
      $1
    }
    let store = try GitRepository.open(at: empty.path, environment: environment)
    #expect(try store.read(id, limit: 10_000).kind == .commit)
  }

  @Test func creating() async throws {
    let sandbox = try Sandbox()
    let store = try GitRepository.create(
      at: sandbox.path("new"), branch: "trunk", environment: sandbox.environment)
    #expect(try store.headReference == "refs/heads/trunk")
    #expect(store.workTree == sandbox.path("new"))
    #expect(code { try GitRepository.create(at: sandbox.path("new")) } == .conflict)
  }

  @Test func settingsAndRemotes() async throws {
    let repository = try await TemporaryRepository()
    let sandbox = repository.sandbox
    let environment = sandbox.environment.merging([
      "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "daypass.branch", "GIT_CONFIG_VALUE_0": "x\ny",
    ]) { $1 }
    let store = try GitRepository.open(at: repository.path, environment: environment)
    #expect(try await store.configuration("daypass.branch") == "x\ny")
    #expect(try await store.configuration("daypass.root") == nil)
    try await store.setLocalConfiguration("daypass.root", "abc")
    #expect(try await store.configuration("daypass.root") == "abc")
    #expect(try await repository.git("config", "--local", "daypass.root") == "abc")
    try await store.setLocalConfiguration("daypass.file", "~/x")
    #expect(try await store.configuration("daypass.file", as: .path) == sandbox.path("home/x"))

    #expect(try store.remoteNames == [])
    try await repository.commit(["a": "x"])
    try await sandbox.git("clone", "-q", repository.path, "clone")
    let clone = try TemporaryRepository(existing: "clone", in: sandbox).open()
    #expect(try clone.remoteNames == ["origin"])
    #expect(try clone.headReference(ofRemote: "origin") == "refs/remotes/origin/main")
    #expect(try clone.headReference(ofRemote: "other") == nil)
  }
}
