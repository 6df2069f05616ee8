import History

/// How an object is made of another one (gitformat-pack, "Deltified representation").
struct Delta: ~Copyable {
  private let bytes: MemoryRegion
  /// Where the instructions begin.
  private let start: Int
  /// Of the object it makes, in bytes.
  let resultSize: Int

  /// - Returns: nil if it is not for a base of that size.
  init?(_ bytes: consuming MemoryRegion, uponSize baseSize: Int) {
    var reader = bytes.withBytes { Reader(bytes: $0) }
    guard let wanted = reader.size(), wanted == baseSize, let resultSize = reader.size() else {
      return nil
    }
    self.bytes = bytes
    self.start = reader.place
    self.resultSize = resultSize
  }

  /// Hands on, in pieces, what it makes of the base.
  ///
  /// - Parameter take: is given each piece, and says whether it wants more.
  /// - Returns: false if it makes no sense, or no more was wanted.
  func apply(
    to base: borrowing MemoryRegion,
    _ take: (UnsafeRawBufferPointer) throws(HistoryError) -> Bool
  ) throws(HistoryError) -> Bool {
    try bytes.withBytes { (delta) throws(HistoryError) in
      try base.withBytes { (base) throws(HistoryError) in
        var reader = Reader(bytes: delta, place: start)
        while let instruction = reader.next() {
          let piece =
            instruction & 0x80 == 0
            ? reader.literal(instruction) : reader.copied(instruction, from: base)
          guard let piece, try take(piece) else { return false }
        }
        return true
      }
    }
  }

  private struct Reader {
    let bytes: UnsafeRawBufferPointer
    var place = 0

    mutating func next() -> Int? {
      guard place < bytes.count else { return nil }
      defer { place += 1 }
      return Int(bytes[place])
    }

    /// Seven bits a byte, the lowest first.
    mutating func size() -> Int? {
      var value = 0
      var shift = 0
      while shift < 56, let byte = next() {
        value |= (byte & 0x7f) << shift
        if byte & 0x80 == 0 { return value }
        shift += 7
      }
      return nil
    }

    /// Bytes that stand in the delta itself.
    mutating func literal(_ count: Int) -> UnsafeRawBufferPointer? {
      guard count > 0, count <= bytes.count - place else { return nil }
      defer { place += count }
      return UnsafeRawBufferPointer(rebasing: bytes[place..<(place + count)])
    }

    /// Bytes of the base: of where and how many, only the bytes that are not zero are told.
    mutating func copied(
      _ instruction: Int, from base: UnsafeRawBufferPointer
    ) -> UnsafeRawBufferPointer? {
      var (from, count) = (0, 0)
      for bit in 0..<7 where instruction & 1 << bit != 0 {
        guard let byte = next() else { return nil }
        if bit < 4 { from |= byte << (8 * bit) } else { count |= byte << (8 * (bit - 4)) }
      }
      if count == 0 { count = 0x10000 }
      guard from <= base.count, count <= base.count - from else { return nil }
      return UnsafeRawBufferPointer(rebasing: base[from..<(from + count)])
    }
  }
}
