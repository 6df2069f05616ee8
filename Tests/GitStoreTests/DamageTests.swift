import FoundationEssentials
import GitStore
import History
import TestSupport
import Testing

/// Objects and references as crashes, full disks and hostile hands leave them.
@Suite(.timeLimit(.minutes(1))) struct DamageTests {
  struct Setting {
    let repository: TemporaryRepository
    let store: GitRepository
    let id: ObjectID
    let file: String

    init() async throws {
      repository = try await TemporaryRepository()
      store = try repository.open()
      id = try store.write(.blob, (0..<5000).map { _ in UInt8.random(in: 0 ... .max) })
      file = repository.path + "/.git/objects/\(id.hex.prefix(2))/\(id.hex.dropFirst(2))"
    }

    func replace(_ change: (Data) -> Data) throws {
      let data = try #require(FileManager.default.contents(atPath: file))
      try FileManager.default.removeItem(atPath: file)
      try change(data).write(to: URL(filePath: file))
    }
  }

  @Test(arguments: [0, 1, 2, 10, 60, 1000])
  func truncatedLooseObject(_ length: Int) async throws {
    let setting = try await Setting()
    try setting.replace { $0.prefix(length) }
    #expect(code { try setting.store.read(setting.id, limit: 10_000) } == .corrupt)
    #expect(code { try setting.store.makeReader().read(setting.id, limit: 10_000) } == .corrupt)
  }

  @Test func truncatedLooseObjectInAnAlternate() async throws {
    let setting = try await Setting()
    try setting.replace { $0.prefix(100) }
    let sandbox = setting.repository.sandbox
    let other = try await TemporaryRepository(in: sandbox, name: "other")
    try other.write(".git/objects/info/alternates", "../../../repository/.git/objects\n")
    #expect(code { try other.open().read(setting.id, limit: 10_000) } == .corrupt)
  }

  @Test func flippedBit() async throws {
    let setting = try await Setting()
    try setting.replace { data in
      var data = data
      data[data.count / 2] ^= 4
      return data
    }
    #expect(code { try setting.store.read(setting.id, limit: 10_000) } == .corrupt)
  }

  @Test func rubbishAfterTheEnd() async throws {
    let setting = try await Setting()
    try setting.replace { $0 + Data([1, 2, 3]) }
    #expect(code { try setting.store.read(setting.id, limit: 10_000) } == .corrupt)
  }

  @Test func anotherObjectUnderTheName() async throws {
    let setting = try await Setting()
    let other = try setting.store.write(.blob, [1, 2, 3]).hex
    let path = "\(setting.repository.path)/.git/objects/\(other.prefix(2))/\(other.dropFirst(2))"
    let data = try #require(FileManager.default.contents(atPath: path))
    try setting.replace { _ in data }
    #expect(code { try setting.store.read(setting.id, limit: 10_000) } == .corrupt)
  }

  @Test func aHeaderThatLies() async throws {
    let setting = try await Setting()
    // Deflated by zlib: "blob 99999999999\0", stored, cut there.
    let text = Array("blob 99999999999\0".utf8)
    let stored: [UInt8] =
      [0x78, 0x01, 0x00, UInt8(text.count), 0, ~UInt8(text.count), 0xff] + text
    try setting.replace { _ in Data(stored) }
    #expect(code { try setting.store.read(setting.id, limit: .max) } == .corrupt)
  }

  @Test func packedObjects() async throws {
    let repository = try await TemporaryRepository()
    try await repository.commit(["a": String(repeating: "line\n", count: 500)])
    let id = try await repository.id("HEAD:a")
    try await repository.git("repack", "-a", "-d", "-q")
    try await repository.git("prune-packed")
    let store = try repository.open()
    #expect(try store.read(id, limit: 2500).bytes.count == 2500)
    #expect(code { try store.read(id, limit: 2499) } == .tooLarge)

    let directory = repository.path + "/.git/objects/pack/"
    let names = try FileManager.default.contentsOfDirectory(atPath: directory)
    let name = try #require(names.first { $0.hasSuffix(".pack") })
    var data = try #require(FileManager.default.contents(atPath: directory + name))
    // The end is the checksum (20 bytes), before it the tree (about 40), before it the blob.
    for index in (data.count - 80)..<(data.count - 66) { data[index] ^= 0x55 }
    try FileManager.default.removeItem(atPath: directory + name)
    try data.write(to: URL(filePath: directory + name))
    // The open store still holds the old pack under that path; a copy is read afresh.
    try await repository.sandbox.run(["cp", "-r", repository.name, "copy"])
    let copy = try TemporaryRepository(existing: "copy", in: repository.sandbox).open()
    #expect(code { try copy.read(id, limit: 10_000) } == .corrupt)
  }

  /// An object lies in a pack and in a file of its own: either is as good while it is whole.
  @Test func oneWholeCopyIsEnough() async throws {
    let repository = try await TemporaryRepository()
    try await repository.commit(["a": String(repeating: "line\n", count: 500)])
    let id = try await repository.id("HEAD:a")
    // Without -d the loose files stay.
    try await repository.git("repack", "-a", "-q")
    let objects = repository.path + "/.git/objects/"
    let loose = objects + "\(id.hex.prefix(2))/\(id.hex.dropFirst(2))"
    let whole = try #require(FileManager.default.contents(atPath: loose))
    try FileManager.default.removeItem(atPath: loose)
    try whole.prefix(10).write(to: URL(filePath: loose))
    #expect(try repository.open().read(id, limit: 2500).bytes.count == 2500)

    try FileManager.default.removeItem(atPath: loose)
    try whole.write(to: URL(filePath: loose))
    let names = try FileManager.default.contentsOfDirectory(atPath: objects + "pack")
    let pack = objects + "pack/" + (try #require(names.first { $0.hasSuffix(".pack") }))
    var data = try #require(FileManager.default.contents(atPath: pack))
    for index in (data.count - 80)..<(data.count - 66) { data[index] ^= 0x55 }
    try FileManager.default.removeItem(atPath: pack)
    try data.write(to: URL(filePath: pack))
    try await repository.sandbox.run(["cp", "-r", repository.name, "copy"])
    let copy = try TemporaryRepository(existing: "copy", in: repository.sandbox).open()
    #expect(try copy.read(id, limit: 2500).bytes.count == 2500)
  }

  @Test func aNewPackIsFoundWhileOpen() async throws {
    let repository = try await TemporaryRepository()
    let store = try repository.open()
    let id = try await repository.commit(["a": "x"])
    #expect(try store.contains(id))
    try await repository.git("repack", "-a", "-d", "-q")
    try await repository.git("prune-packed")
    #expect(try store.read(id, limit: 10_000).kind == .commit)
  }

  @Test func replaceReferencesAreIgnored() async throws {
    let repository = try await TemporaryRepository()
    let one = try await repository.commit(["a": "x"], message: "one")
    let two = try await repository.commit(["a": "y"], message: "two")
    try await repository.git("replace", one.hex, two.hex)
    let object = try repository.open().read(one, limit: 10_000)
    #expect(String(decoding: object.bytes, as: UTF8.self).hasSuffix("one\n"))
  }

  @Test func lockedReference() async throws {
    let repository = try await TemporaryRepository()
    let one = try await repository.commit(["a": "x"])
    let store = try repository.open()
    try repository.write(".git/refs/heads/main.lock", "")
    do {
      try store.move("refs/heads/main", to: one, expecting: one, because: "x")
      Issue.record("moved in spite of the lock")
    } catch {
      #expect(error.code == .locked)
      #expect(error.hint.contains(".lock"))
    }
    try repository.sandbox.remove("repository/.git/refs/heads/main.lock")
    try store.move("refs/heads/main", to: one, expecting: one, because: "x")
  }

  @Test func packedReferencesAndReflog() async throws {
    let repository = try await TemporaryRepository()
    let one = try await repository.commit(["a": "x"])
    let two = try await repository.commit(["a": "y"])
    try await repository.git("pack-refs", "--all")
    let store = try repository.open()
    #expect(
      code {
        try store.move("refs/heads/main", to: one, expecting: nil, because: "x")
      } == .conflict)
    try store.move("refs/heads/main", to: one, expecting: two, because: "daypass: approve k3f9")
    let log = try await repository.git("reflog", "show", "--format=%gs by %gn", "main", "-1")
    #expect(log == "daypass: approve k3f9 by Test Author")
    #expect(try await repository.git("reflog", "-1", "--format=%gs") == "daypass: approve k3f9")
  }

  @Test func namesThatAreNone() async throws {
    let repository = try await TemporaryRepository()
    let store = try repository.open()
    let id = try store.write(.blob, [])
    for name in ["refs/heads/a..b", "", "refs/heads/-\u{1}"] {
      #expect(code { try store.move(name, to: id, expecting: nil, because: "x") } == .notFound)
    }
  }

  @Test func aBrokenReferenceIsNoAbsentOne() async throws {
    let repository = try await TemporaryRepository()
    try repository.write(".git/refs/heads/main", "not an id\n")
    #expect(code { try repository.open().tip(of: "refs/heads/main") } == .corrupt)
  }

  @Test func manyReadersAtOnce() async throws {
    let repository = try await TemporaryRepository()
    for number in 0..<20 { try await repository.commit(["a\(number)": "\(number)"]) }
    try await repository.git("repack", "-a", "-d", "-q")
    let store = try repository.open()
    let ids = try await repository.git("rev-list", "--objects", "--no-object-names", "HEAD")
      .split(separator: "\n").compactMap { ObjectID(hex: $0) }
    #expect(ids.count > 50)
    try await withThrowingTaskGroup(of: Int.self) { group in
      for worker in 0..<8 {
        group.addTask {
          let reader: any HistoryReader = worker % 2 == 0 ? store : try store.makeReader()
          return try ids.reduce(0) { try $0 + reader.read($1, limit: 10_000).bytes.count }
        }
      }
      var sums: Set<Int> = []
      for try await sum in group { sums.insert(sum) }
      #expect(sums.count == 1)
    }
  }
}
