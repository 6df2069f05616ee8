/// Takes the SSH data types of RFC 4251 section 5 off the front of a byte string.
///
/// Every `take` returns nil where the bytes do not suffice; the caller names the refusal.
struct WireReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }
  init(_ bytes: [UInt8]) { rest = bytes[...] }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func takeByte() -> UInt8? { rest.popFirst() }

  mutating func takeBytes(_ count: Int) -> ArraySlice<UInt8>? {
    guard rest.count >= count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  /// A 32-bit unsigned number, big-endian.
  mutating func takeUInt32() -> UInt32? {
    takeBytes(4)?.reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// A byte string after its length.
  mutating func takeString() -> ArraySlice<UInt8>? {
    var ahead = self
    guard let length = ahead.takeUInt32(), let bytes = ahead.takeBytes(Int(length)) else {
      return nil
    }
    self = ahead
    return bytes
  }
}

/// Puts SSH data types behind one another.
struct WireWriter {
  private(set) var bytes: [UInt8] = []

  mutating func put(_ raw: some Sequence<UInt8>) { bytes.append(contentsOf: raw) }

  mutating func putUInt32(_ value: UInt32) {
    for shift in stride(from: UInt32(24), through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  mutating func putString(_ string: some Collection<UInt8>) {
    putUInt32(UInt32(truncatingIfNeeded: string.count))
    put(string)
  }
}

/// The value of an `mpint`: a number above zero in two's complement with no superfluous byte
/// (RFC 4251 section 5).
struct PositiveNumber {
  /// As it stands on the wire and in DER: a leading zero byte where the first bit is set.
  let encoded: ArraySlice<UInt8>

  /// - Returns: nil for zero, negative numbers and padded ones.
  init?(_ encoded: ArraySlice<UInt8>) {
    guard let first = encoded.first, first < 0x80 else { return nil }
    if first == 0 {
      guard let second = encoded.dropFirst().first, second >= 0x80 else { return nil }
    }
    self.encoded = encoded
  }

  /// Big-endian without a leading zero.
  var magnitude: ArraySlice<UInt8> { encoded.first == 0 ? encoded.dropFirst() : encoded }

  var bitWidth: Int {
    magnitude.count * 8 - (magnitude.first?.leadingZeroBitCount ?? 0)
  }

  var isOdd: Bool { (encoded.last ?? 0) & 1 == 1 }
}
