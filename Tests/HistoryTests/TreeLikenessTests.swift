import History
import TestSupport
import Testing

/// What is not read again because another tree has it must make no difference.
@Suite("A tree read beside another") struct TreeLikenessTests {
  private static let names = [
    "a", "a-", "a.b", "aa", "ab", "b", "b0", "c", "ca", "d", ".git", "x/y",
  ]

  /// Any entries, in git's order or not, bytes of them missing, doubled or changed.
  private func bytes(_ random: inout SeededRandom) -> [UInt8] {
    var entries: [TreeEntry] = []
    for name in Self.names where Int.random(in: 0..<3, using: &random) > 0 {
      guard
        !name.hasPrefix(".git") && !name.contains("/")
          || Int.random(in: 0..<12, using: &random) == 0
      else { continue }
      for mode in [TreeEntry.fileMode, TreeEntry.treeMode]
      where Int.random(in: 0..<8, using: &random) > (mode == TreeEntry.fileMode ? 1 : 5) {
        let seed = UInt8.random(in: 0..<3, using: &random)
        let id = ObjectID(bytes: [UInt8](repeating: seed, count: 20)) ?? .zero
        entries.append(TreeEntry(mode: mode, name: name, id: id))
      }
    }
    return TreeRecord(entries).bytes
  }

  private func mutated(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var bytes = bytes
    guard !bytes.isEmpty else { return bytes }
    let place = Int.random(in: 0..<bytes.count, using: &random)
    switch Int.random(in: 0..<5, using: &random) {
    case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 1: bytes.remove(at: place)
    case 2: bytes.insert(bytes[place], at: place)
    case 3: bytes.append(contentsOf: bytes.suffix(28))
    default: break
    }
    return bytes
  }

  @Test func isReadTheSame() {
    var random = SeededRandom(seed: 17)
    var (read, refused) = (0, 0)
    for round in 0..<1_000 {
      let one = bytes(&random)
      guard let known = TreeRecord(parsing: one) else { continue }
      var other = Bool.random(using: &random) ? one : bytes(&random)
      if Bool.random(using: &random) { other = mutated(other, &random) }
      let alone = TreeRecord(parsing: other)
      let isSame = TreeRecord(parsing: other, like: known) == alone
      #expect(isSame, "round \(round)")
      guard let alone else {
        refused += 1
        continue
      }
      read += 1
      let (first, last) = alone.common(with: known)
      let (mine, theirs) = (alone.entries, known.entries)
      let isCommon =
        mine.prefix(first) == theirs.prefix(first) && mine.suffix(last) == theirs.suffix(last)
        && first + last <= min(mine.count, theirs.count)
        && first == zip(mine, theirs).prefix { $0 == $1 }.count
      #expect(isCommon, "round \(round)")
    }
    #expect(read > 100 && refused > 50, "\(read), \(refused)")
  }
}
