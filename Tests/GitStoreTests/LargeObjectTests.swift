import FoundationEssentials
import History
import Signatures
import TestSupport
import Testing

@testable import GitStore

/// Objects larger than what may be read: refused for their size only if they are what their name
/// says.
@Suite("Objects that are too large", .timeLimit(.minutes(2))) struct LargeObjectTests {
  struct Setting {
    let repository: TemporaryRepository
    var objects: String { repository.path + "/objects" }
    let small: ObjectID

    init() async throws {
      repository = try await TemporaryRepository(name: "repo.git", bare: true)
      small = try repository.open().write(.blob, Array("a small one\n".utf8))
    }

    func file(of id: ObjectID) -> String { "\(objects)/\(id.hex.prefix(2))/\(id.hex.dropFirst(2))" }

    func place(_ bytes: [UInt8], as id: ObjectID) throws {
      try? FileManager.default.removeItem(atPath: file(of: id))
      try Data(bytes).write(to: URL(filePath: file(of: id)))
    }

    /// Files of random lines, each a little different from the one before.
    func writeRelated(_ count: Int) throws -> [ObjectID] {
      var lines = (0..<20_000).map { _ in "\(UInt64.random(in: 0 ... .max))\n" }
      let store = try repository.open()
      return try (0..<count).map { index in
        lines[index * 37 % lines.count] = "changed \(index)\n"
        return try store.write(.blob, Array(lines.joined().utf8))
      }
    }

    func pack() async throws {
      let all = try await repository.git(
        "cat-file", "--batch-all-objects", "--batch-check=%(objectname)")
      try await repository.git(
        "pack-objects", "-q", "--window=20", "--depth=50", "objects/pack/pack", stdin: all + "\n")
      try await repository.git("prune-packed", "-q")
    }

    /// By name of the object: how many deltas it lies under.
    func depths() async throws -> [ObjectID: Int] {
      let names = try FileManager.default.contentsOfDirectory(atPath: objects + "/pack")
      let index = try #require(names.first { $0.hasSuffix(".idx") })
      let words = try await repository.git("verify-pack", "-v", objects + "/pack/" + index)
      var result: [ObjectID: Int] = [:]
      for line in words.split(separator: "\n") {
        let fields = line.split(separator: " ")
        guard fields.count >= 5, let id = ObjectID(hex: String(fields[0])) else { continue }
        result[id] = fields.count > 6 ? Int(fields[5]) : 0
      }
      return result
    }

    func error(of id: ObjectID, limit: Int = 1000) -> HistoryError? {
      do {
        _ = try repository.open().makeReader().read(id, limit: limit)
        return nil
      } catch { return error as? HistoryError }
    }
  }

  /// Zeros, a thousandth on disk, as they come from git.
  private func bomb(in setting: Setting) async throws -> ObjectID {
    let made = try await setting.repository.sandbox.run(
      ["sh", "-c", "head -c 100000000 /dev/zero | git hash-object -t blob -w --stdin"],
      in: "repo.git")
    return try #require(ObjectID(hex: made.text))
  }

  @Test func aBombInAFile() async throws {
    let setting = try await Setting()
    let id = try await bomb(in: setting)
    let error = try #require(setting.error(of: id))
    #expect(error.code == .tooLarge)
    #expect("\(error)".contains("100000000 bytes"))
    // Twice from one store: it is not read again.
    let store = try setting.repository.open()
    _ = code { try store.read(id, limit: 10) }
    let began = ContinuousClock.now
    for _ in 0..<100 { #expect(code { try store.read(id, limit: 10) } == .tooLarge) }
    #expect(ContinuousClock.now - began < .seconds(5))
    // Under another name.
    let data = try #require(FileManager.default.contents(atPath: setting.file(of: id)))
    try setting.place(Array(data), as: setting.small)
    #expect(setting.error(of: setting.small)?.code == .corrupt)
  }

  /// What its header claims ends before the stream does, or after.
  @Test(arguments: [1_999, 2_001, 1 << 40, Int.max])
  func aFileThatClaims(_ size: Int) async throws {
    let setting = try await Setting()
    let content = Array("blob \(size)\0".utf8) + [UInt8](repeating: 65, count: 2_000)
    var deflated: [UInt8] = [0x78, 0x01]
    let count = content.count
    deflated += [
      1, UInt8(count & 255), UInt8(count >> 8), UInt8(~count & 255), UInt8(~count >> 8 & 255),
    ]
    deflated += content + adler(content)
    try setting.place(deflated, as: setting.small)
    #expect(setting.error(of: setting.small)?.code == .corrupt)
    #expect(setting.error(of: setting.small, limit: .max)?.code == .corrupt)
  }

  private func adler(_ bytes: [UInt8]) -> [UInt8] {
    var (a, b) = (1, 0)
    for byte in bytes { (a, b) = ((a + Int(byte)) % 65521, (b + a + Int(byte)) % 65521) }
    return [b >> 8, b & 255, a >> 8, a & 255].map { UInt8($0) }
  }

  @Test func packedWholeAndAsDeltas() async throws {
    let setting = try await Setting()
    let related = try setting.writeRelated(12)
    try await setting.pack()
    let depths = try await setting.depths()
    #expect(depths.values.max() ?? 0 >= 3)
    #expect(related.contains { depths[$0] == 0 })
    for id in related {
      let size = try await setting.repository.git("cat-file", "-s", id.hex)
      let error = try #require(setting.error(of: id))
      #expect(error.code == .tooLarge)
      #expect("\(error)".contains("\(size) bytes"))
    }
    #expect(setting.error(of: setting.small) == nil)
  }

  @Test func packedUnderAnotherName() async throws {
    for (deltas, index) in [(false, 0), (true, 0), (true, 11), (true, 6)] {
      let setting = try await Setting()
      let related = try setting.writeRelated(deltas ? 12 : 1)
      try await setting.pack()
      var forgery = try PackForgery(gitDirectory: setting.repository.path)
      try forgery.exchange(setting.small, related[index])
      #expect(setting.error(of: setting.small)?.code == .corrupt)
      #expect(setting.error(of: related[index])?.code == .corrupt)
    }
  }

  /// A lying pack beside a sound one: what is small is not called too large because of it.
  @Test func aLiarBesideAnHonestCopy() async throws {
    let setting = try await Setting()
    let related = try setting.writeRelated(1)
    try await setting.pack()
    try await setting.repository.sandbox.run(["cp", "-R", "repo.git", "other.git"])
    var forgery = try PackForgery(gitDirectory: setting.repository.path)
    try forgery.exchange(setting.small, related[0])
    try setting.repository.write(
      "objects/info/alternates", setting.repository.sandbox.path("other.git/objects") + "\n")
    let store = try setting.repository.open().makeReader()
    let found = code { try store.read(setting.small, limit: 1000) }
    #expect(found == nil || found == .corrupt)
    #expect(code { try store.read(related[0], limit: 1000) } == .tooLarge)
  }

  /// A small object upon a chain of deltas that inflate to a gigabyte, as anybody may push it: git
  /// takes it, and reading it takes no more memory than one delta and what it is upon.
  @Test func aSmallObjectUponAChainOfInflatedDeltas() async throws {
    let (size, depth) = (16 << 20, 64)
    let repository = try await TemporaryRepository(name: "repo.git", bare: true)
    func number(_ value: Int) -> [UInt8] {
      value < 128 ? [UInt8(value)] : [UInt8(value & 127) | 128] + number(value >> 7)
    }
    // As long as the base, nothing of which it uses.
    var delta = number(size) + number(size)
    let literal = [UInt8](repeating: 0, count: 64)
    for _ in 0..<(size / 64) { delta += [64] + literal }
    let contents = [
      [UInt8](repeating: 0, count: size), delta, number(size) + number(5) + [0x90, 5],
    ]
    // git deflates for us: what it packs as files, we call deltas.
    var deflated: [[UInt8]] = []
    for content in contents {
      let loose = try await deflatedByGit(content, in: repository)
      deflated.append(loose)
    }
    var pack = Array("PACK".utf8) + [0, 0, 0, 2, 0, 0, 0, UInt8(depth + 2)]
    func append(_ kind: UInt8, _ content: Int, upon base: Int?) -> Int {
      let start = pack.count
      let length = contents[content].count
      var head = [kind << 4 | UInt8(length & 15) | (length > 15 ? 128 : 0)]
      if length > 15 { head += number(length >> 4) }
      if let base {
        var distance = start - base
        var bytes = [UInt8(distance & 127)]
        while distance > 127 {
          distance = distance >> 7 - 1
          bytes.insert(UInt8(distance & 127) | 128, at: 0)
        }
        head += bytes
      }
      pack += head + deflated[content]
      return start
    }
    var last = append(3, 0, upon: nil)
    for _ in 0..<depth { last = append(6, 1, upon: last) }
    _ = append(6, 2, upon: last)
    pack += Digest.sha1(pack)
    try FileManager.default.removeItem(atPath: repository.path + "/objects/pack")
    try FileManager.default.createDirectory(
      atPath: repository.path + "/objects/pack", withIntermediateDirectories: true)
    let path = repository.path + "/objects/pack/pack-\(Digest.hex(Digest.sha1(pack))).pack"
    try Data(pack).write(to: URL(filePath: path))
    try await repository.git("index-pack", path)

    let id = try ObjectStore.id(of: .blob, [0, 0, 0, 0, 0])
    let before = try memory("VmRSS")
    try "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
    let object = try repository.open().makeReader().read(id, limit: 1000)
    #expect(object.bytes == [0, 0, 0, 0, 0])
    let grown = try memory("VmHWM") - before
    #expect(grown < 400 << 10, "took \(grown) KiB")
  }

  /// The deflated bytes of a file as git packs it.
  private func deflatedByGit(
    _ content: [UInt8], in repository: TemporaryRepository
  ) async throws -> [UInt8] {
    try Data(content).write(to: URL(filePath: repository.sandbox.path("content")))
    let script = """
      id=$(git hash-object -w ../content)
      echo $id | git pack-objects -q --stdout > ../alone.pack
      """
    let made = try await repository.sandbox.run(["sh", "-c", script], in: "repo.git")
    try #require(made.succeeded, "\(made.errorText)")
    let pack = try #require(
      FileManager.default.contents(atPath: repository.sandbox.path("alone.pack")))
    var start = 12
    while pack[start] & 128 != 0 { start += 1 }
    return Array(pack[(start + 1)..<(pack.count - 20)])
  }

  /// In KiB.
  private func memory(_ name: String) throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(name + ":") })
    return try #require(Int(line.split(whereSeparator: \.isWhitespace)[1]))
  }

  /// All that git packs, of every kind, is read to the size git says; with a bit flipped anywhere it
  /// is so, or not at all.
  @Test func everyKindAndEveryBit() async throws {
    let repository = try await TemporaryRepository()
    for index in 0..<20 {
      let text = (0..<200).map { "line \($0 * index % 7)\n" }.joined()
      try await repository.commit(["a/\(index % 5)": text, "b": "\(index)"], message: text)
    }
    try await repository.git("tag", "-a", "-m", "a tag", "tag")
    try await repository.git("repack", "-a", "-d", "-q", "--depth=50")
    let folder = repository.path + "/.git/objects/pack/"
    let name = try #require(
      try FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasSuffix(".pack") })
    let path = folder + name.dropLast(5)
    let listed = try await repository.git(
      "cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objectsize)")
    var sizes: [ObjectID: Int] = [:]
    for line in listed.split(separator: "\n") {
      let fields = line.split(separator: " ")
      sizes[try #require(ObjectID(hex: String(fields[0])))] = Int(fields[1])
    }
    #expect(sizes.count > 80)
    func proven(_ path: String, _ id: ObjectID) throws -> Int? {
      let found = try PackFile.ifPresent(path)
      guard let pack = found, let offset = pack.offset(of: id) else { return nil }
      return try pack.prove(id, at: offset) { _ in }?.size
    }
    for (id, size) in sizes { #expect(try proven(path, id) == size) }
    let sound = try #require(FileManager.default.contents(atPath: path + ".pack"))
    let index = try #require(FileManager.default.contents(atPath: path + ".idx"))
    let copy = repository.sandbox.path("copy")
    var refused = 0
    for _ in 0..<300 {
      var (pack, places) = (sound, index)
      if Bool.random() {
        pack[Int.random(in: 0..<pack.count)] ^= 1 << UInt8.random(in: 0..<8)
      } else {
        places[Int.random(in: 0..<places.count)] ^= 1 << UInt8.random(in: 0..<8)
      }
      try pack.write(to: URL(filePath: copy + ".pack"))
      try places.write(to: URL(filePath: copy + ".idx"))
      for (id, size) in sizes {
        let found = try? proven(copy, id)
        #expect(found == nil || found == size)
        if found == nil { refused += 1 }
      }
    }
    #expect(refused > 100)
  }
}
