import History

/// A pack and its index (gitformat-pack), read for the objects that are too large to hold: libgit2
/// reads an object whole or not at all.
struct PackFile: ~Copyable {
  private static let magic: [UInt8] = [0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2]
  /// Where the ids begin: after the magic and 256 counts.
  private static let idsStart = 8 + 4 * 256

  let pack: OpenFile
  private let index: OpenFile
  /// How many objects the index lists.
  let objectCount: Int

  /// - Parameter path: of both files, without `.pack` and `.idx`.
  /// - Returns: nil where either is missing or not of the one version that git has written since
  ///   2008.
  /// - Throws: ``HistoryError`` with `.unreadable`.
  static func ifPresent(_ path: String) throws(HistoryError) -> PackFile? {
    guard let index = try OpenFile.ifPresent(path + ".idx"),
      let pack = try OpenFile.ifPresent(path + ".pack"),
      try index.bytes(at: 0, count: magic.count) == magic,
      let count = try index.number(at: idsStart - 4, bytes: 4)
    else { return nil }
    return PackFile(pack: pack, index: index, objectCount: count)
  }

  private init(pack: consuming OpenFile, index: consuming OpenFile, objectCount: Int) {
    self.pack = pack
    self.index = index
    self.objectCount = objectCount
  }

  /// Where in the pack the object lies; nil if it does not.
  func offset(of id: ObjectID) throws(HistoryError) -> Int? {
    guard let first = id.bytes.first.map(Int.init) else { return nil }
    var low = first == 0 ? 0 : try index.number(at: 8 + 4 * (first - 1), bytes: 4) ?? 0
    var high = min(try index.number(at: 8 + 4 * first, bytes: 4) ?? 0, objectCount)
    while low < high {
      let middle = (low + high) / 2
      let found = try index.bytes(at: Self.idsStart + 20 * middle, count: 20)
      if found == id.bytes { return try offset(number: middle) }
      if found.lexicographicallyPrecedes(id.bytes) { low = middle + 1 } else { high = middle }
    }
    return nil
  }

  private func offset(number: Int) throws(HistoryError) -> Int? {
    let offsets = Self.idsStart + (20 + 4) * objectCount
    guard let short = try index.number(at: offsets + 4 * number, bytes: 4) else { return nil }
    guard short & 0x8000_0000 != 0 else { return short }
    // A pack of more than 2 GiB: the place is in a second table.
    let place = offsets + 4 * objectCount + 8 * (short & 0x7fff_ffff)
    return try index.number(at: place, bytes: 8)
  }

  /// What stands before an object's deflated bytes.
  struct Entry {
    enum Content {
      case whole(ObjectKind)
      /// A delta upon the object at that place of the pack.
      case delta(base: Int)
    }
    let content: Content
    /// Of the inflated bytes, which are a delta's own where it is one.
    let size: Int
    /// Where the deflated bytes begin.
    let start: Int
  }

  /// - Returns: nil where that makes no sense.
  func entry(at offset: Int) throws(HistoryError) -> Entry? {
    var bytes = try pack.bytes(at: offset, count: 64)[...]
    guard offset >= 12, let first = bytes.popFirst() else { return nil }
    var size = Int(first & 0x0f)
    var byte = first
    var shift = 4
    while byte & 0x80 != 0 {
      guard let next = bytes.popFirst(), shift < 56 else { return nil }
      byte = next
      size |= Int(byte & 0x7f) << shift
      shift += 7
    }
    let content: Entry.Content
    switch first >> 4 & 7 {
    case 1: content = .whole(.commit)
    case 2: content = .whole(.tree)
    case 3: content = .whole(.blob)
    case 4: content = .whole(.tag)
    case 6:
      guard let distance = Self.distance(&bytes), distance > 0, distance < offset else {
        return nil
      }
      content = .delta(base: offset - distance)
    case 7:
      guard let base = ObjectID(bytes: Array(bytes.prefix(20))),
        let place = try self.offset(of: base)
      else { return nil }
      bytes = bytes.dropFirst(20)
      content = .delta(base: place)
    default: return nil
    }
    return Entry(content: content, size: size, start: offset + bytes.startIndex)
  }

  /// Seven bits a byte, the highest first, each but the last with one added.
  private static func distance(_ bytes: inout ArraySlice<UInt8>) -> Int? {
    var value = -1
    repeat {
      guard value < 1 << 48, let byte = bytes.popFirst() else { return nil }
      value = (value + 1) << 7 | Int(byte & 0x7f)
      if byte & 0x80 == 0 { return value }
    } while true
  }
}

extension OpenFile {
  /// A number, the highest byte first; nil if the file ends before, or it is above what counts.
  fileprivate func number(at place: Int, bytes count: Int) throws(HistoryError) -> Int? {
    let bytes = try bytes(at: place, count: count)
    guard bytes.count == count, count < 8 || bytes[0] < 0x80 else { return nil }
    return bytes.reduce(0) { $0 << 8 | Int($1) }
  }
}
