import History
import Testing

/// Trees that git or some file system would read in two ways.
@Suite struct TreeGrammarTests {
  static let id = [UInt8](repeating: 0x11, count: 20)

  private func entry(_ mode: String, _ name: String) -> [UInt8] {
    Array("\(mode) \(name)\0".utf8) + Self.id
  }

  private func read(_ entries: (String, String)...) -> TreeRecord? {
    TreeRecord(parsing: entries.flatMap { entry($0.0, $0.1) })
  }

  @Test func wellFormed() throws {
    #expect(TreeRecord(parsing: []) == .empty)
    let tree = try #require(
      read(
        ("100644", "a"), ("100644", "a-b"), ("40000", "a.d"), ("120000", "b"), ("160000", "c"),
        ("100755", "d"), ("100664", "e"), ("100644", "git"), ("100644", "é")))
    #expect(tree.entries.count == 9)
    #expect(TreeRecord(parsing: tree.bytes) == tree)
    #expect(tree.entry(named: "a.d")?.isTree == true)
    #expect(tree.entries.filter(\.isFile).map(\.name) == ["a", "a-b", "git", "é"])
  }

  @Test func gitsOrderPutsADirectoryAsIfItEndedInASlash() {
    #expect(read(("100644", "a-b"), ("40000", "a"), ("100644", "a0")) != nil)
    #expect(read(("40000", "a"), ("100644", "a-b")) == nil)
    #expect(read(("100644", "a"), ("100644", "a-b")) != nil)
    #expect(read(("100644", "a0"), ("40000", "a")) == nil)
  }

  @Test func unsortedOrRepeated() {
    #expect(read(("100644", "b"), ("100644", "a")) == nil)
    #expect(read(("100644", "a"), ("100644", "a")) == nil)
    #expect(read(("40000", "a"), ("40000", "a")) == nil)
    // A file and a directory of one name, apart in git's order.
    #expect(read(("100644", "a"), ("100644", "a-b"), ("40000", "a")) == nil)
    #expect(read(("100644", "a"), ("40000", "a")) == nil)
  }

  @Test func twinsByNormalisationAreTwoNames() throws {
    let tree = try #require(read(("100644", "e\u{301}"), ("100755", "é")))
    #expect(tree.entry(named: "é")?.mode == 0o100755)
    #expect(tree.entry(named: "e\u{301}")?.mode == 0o100644)
  }

  @Test(arguments: [".", "..", ".git", ".GIT", ".Git", "", "a/b", "/"])
  func names(_ name: String) {
    #expect(read(("100644", name)) == nil)
    #expect(read(("40000", name)) == nil)
  }

  @Test(arguments: [
    "0100644", "040000", "0", "", "100648", "10064a", "+100644", "-1", " 100644", "1006440",
    "100644\n", "0x1ff", "７",
  ])
  func modes(_ mode: String) {
    #expect(read((mode, "a")) == nil)
  }

  /// Files that are not ours may be called anything; the bytes stay as they are.
  @Test func namesThatAreNoText() throws {
    for name: [UInt8] in [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0x61, 0x80]] {
      let bytes = Array("100644 ".utf8) + name + [0] + Self.id
      let tree = try #require(TreeRecord(parsing: bytes))
      #expect(tree.bytes == bytes)
    }
  }

  @Test func truncatedAnywhere() {
    let whole = entry("100644", "a") + entry("100644", "b")
    let first = entry("100644", "a").count
    for count in 1..<whole.count where count != first {
      #expect(TreeRecord(parsing: Array(whole.prefix(count))) == nil, "\(count)")
    }
    #expect(TreeRecord(parsing: whole + [0]) == nil)
    #expect(TreeRecord(parsing: whole + Array("1".utf8)) == nil)
    #expect(TreeRecord(parsing: whole + Array("100644 c\0".utf8)) == nil)
  }

  @Test func everyEntryIsFoundByItsNameAlone() throws {
    var entries: [TreeEntry] = []
    for name in ["a", "a-", "a.", "a0", "aa", "ab", "b", "b/".replacing("/", with: "-"), "é", "zz"]
    {
      for mode in [TreeEntry.fileMode, TreeEntry.treeMode] {
        let entry = TreeEntry(
          mode: mode, name: name + (mode == TreeEntry.treeMode ? "d" : ""), id: .zero)
        entries.append(entry)
      }
    }
    for count in 0...entries.count {
      let tree = TreeRecord(Array(entries.prefix(count)))
      #expect(TreeRecord(parsing: tree.bytes) == tree)
      for entry in entries {
        let wanted = tree.entries.first { $0.name.utf8.elementsEqual(entry.name.utf8) }
        #expect(tree.entry(named: entry.name) == wanted)
      }
      for name in ["", "0", "a/", "ad/", "zzzz", "A"] {
        #expect(tree.entry(named: name) == nil)
      }
    }
  }

  @Test func replacing() throws {
    let tree = try #require(read(("100644", "a"), ("100644", "a-b"), ("100644", "c")))
    let directory = TreeEntry(mode: TreeEntry.treeMode, name: "a", id: .zero)
    let other = tree.replacing("a", with: directory)
    #expect(other.entries.map(\.name) == ["a-b", "a", "c"])
    #expect(TreeRecord(parsing: other.bytes) == other)
    #expect(other.replacing("a", with: nil).entries.map(\.name) == ["a-b", "c"])
  }
}

@Suite struct ObjectIDTests {
  @Test func hexRoundTrip() throws {
    let hex = "0123456789abcdef0123456789abcdef01234567"
    let id = try #require(ObjectID(hex: hex))
    #expect(id.hex == hex)
    #expect(ObjectID(bytes: id.bytes) == id)
    #expect(id.short == "0123456789")
    #expect(ObjectID.zero.hex == String(repeating: "0", count: 40))
  }

  @Test(arguments: [
    "", "0123456789abcdef0123456789abcdef0123456", "0123456789abcdef0123456789abcdef012345678",
    "0123456789ABCDEF0123456789abcdef01234567", "0123456789abcdeg0123456789abcdef01234567",
    " 123456789abcdef0123456789abcdef01234567", "０123456789abcdef0123456789abcdef012345",
    String(repeating: "a", count: 64),
  ])
  func refused(_ hex: String) {
    #expect(ObjectID(hex: hex) == nil)
  }

  /// Swift compares strings in quadratic time where they are runs of combining marks.
  @Test func aVeryLongNameIsCheapToCompare() throws {
    let marks = Array(String(repeating: "\u{301}\u{316}", count: 50_000).utf8)
    let entry = TreeEntry(mode: TreeEntry.fileMode, nameBytes: marks, id: .zero)
    let tree = try #require(TreeRecord(parsing: TreeRecord([entry]).bytes))
    #expect(tree.entries == [entry])
    let took = ContinuousClock().measure {
      #expect(tree.entries[0].name != "README.md")
      #expect([tree.entries[0].name: 1]["README.md"] == nil)
    }
    #expect(took < .seconds(20))
    #expect(tree.entries[0].name.hasSuffix("\u{fffd}"))
  }
}
