/// A git tree, read strictly.
///
/// It is held as the bytes it was read from: of most entries a replay looks at nothing but whether
/// they have changed.
package struct TreeRecord: Sendable, Equatable {
  /// The object's bytes.
  package let bytes: [UInt8]
  /// Where each entry begins.
  let starts: [UInt32]

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
  /// - Parameter other: a tree that is likely to have most entries in common: those are not looked
  ///   at again. It makes no difference to the result.
  /// - Returns: nil if the bytes are no well-formed tree: unsorted or repeated names, a file and a
  ///   directory of one name, `.`, `..`, `.git`, an empty name, a name with `/`, a mode with a
  ///   leading zero or other than digits, a truncated id. Callers treat such
  ///   a tree as one opaque entry.
  package init?(parsing bytes: [UInt8], like other: TreeRecord? = nil) {
    guard bytes.count < Int(UInt32.max) else { return nil }
    if let other, !other.isEmpty, let starts = Self.starts(in: bytes, like: other) {
      (self.bytes, self.starts) = (bytes, starts)
      return
    }
    var starts: [UInt32] = []
    starts.reserveCapacity(bytes.count / 40)
    let isWellFormed = bytes.withUnsafeBytes { memory in
      Self.scan(memory, from: 0, to: memory.count, after: nil, into: &starts)
        && Self.hasNoTwins(in: 0..<starts.count, memory, starts, filesToo: false)
    }
    guard isWellFormed else { return nil }
    (self.bytes, self.starts) = (bytes, starts)
  }

  /// Notes where entries begin, as long as each is well-formed and follows the one before.
  ///
  /// - Returns: whether they end exactly at `end`.
  static func scan(
    _ memory: UnsafeRawBufferPointer, from start: Int, to end: Int, after last: RawEntry?,
    into starts: inout [UInt32]
  ) -> Bool {
    var last = last
    var position = start
    while position < end {
      guard let entry = RawEntry(in: memory, at: position), !isReserved(entry.name) else {
        return false
      }
      if let last, !last.precedes(entry) { return false }
      starts.append(UInt32(position))
      last = entry
      position = entry.end
    }
    return position == end
  }

  /// Whether none of those entries is a file beside a directory of its name, or the reverse. Sorted,
  /// equal names are neighbours but for these.
  ///
  /// - Parameter filesToo: whether the others than those were not looked at.
  static func hasNoTwins(
    in range: Range<Int>, _ memory: UnsafeRawBufferPointer, _ starts: [UInt32], filesToo: Bool
  ) -> Bool {
    range.allSatisfy { index in
      guard let entry = RawEntry(in: memory, at: Int(starts[index])) else { return false }
      guard entry.isTree || filesToo else { return true }
      let found = find(entry.name, isTree: !entry.isTree, in: memory, starts: starts)
      return found.map { $0.isTree == entry.isTree } ?? true
    }
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
    guard !range.isEmpty else { return [] }
    return bytes.withUnsafeBytes { memory in
      var entries: [TreeEntry] = []
      entries.reserveCapacity(range.count)
      for index in range {
        if let entry = RawEntry(in: memory, at: Int(starts[index])) { entries.append(entry.entry) }
      }
      return entries
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
}
