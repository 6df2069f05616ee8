/// One entry of a git tree, with the mode as it is stored.
package struct TreeEntry: Sendable, Hashable {
  /// The raw mode, not normalised: `0o100644`, `0o040000` and so on.
  package let mode: UInt32
  /// The name as it is stored.
  package let nameBytes: [UInt8]
  package let id: ObjectID

  package static let fileMode: UInt32 = 0o100644
  package static let treeMode: UInt32 = 0o040000

  package init(mode: UInt32, name: String, id: ObjectID) {
    self.init(mode: mode, nameBytes: Array(name.utf8), id: id)
  }

  package init(mode: UInt32, nameBytes: [UInt8], id: ObjectID) {
    self.mode = mode
    self.nameBytes = nameBytes
    self.id = id
  }

  /// The longest name, in bytes, that a file system can hold; git has no limit of its own.
  package static let longestName = 255

  /// The name for people and for comparison with names of ours; bytes that are no UTF-8 are U+FFFD,
  /// and so is all behind ``longestName``: comparing strings takes quadratic time for a run of
  /// combining marks, and nothing of ours has so long a name.
  package var name: String {
    guard nameBytes.count > Self.longestName else {
      return String(decoding: nameBytes, as: UTF8.self)
    }
    return String(decoding: nameBytes.prefix(Self.longestName), as: UTF8.self) + "\u{fffd}"
  }
  package var isTree: Bool { mode == Self.treeMode }
  package var isFile: Bool { mode == Self.fileMode }

  /// Git's order: by bytes, a directory as if its name ended in `/`.
  package static func precedes(_ left: TreeEntry, _ right: TreeEntry) -> Bool {
    precedes(left.nameBytes, left.isTree, right.nameBytes, right.isTree)
  }

  static func precedes(
    _ left: [UInt8], _ leftIsTree: Bool, _ right: [UInt8], _ rightIsTree: Bool
  ) -> Bool {
    let common = min(left.count, right.count)
    for index in 0..<common where left[index] != right[index] {
      return left[index] < right[index]
    }
    // What follows the common part: the name's next byte, a directory's `/`, or the end.
    func next(_ name: [UInt8], _ isTree: Bool) -> Int {
      if common < name.count { return Int(name[common]) }
      return isTree ? Int(UInt8(ascii: "/")) : -1
    }
    let (leftNext, rightNext) = (next(left, leftIsTree), next(right, rightIsTree))
    guard leftNext == rightNext, leftNext >= 0 else { return leftNext < rightNext }
    // `a/` as a name cannot be, so one of them is a directory that ends here and the other goes on.
    return left.count < right.count
  }
}

/// A git tree, read strictly.
package struct TreeRecord: Sendable, Equatable {
  package let entries: [TreeEntry]

  /// Names that git gives a meaning of its own, in lowercase.
  private static let reserved = [".", "..", ".git"].map { Array($0.utf8) }

  /// The tree of no entries.
  package static let empty = TreeRecord(sorted: [])

  private init(sorted entries: [TreeEntry]) { self.entries = entries }

  /// The tree of these entries, put in git's order.
  package init(_ entries: [TreeEntry]) {
    self.entries = entries.sorted(by: TreeEntry.precedes)
  }

  /// Reads a tree object.
  ///
  /// - Returns: nil if the bytes are no well-formed tree: unsorted or repeated names, a file and a
  ///   directory of one name, `.`, `..`, `.git`, an empty name, a name with `/`, a mode with a
  ///   leading zero or other than digits, a truncated id. Callers treat such
  ///   a tree as one opaque entry.
  package init?(parsing bytes: [UInt8]) {
    var entries: [TreeEntry] = []
    let isWellFormed = bytes.withUnsafeBufferPointer { bytes in
      var position = 0
      while position < bytes.count {
        guard let entry = Self.entry(in: bytes, at: &position) else { return false }
        if let last = entries.last, !TreeEntry.precedes(last, entry) { return false }
        // Sorted, equal names are neighbours, but for a file and a directory of one name.
        if entry.isTree, Self.find(entry.nameBytes, isTree: false, in: entries) != nil {
          return false
        }
        entries.append(entry)
      }
      return true
    }
    guard isWellFormed else { return nil }
    self.entries = entries
  }

  /// Reads one entry and moves on behind it; nil if it is malformed.
  private static func entry(
    in bytes: UnsafeBufferPointer<UInt8>, at position: inout Int
  ) -> TreeEntry? {
    var mode: UInt32 = 0
    let modeStart = position
    while position < bytes.count, bytes[position] != UInt8(ascii: " ") {
      guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(bytes[position]),
        position - modeStart < 6
      else { return nil }
      mode = mode << 3 | UInt32(bytes[position] - UInt8(ascii: "0"))
      position += 1
    }
    guard position > modeStart, bytes[modeStart] != UInt8(ascii: "0") else { return nil }
    let start = min(position + 1, bytes.count)
    guard let end = bytes[start...].firstIndex(of: 0), end + 20 < bytes.count else { return nil }
    let name = bytes[start..<end]
    guard !name.isEmpty, !name.contains(UInt8(ascii: "/")), !isReserved(name),
      let id = ObjectID(
        startOf: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[(end + 1)...])))
    else { return nil }
    position = end + 21
    return TreeEntry(mode: mode, nameBytes: Array(name), id: id)
  }

  private static func isReserved(_ name: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    name.count <= 4
      && reserved.contains {
        $0.elementsEqual(name.lazy.map { $0 | ($0 >= 0x41 && $0 <= 0x5a ? 0x20 : 0) })
      }
  }

  /// The object's bytes.
  package var bytes: [UInt8] {
    var result: [UInt8] = []
    for entry in entries {
      result += Array(String(entry.mode, radix: 8).utf8)
      result.append(UInt8(ascii: " "))
      result += entry.nameBytes
      result.append(0)
      result += entry.id.bytes
    }
    return result
  }

  /// The entry of that name, compared by bytes, or nil.
  package func entry(named name: String) -> TreeEntry? {
    // A directory stands elsewhere than a file of its name would.
    let name = Array(name.utf8)
    return Self.find(name, isTree: false, in: entries)
      ?? Self.find(name, isTree: true, in: entries)
  }

  /// By halving: a commit may change 100,000 entries of one directory, each of which is looked up.
  private static func find(
    _ name: [UInt8], isTree: Bool, in entries: [TreeEntry]
  ) -> TreeEntry? {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if TreeEntry.precedes(entries[middle].nameBytes, entries[middle].isTree, name, isTree) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    guard low < entries.count, entries[low].nameBytes == name else { return nil }
    return entries[low]
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
