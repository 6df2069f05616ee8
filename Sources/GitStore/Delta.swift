import History

/// How an object is made of another one (gitformat-pack, "Deltified representation").
///
/// Lives no longer than the bytes it was made of.
struct Delta {
  private let bytes: UnsafeRawBufferPointer
  /// Where the instructions begin.
  private let start: Int
  /// Of the object it makes, in bytes.
  let resultSize: Int

  /// - Returns: nil if it is not for a base of that size.
  init?(_ bytes: UnsafeRawBufferPointer, uponSize baseSize: Int) {
    var reader = Reader(bytes: bytes)
    guard let wanted = reader.size(), wanted == baseSize, let resultSize = reader.size() else {
      return nil
    }
    self.bytes = bytes
    self.start = reader.place
    self.resultSize = resultSize
  }

  /// Of the object that a delta makes, in bytes; nil if it does not say.
  static func resultSize(of bytes: UnsafeRawBufferPointer) -> Int? {
    var reader = Reader(bytes: bytes)
    return reader.size() == nil ? nil : reader.size()
  }

  /// Hands on, in pieces, what it makes of the base.
  ///
  /// - Parameter take: is given each piece, and says whether it wants more.
  /// - Returns: false if it makes no sense, or no more was wanted.
  func apply<Failure>(
    to base: UnsafeRawBufferPointer, _ take: (UnsafeRawBufferPointer) throws(Failure) -> Bool
  ) throws(Failure) -> Bool {
    var reader = Reader(bytes: bytes, place: start)
    while let instruction = reader.next() {
      let piece =
        instruction & 0x80 == 0
        ? reader.literal(instruction) : reader.copied(instruction, from: base)
      guard let piece, try take(piece) else { return false }
    }
    return true
  }

  /// What it makes of the base; nil if it makes no sense.
  func applied(to base: UnsafeRawBufferPointer) -> [UInt8]? {
    let result = [UInt8](unsafeUninitializedCapacity: resultSize) { buffer, count in
      let room = UnsafeMutableRawBufferPointer(buffer)
      let isSound = apply(to: base) { piece in
        guard piece.count <= room.count - count else { return false }
        if let from = piece.baseAddress {
          room.baseAddress?.advanced(by: count).copyMemory(from: from, byteCount: piece.count)
        }
        count += piece.count
        return true
      }
      if !isSound { count = 0 }
    }
    return result.count == resultSize ? result : nil
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
