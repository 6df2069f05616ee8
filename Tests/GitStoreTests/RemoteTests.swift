import History
import Submission
import TestSupport
import Testing

@testable import GitStore

@Suite struct RemoteTests {
  /// A server with one commit on `main`, and clones of it.
  struct Setting {
    let sandbox: Sandbox
    let server: TemporaryRepository
    let base: ObjectID

    init() async throws {
      sandbox = try Sandbox()
      server = try await TemporaryRepository(in: sandbox, name: "server", bare: true)
      let first = try await TemporaryRepository(in: sandbox, name: "first")
      base = try await first.commit(["a": "x"])
      try await first.git("push", "-q", server.path, "main")
    }

    func clone(_ name: String, _ options: String...) async throws -> TemporaryRepository {
      let result = try await sandbox.run(["git", "clone", "-q"] + options + [server.path, name])
      #expect(result.succeeded)
      return TemporaryRepository(existing: name, in: sandbox)
    }
  }

  private func commit(on parent: ObjectID, _ message: String, in store: GitRepository) throws
    -> ObjectID
  {
    let text = """
      tree \(try store.write(.tree, []))
      parent \(parent)
      author A <a@example.com> 1700000000 +0000
      committer A <a@example.com> 1700000000 +0000

      \(message)

      """
    return try store.write(.commit, Array(text.utf8))
  }

  @Test(arguments: [[], ["--bare"], ["--mirror"]])
  func oneOfTwoWritersIsStale(_ options: [String]) async throws {
    let setting = try await Setting()
    let sandbox = setting.sandbox
    for name in ["a", "b"] {
      try await sandbox.run(["git", "clone", "-q"] + options + [setting.server.path, name])
    }
    let (a, b) = (
      try TemporaryRepository(existing: "a", in: sandbox).open(),
      try TemporaryRepository(existing: "b", in: sandbox).open()
    )
    let (first, second) = (GitRemote(repository: a), GitRemote(repository: b))
    #expect(try await first.fetch(branch: "main") == setting.base)
    #expect(try await second.fetch(branch: "main") == setting.base)

    let one = try commit(on: setting.base, "one", in: a)
    let two = try commit(on: setting.base, "two", in: b)
    #expect(try await first.push(one, to: "main", expecting: setting.base) == .accepted(saying: ""))
    #expect(try a.tip(of: "refs/remotes/origin/main") == one)
    #expect(try await second.push(two, to: "main", expecting: setting.base) == .stale)
    #expect(try await setting.server.id("main") == one)
    #expect(try b.tip(of: "refs/remotes/origin/main") == setting.base)

    #expect(try await second.fetch(branch: "main") == one)
    #expect(try b.contains(one))
    // The fetch leaves the local branch and FETCH_HEAD alone.
    #expect(try b.tip(of: "refs/heads/main") == setting.base)
    #expect(!sandbox.exists("b/.git/FETCH_HEAD") && !sandbox.exists("b/FETCH_HEAD"))
    let again = try commit(on: one, "again", in: b)
    #expect(try await second.push(again, to: "main", expecting: one) == .accepted(saying: ""))
    #expect(try await second.push(again, to: "main", expecting: again) == .accepted(saying: ""))
  }

  @Test func atTheSameMomentOneWins() async throws {
    let setting = try await Setting()
    let stores = try await (0..<4).asyncMap { try await setting.clone("c\($0)").open() }
    let base = setting.base
    let outcomes = try await withThrowingTaskGroup(of: PushOutcome.self) { group in
      for (number, store) in stores.enumerated() {
        let new = try commit(on: base, "\(number)", in: store)
        group.addTask {
          try await GitRemote(repository: store).push(new, to: "main", expecting: base)
        }
      }
      return try await group.reduce(into: [PushOutcome]()) { $0.append($1) }
    }
    #expect(outcomes.count { $0 == .accepted(saying: "") } == 1)
    #expect(outcomes.count { $0 == .stale } == 3)
  }

  @Test func aNewBranch() async throws {
    let setting = try await Setting()
    let store = try await setting.clone("a").open()
    let remote = GitRemote(repository: store)
    #expect(try await remote.fetch(branch: "topic") == nil)
    #expect(
      try await remote.push(setting.base, to: "topic", expecting: nil) == .accepted(saying: ""))
    #expect(try await remote.fetch(branch: "topic") == setting.base)
    let new = try commit(on: setting.base, "x", in: store)
    #expect(try await remote.push(new, to: "topic", expecting: nil) == .stale)
  }

  @Test func theRemotesWordsAreHandedOn() async throws {
    let setting = try await Setting()
    try setting.sandbox.writeScript(
      "server/hooks/pre-receive",
      "printf 'no such luck \\033[31m\\n' >&2; echo https://me:secret@host/x >&2; exit 1")
    let store = try await setting.clone("a").open()
    let new = try commit(on: setting.base, "x", in: store)
    let outcome = try await GitRemote(repository: store).push(
      new, to: "main", expecting: setting.base)
    guard case .refused(let refusal) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    let words = refusal.sentence
    #expect(refusal.code == .rejectedByHook)
    #expect(words.contains("no such luck ?[31m"))
    #expect(words.contains("[remote rejected] (pre-receive hook declined)"))
    #expect(words.contains("https://host/x") && !words.contains("secret"))
    #expect(try store.tip(of: "refs/remotes/origin/main") == setting.base)
  }

  /// Somebody else's push takes a moment, and this one then goes through.
  @Test func aBranchThatIsLockedForAMoment() async throws {
    let setting = try await Setting()
    let store = try await setting.clone("a").open()
    let new = try commit(on: setting.base, "x", in: store)
    // Gone with the second push that it stops.
    try setting.sandbox.writeScript(
      "server/hooks/pre-receive", "test -e once && rm -f refs/heads/main.lock; touch once")
    try setting.server.write("refs/heads/main.lock", "")
    let outcome = try await GitRemote(repository: store).push(
      new, to: "main", expecting: setting.base)
    #expect(outcome == .accepted(saying: ""))
  }

  /// What a killed git left behind there is not taken for other writers that are always faster.
  @Test func aBranchThatStaysLocked() async throws {
    let setting = try await Setting()
    let store = try await setting.clone("a").open()
    try setting.server.write("refs/heads/main.lock", "")
    let new = try commit(on: setting.base, "x", in: store)
    let outcome = try await GitRemote(repository: store).push(
      new, to: "main", expecting: setting.base)
    guard case .refused(let refusal) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(refusal.code == .locked)
    #expect(refusal.sentence.contains("refs/heads/main.lock"))
  }

  @Test func aBranchInTheWayOfAFolder() async throws {
    let setting = try await Setting()
    let store = try await setting.clone("a").open()
    let outcome = try await GitRemote(repository: store).push(
      setting.base, to: "main/topic", expecting: nil)
    guard case .refused = outcome else {
      Issue.record("\(outcome)")
      return
    }
  }

  @Test func noSuchRemoteOrPlace() async throws {
    let setting = try await Setting()
    let clone = try await setting.clone("a")
    let store = try clone.open()
    let none = await #expect(throws: RemoteError.self) {
      try await GitRemote(repository: store, name: "upstream").fetch(branch: "main")
    }
    #expect(none?.hint == "git remote add upstream URL")

    try await clone.git("remote", "set-url", "origin", "/no/such/place")
    let remote = GitRemote(repository: store)
    let gone = await #expect(throws: RemoteError.self) { try await remote.fetch(branch: "main") }
    #expect(gone?.code == .notFound)
    #expect(gone?.hint == "See where it leads: git remote -v")
    let lost = await #expect(throws: RemoteError.self) {
      try await remote.push(setting.base, to: "main", expecting: nil)
    }
    #expect(lost?.code == .notFound)
  }

  @Test func passwordsAreNotTold() async throws {
    let setting = try await Setting()
    let clone = try await setting.clone("a")
    // Port 1 of this machine: refused at once.
    try await clone.git("remote", "set-url", "origin", "http://me:secret@127.0.0.1:1/x")
    let error = try #require(
      await #expect(throws: RemoteError.self) {
        try await GitRemote(repository: clone.open()).fetch(branch: "main")
      })
    #expect(error.code == .unreachable)
    #expect(error.sentence.contains("127.0.0.1"))
    #expect(!error.description.contains("secret"))
  }

  @Test func anAnswerIsNotAwaitedForEver() async throws {
    let setting = try await Setting()
    let clone = try await setting.clone("a")
    try await clone.git("remote", "set-url", "origin", "ssh://example.invalid/x")
    try setting.sandbox.writeScript("silent", "echo $$ >\(setting.sandbox.path("pid")); sleep 60")
    let environment = setting.sandbox.environment.merging([
      "GIT_SSH_COMMAND": setting.sandbox.path("silent")
    ]) { $1 }
    let store = try GitRepository.open(at: clone.path, environment: environment)
    let begin = ContinuousClock.now
    let error = await #expect(throws: RemoteError.self) {
      try await GitRemote(repository: store, timeout: .seconds(1)).fetch(branch: "main")
    }
    #expect(ContinuousClock.now - begin < .seconds(40))
    #expect(error?.code == .timedOut)
    #expect(error?.sentence.contains("within 1 seconds") == true)
    // Its children are ended with it; whoever adopts orphans here may not have buried them yet.
    let pid = (setting.sandbox.read("pid") ?? "").split(separator: "\n").joined()
    var isGone = false
    for _ in 0..<100 where !isGone {
      let state = setting.sandbox.read("/proc/\(pid)/stat")?.split(separator: ")").last
      isGone = state == nil || state?.hasPrefix(" Z") == true
      if !isGone { try await Task.sleep(for: .milliseconds(100)) }
    }
    #expect(isGone)
  }

  @Test(arguments: [
    "", "-oProxyCommand=x", "ext::sh -c x", "fd::7", "-x:y", "a@-b:c", "host:-path",
    "ssh://-host/x", "ssh://-user@host/x", "ssh://%2dhost/x", "ssh://host/a%0ab", "ftp://host/x",
    "foo://host/x", "ssh:///x", "https://host/%", "/a\nb", "/a\u{7f}", "testgit::/x",
  ])
  func addressesThatAreRefused(_ url: String) {
    #expect(RemoteAddress.fault(in: url) != nil)
  }

  @Test(arguments: [
    "/srv/git/x.git", "../x", "./a:b", "file:///srv/x", "git@github.com:o/r.git", "host:path",
    "ssh://git@host:22/~me/x", "https://host/a%20b", "https://u:p@host/x", "git://host/x",
    "[::1]:path", "user@[::1]:path",
  ])
  func addressesThatAreFine(_ url: String) {
    #expect(RemoteAddress.fault(in: url) == nil)
  }

  @Test func addressesAreLookedAtBeforeGitSeesThem() async throws {
    let setting = try await Setting()
    let clone = try await setting.clone("a")
    let marker = setting.sandbox.path("ran")
    for url in ["ext::touch \(marker)", "/x\ny", "/x\n"] {
      try await clone.git("config", "remote.origin.url", url)
      try await clone.git("config", "protocol.ext.allow", "always")
      let store = try clone.open()
      await #expect(throws: RemoteError.self) {
        try await GitRemote(repository: store).fetch(branch: "main")
      }
      await #expect(throws: RemoteError.self) {
        try await GitRemote(repository: store).push(setting.base, to: "main", expecting: nil)
      }
    }
    #expect(!setting.sandbox.exists("ran"))
  }

  @Test(arguments: ["a..b", "a b", "", "a:b", "a*", "x.lock", "HEAD"])
  func namesOfNoBranch(_ branch: String) async throws {
    let setting = try await Setting()
    let store = try await setting.clone("a").open()
    await #expect(throws: RemoteError.self) {
      try await GitRemote(repository: store).fetch(branch: branch)
    }
  }
}

extension Sequence {
  func asyncMap<Result>(_ body: (Element) async throws -> Result) async rethrows -> [Result] {
    var results: [Result] = []
    for element in self { results.append(try await body(element)) }
    return results
  }
}
