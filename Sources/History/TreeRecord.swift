/// A git tree, read strictly.
///
/// It is held as the bytes it was read from: of most entries a replay looks at nothing but whether
/// they have changed.
package struct TreeRecord: Sendable, Equatable {
  /// The object's bytes.
  package let bytes: [UInt8]
  /// Where each entry begins.
  private let starts: [UInt32]

  /// Names that git gives a meaning of its own, in lowercase.
  private static let reserved = [".", "..", ".git"].map { Array($0.utf8) }

  /// The tree of no entries.
  package static let empty = TreeRecord(sorted: [])

  private init(sorted entries: [TreeEntry]) {
    var bytes: [UInt8] = []
    var starts: [UInt32] = []
    for entry in entries {
      starts.append(UInt32(bytes.count))
      bytes += Array(String(entry.mode, radix: 8).utf8)
      bytes.append(UInt8(ascii: " "))
      bytes += entry.nameBytes
      bytes.append(0)
      bytes += entry.id.bytes
    }
    self.bytes = bytes
    self.starts = starts
  }

  /// The tree of these entries, put in git's order.
  package init(_ entries: [TreeEntry]) {
    self.init(sorted: entries.sorted(by: TreeEntry.precedes))
  }

  /// Reads a tree object.
  ///
  /// - Returns: nil if the bytes are no well-formed tree: unsorted or repeated names, a file and a
  ///   directory of one name, `.`, `..`, `.git`, an empty name, a name with `/`, a mode with a
  ///   leading zero or other than digits, a truncated id. Callers treat such
  ///   a tree as one opaque entry.
  package init?(parsing bytes: [UInt8]) {
    guard bytes.count < Int(UInt32.max) else { return nil }
    var starts: [UInt32] = []
    let isWellFormed = bytes.withUnsafeBytes { memory in
      var last: RawEntry?
      var position = 0
      while position < memory.count {
        guard let entry = RawEntry(in: memory, at: position), !Self.isReserved(entry.name) else {
          return false
        }
        if let last, !last.precedes(entry) { return false }
        // Sorted, equal names are neighbours, but for a file and a directory of one name.
        if entry.isTree,
          Self.find(entry.name, isTree: false, in: memory, starts: starts) != nil
        {
          return false
        }
        starts.append(UInt32(position))
        last = entry
        position = entry.end
      }
      return true
    }
    guard isWellFormed else { return nil }
    self.bytes = bytes
    self.starts = starts
  }

  private static func isReserved(_ name: UnsafeRawBufferPointer) -> Bool {
    name.count <= 4
      && reserved.contains {
        $0.elementsEqual(name.lazy.map { $0 | ($0 >= 0x41 && $0 <= 0x5a ? 0x20 : 0) })
      }
  }

  package var count: Int { starts.count }
  package var isEmpty: Bool { starts.isEmpty }

  /// In git's order.
  package var entries: [TreeEntry] { entries(in: 0..<count) }

  /// Some of ``entries``, by their numbers.
  package func entries(in range: Range<Int>) -> [TreeEntry] {
    bytes.withUnsafeBytes { memory in
      range.compactMap { RawEntry(in: memory, at: Int(starts[$0]))?.entry }
    }
  }

  /// The entry of that name, compared by bytes, or nil.
  package func entry(named name: String) -> TreeEntry? {
    var name = name
    return name.withUTF8 { name in
      bytes.withUnsafeBytes { memory in
        let name = UnsafeRawBufferPointer(name)
        // A directory stands elsewhere than a file of its name would.
        let found =
          Self.find(name, isTree: false, in: memory, starts: starts)
          ?? Self.find(name, isTree: true, in: memory, starts: starts)
        return found?.entry
      }
    }
  }

  /// By halving: a commit may change 100,000 entries of one directory, each of which is looked up.
  private static func find(
    _ name: UnsafeRawBufferPointer, isTree: Bool, in memory: UnsafeRawBufferPointer,
    starts: [UInt32]
  ) -> RawEntry? {
    var (low, high) = (0, starts.count)
    while low < high {
      let middle = (low + high) / 2
      guard let entry = RawEntry(in: memory, at: Int(starts[middle])) else { return nil }
      if TreeEntry.precedes(entry.name, entry.isTree, name, isTree) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    guard low < starts.count, let entry = RawEntry(in: memory, at: Int(starts[low])),
      entry.name.elementsEqual(name)
    else { return nil }
    return entry
  }

  /// The same tree with that entry put in, or taken out where `entry` is nil.
  package func replacing(_ name: String, with entry: TreeEntry?) -> TreeRecord {
    replacing([name: entry])
  }

  /// The same with several entries put there, or taken away where nil, by name.
  package func replacing(_ changes: [String: TreeEntry?]) -> TreeRecord {
    let names = Set(changes.keys.map { Array($0.utf8) })
    let kept = entries.filter { !names.contains(Array($0.nameBytes)) }
    return TreeRecord(kept + changes.values.compactMap(\.self))
  }

  /// How many entries two trees begin with alike, and how many more they end with alike.
  package func common(with other: TreeRecord) -> (first: Int, last: Int) {
    let shorter = min(count, other.count)
    return bytes.withUnsafeBytes { left in
      other.bytes.withUnsafeBytes { right in
        // Where the same bytes begin, the same entries begin; the same from the end, if they begin
        // at the same distance from it.
        let alike = Self.commonStart(left, right)
        var first = 0
        while first < shorter, end(of: first) <= alike { first += 1 }
        var last = 0
        while last < shorter - first {
          let (mine, others) = (count - 1 - last, other.count - 1 - last)
          let (start, otherStart) = (Int(starts[mine]), Int(other.starts[others]))
          guard left.count - start == right.count - otherStart,
            left[start..<end(of: mine)].elementsEqual(right[otherStart..<other.end(of: others)])
          else { break }
          last += 1
        }
        return (first, last)
      }
    }
  }

  private func end(of index: Int) -> Int {
    index + 1 < starts.count ? Int(starts[index + 1]) : bytes.count
  }

  /// The number of bytes with which both begin.
  private static func commonStart(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
  ) -> Int {
    let count = min(left.count, right.count)
    var position = 0
    while position + 8 <= count,
      left.loadUnaligned(fromByteOffset: position, as: UInt64.self)
        == right.loadUnaligned(fromByteOffset: position, as: UInt64.self)
    {
      position += 8
    }
    while position < count, left[position] == right[position] { position += 1 }
    return position
  }
}

/// One entry as it lies in the bytes of a tree.
private struct RawEntry {
  let mode: UInt32
  let name: UnsafeRawBufferPointer
  private let id: ObjectID
  /// Where the next one begins.
  let end: Int

  var isTree: Bool { mode == TreeEntry.treeMode }
  var entry: TreeEntry { TreeEntry(mode: mode, nameBytes: Array(name), id: id) }

  /// - Returns: nil if none begins there that is well-formed.
  init?(in memory: UnsafeRawBufferPointer, at start: Int) {
    var mode: UInt32 = 0
    var position = start
    while position < memory.count, memory[position] != UInt8(ascii: " ") {
      let digit = memory[position] &- UInt8(ascii: "0")
      guard digit < 8, position - start < 6 else { return nil }
      mode = mode << 3 | UInt32(digit)
      position += 1
    }
    guard position > start, memory[start] != UInt8(ascii: "0") else { return nil }
    let nameStart = position + 1
    position = nameStart
    while position < memory.count, memory[position] != 0 {
      guard memory[position] != UInt8(ascii: "/") else { return nil }
      position += 1
    }
    guard position > nameStart, position + 20 < memory.count,
      let id = ObjectID(startOf: UnsafeRawBufferPointer(rebasing: memory[(position + 1)...]))
    else { return nil }
    self.mode = mode
    self.name = UnsafeRawBufferPointer(rebasing: memory[nameStart..<position])
    self.id = id
    self.end = position + 21
  }

  func precedes(_ other: RawEntry) -> Bool {
    TreeEntry.precedes(name, isTree, other.name, other.isTree)
  }
}
