import GitStore
import History
import TestSupport
import Testing

/// The same cases for the store in memory and the one on disk: what is tested on the one holds for
/// the other.
@Suite struct HistoryContractTests {
  enum Kind: String, CaseIterable, Sendable { case memory, disk, bare }

  /// A store, and whatever must live as long as it does.
  struct Store {
    let history: any HistoryReader & HistoryWriter
    let keeper: Sandbox?

    init(_ kind: Kind) throws {
      switch kind {
      case .memory:
        history = InMemoryHistory()
        keeper = nil
      case .disk, .bare:
        let sandbox = try Sandbox()
        history = try GitRepository.create(
          at: sandbox.path("r"), bare: kind == .bare, environment: sandbox.environment)
        keeper = sandbox
      }
    }

    func commit(_ message: String, parents: [ObjectID] = []) throws -> ObjectID {
      let tree = try history.write(.tree, [])
      let lines =
        ["tree \(tree)"] + parents.map { "parent \($0)" } + [
          "author A <a@example.com> 1 +0000", "committer A <a@example.com> 1 +0000", "", message,
        ]
      return try history.write(.commit, Array((lines.joined(separator: "\n") + "\n").utf8))
    }
  }

  @Test(arguments: Kind.allCases)
  func whatIsWrittenIsRead(_ kind: Kind) throws {
    let store = try Store(kind)
    for bytes in [[], Array("hello\n".utf8), [0, 255, 0], Array(repeating: 7, count: 300_000)] {
      let id = try store.history.write(.blob, bytes)
      #expect(try store.history.read(id, limit: 1 << 20) == RawObject(kind: .blob, bytes: bytes))
      #expect(try store.history.contains(id))
      #expect(id == InMemoryHistory.id(of: .blob, bytes))
    }
    let commit = try store.commit("x")
    #expect(try store.history.read(commit, limit: 1000).kind == .commit)
  }

  @Test(arguments: Kind.allCases)
  func absentObjectsAreMissing(_ kind: Kind) throws {
    let store = try Store(kind)
    let id = InMemoryHistory.id(of: .blob, [1])
    #expect(try !store.history.contains(id))
    #expect(code { try store.history.read(id, limit: 100) } == .missing)
  }

  @Test(arguments: Kind.allCases)
  func theLimitIsTheLargestAllowedSize(_ kind: Kind) throws {
    let store = try Store(kind)
    let id = try store.history.write(.blob, Array(repeating: 1, count: 100))
    #expect(try store.history.read(id, limit: 100).bytes.count == 100)
    #expect(code { try store.history.read(id, limit: 99) } == .tooLarge)
  }

  @Test(arguments: Kind.allCases)
  func ofAnySizeItIsHandedOnInPieces(_ kind: Kind) throws {
    let store = try Store(kind)
    for size in [0, 1, 65_535, 65_536, 300_000] {
      let bytes = (0..<size).map { UInt8($0 % 251) }
      let id = try store.history.write(.blob, bytes)
      var found: [UInt8] = []
      #expect(try store.history.scan(id) { found += $0 } == .blob)
      #expect(found == bytes)
    }
    #expect(code { try store.history.scan(.zero) { _ in } } == .missing)
  }

  @Test(arguments: Kind.allCases)
  func referencesMoveByCompareAndSwap(_ kind: Kind) throws {
    let store = try Store(kind)
    let (name, one) = ("refs/heads/topic", try store.commit("one"))
    let two = try store.commit("two", parents: [one])
    #expect(try store.history.tip(of: name) == nil)

    #expect(
      code { try store.history.move(name, to: two, expecting: one, because: "x") } == .conflict)
    try store.history.move(name, to: one, expecting: nil, because: "begin")
    #expect(try store.history.tip(of: name) == one)
    #expect(
      code { try store.history.move(name, to: two, expecting: nil, because: "x") } == .conflict)
    #expect(
      code { try store.history.move(name, to: two, expecting: two, because: "x") } == .conflict)
    #expect(try store.history.tip(of: name) == one)
    try store.history.move(name, to: two, expecting: one, because: "on")
    #expect(try store.history.tip(of: name) == two)
  }

  @Test(arguments: Kind.allCases)
  func referencesNeedTheirObject(_ kind: Kind) throws {
    let store = try Store(kind)
    let id = InMemoryHistory.id(of: .commit, [1])
    let result = code {
      try store.history.move("refs/heads/x", to: id, expecting: nil, because: "x")
    }
    #expect(result == .missing)
  }

  @Test(arguments: Kind.allCases)
  func ofManyWritersOneWins(_ kind: Kind) async throws {
    let store = try Store(kind)
    let history = store.history
    let base = try store.commit("base")
    try history.move("refs/heads/x", to: base, expecting: nil, because: "base")
    let candidates = try (0..<8).map { try store.commit("\($0)", parents: [base]) }
    let winners = await withTaskGroup(of: Bool.self) { group in
      for candidate in candidates {
        group.addTask {
          let result = code {
            try history.move("refs/heads/x", to: candidate, expecting: base, because: "race")
          }
          return result == nil
        }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(winners == 1)
  }

  @Test func idsAreThoseOfGit() async throws {
    let sandbox = try Sandbox()
    for text in ["", "hello\n", "\u{e9}"] {
      let told = try await sandbox.git("hash-object", "--stdin", stdin: text)
      #expect(InMemoryHistory.id(of: .blob, Array(text.utf8)).hex == told)
    }
  }

  @Test func aHistoryInMemoryCanBeLaidOnDisk() async throws {
    let memory = try Store(.memory)
    let one = try memory.commit("one")
    let history = try #require(memory.history as? InMemoryHistory)
    try history.move("refs/heads/main", to: one, expecting: nil, because: "x")
    let disk = try TemporaryRepository(existing: "r", in: Sandbox())
    try history.copy(
      to: GitRepository.create(at: disk.path, environment: disk.sandbox.environment))
    #expect(try await disk.git("fsck", "--strict") == "")
    #expect(try await disk.id("main") == one)
  }
}

/// The code of the error a call ends in, or nil.
func code<Result>(_ body: () throws -> Result) -> HistoryError.Code? {
  do {
    _ = try body()
    return nil
  } catch let error as HistoryError {
    return error.code
  } catch {
    Issue.record("not a HistoryError: \(error)")
    return nil
  }
}
