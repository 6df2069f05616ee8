import History

/// A pack and its index (gitformat-pack), mapped.
///
/// libgit2 reads an object whole or not at all, and spends more on each than on checking a
/// signature; whatever this does not understand is left to it.
struct PackFile: ~Copyable {
  private static let magic: [UInt8] = [0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2]
  /// Where the ids begin: after the magic and 256 counts.
  private static let idsStart = 8 + 4 * 256

  let pack: OpenFile
  private let data: MappedFile
  private let index: MappedFile
  /// How many objects the index lists.
  let objectCount: Int

  /// - Parameter path: of both files, without `.pack` and `.idx`.
  /// - Returns: nil where either is missing or not of the one version that git has written since
  ///   2008.
  /// - Throws: ``HistoryError`` with `.unreadable`.
  static func ifPresent(_ path: String) throws(HistoryError) -> PackFile? {
    guard let index = try MappedFile.ifPresent(path + ".idx"),
      let pack = try OpenFile.ifPresent(path + ".pack"),
      index.bytes.count >= idsStart, index.bytes[..<magic.count].elementsEqual(magic)
    else { return nil }
    let count = index.number(at: idsStart - 4)
    // Ids, checksums and places.
    guard index.bytes.count >= idsStart + (20 + 4 + 4) * count else { return nil }
    let data = try MappedFile(pack)
    return PackFile(pack: pack, data: data, index: index, objectCount: count)
  }

  private init(
    pack: consuming OpenFile, data: consuming MappedFile, index: consuming MappedFile,
    objectCount: Int
  ) {
    self.pack = pack
    self.data = data
    self.index = index
    self.objectCount = objectCount
  }

  /// Where in the pack the object lies; nil if it does not.
  func offset(of id: ObjectID) -> Int? {
    let first = id.firstByte
    var low = first == 0 ? 0 : min(index.number(at: 8 + 4 * (first - 1)), objectCount)
    var high = min(index.number(at: 8 + 4 * first), objectCount)
    // Ids are spread evenly: where one lies among those of its first byte is known but for a few
    // dozen. Whoever makes ids that are not gains nothing: soon all is halved.
    var guess = low + (high - low) * id.secondAndThirdByte >> 16
    var reach = 16
    while low < high {
      let place = Self.idsStart + 20 * guess
      guard let found = ObjectID(startOf: index.bytes(at: place)) else { return nil }
      if found == id { return offset(number: guess) }
      if found < id { low = guess + 1 } else { high = guess }
      let near = found < id ? low + reach : high - reach
      guess = reach < 1 << 10 && near > low && near < high ? near : (low + high) / 2
      reach <<= 2
    }
    return nil
  }

  /// What stands in the pack from there on.
  func bytes(at place: Int) -> UnsafeRawBufferPointer { data.bytes(at: place) }

  private func offset(number: Int) -> Int? {
    let offsets = Self.idsStart + (20 + 4) * objectCount
    let short = index.number(at: offsets + 4 * number)
    guard short & 0x8000_0000 != 0 else { return short }
    // A pack of more than 2 GiB: the place is in a second table.
    let place = offsets + 4 * objectCount + 8 * (short & 0x7fff_ffff)
    let (high, low) = (index.number(at: place), index.number(at: place + 4))
    return high < 1 << 31 ? high << 32 | low : nil
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
  func entry(at offset: Int) -> Entry? {
    var bytes = bytes(at: offset).prefix(64)
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
      guard let base = ObjectID(startOf: UnsafeRawBufferPointer(rebasing: bytes)),
        let place = self.offset(of: base)
      else { return nil }
      bytes = bytes.dropFirst(20)
      content = .delta(base: place)
    default: return nil
    }
    return Entry(content: content, size: size, start: offset + bytes.startIndex)
  }

  /// Seven bits a byte, the highest first, each but the last with one added.
  private static func distance(_ bytes: inout Slice<UnsafeRawBufferPointer>) -> Int? {
    var value = -1
    repeat {
      guard value < 1 << 48, let byte = bytes.popFirst() else { return nil }
      value = (value + 1) << 7 | Int(byte & 0x7f)
      if byte & 0x80 == 0 { return value }
    } while true
  }
}
