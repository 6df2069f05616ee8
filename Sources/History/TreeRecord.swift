/// One entry of a git tree, with the mode as it is stored.
package struct TreeEntry: Sendable, Hashable {
  /// The raw mode, not normalised: `0o100644`, `0o040000` and so on.
  package let mode: UInt32
  /// The name for people and for comparison with names of ours; bytes that are no UTF-8 are U+FFFD.
  package let name: String
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
    self.name = String(decoding: nameBytes, as: UTF8.self)
    self.nameBytes = nameBytes
    self.id = id
  }

  package var isTree: Bool { mode == Self.treeMode }
  package var isFile: Bool { mode == Self.fileMode }

  /// Git's order: by bytes, a directory as if its name ended in `/`.
  package static func precedes(_ left: TreeEntry, _ right: TreeEntry) -> Bool {
    var leftBytes = left.nameBytes.makeIterator()
    var rightBytes = right.nameBytes.makeIterator()
    var leftSlash = left.isTree ? UInt8(ascii: "/") : nil
    var rightSlash = right.isTree ? UInt8(ascii: "/") : nil
    while true {
      let leftByte = leftBytes.next() ?? leftSlash.take()
      let rightByte = rightBytes.next() ?? rightSlash.take()
      guard let rightByte else { return false }
      guard let leftByte else { return true }
      if leftByte != rightByte { return leftByte < rightByte }
    }
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
    var seen: Set<[UInt8]> = []
    var position = 0
    while position < bytes.count {
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
      position += 1
      guard let end = bytes[min(position, bytes.count)...].firstIndex(of: 0),
        end + 20 < bytes.count
      else { return nil }
      let rawName = Array(bytes[position..<end])
      guard !rawName.isEmpty, !rawName.contains(UInt8(ascii: "/")),
        !Self.reserved.contains(rawName.map { $0 | ($0 >= 0x41 && $0 <= 0x5a ? 0x20 : 0) }),
        let id = ObjectID(bytes: bytes[(end + 1)..<(end + 21)]),
        seen.insert(rawName).inserted
      else { return nil }
      let entry = TreeEntry(mode: mode, nameBytes: rawName, id: id)
      if let last = entries.last, !TreeEntry.precedes(last, entry) { return nil }
      entries.append(entry)
      position = end + 21
    }
    self.entries = entries
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
    find(TreeEntry(mode: TreeEntry.fileMode, name: name, id: .zero))
      ?? find(TreeEntry(mode: TreeEntry.treeMode, name: name, id: .zero))
  }

  /// By halving: a commit may change 100,000 entries of one directory, each of which is looked up.
  private func find(_ wanted: TreeEntry) -> TreeEntry? {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if TreeEntry.precedes(entries[middle], wanted) { low = middle + 1 } else { high = middle }
    }
    guard low < entries.count, entries[low].nameBytes == wanted.nameBytes else {
      return nil
    }
    return entries[low]
  }

  /// The same tree with that entry put in, or taken out where `entry` is nil.
  package func replacing(_ name: String, with entry: TreeEntry?) -> TreeRecord {
    var kept = entries.filter { !$0.nameBytes.elementsEqual(name.utf8) }
    if let entry { kept.append(entry) }
    return TreeRecord(kept)
  }
}
