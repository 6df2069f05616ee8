/// The name of a git object: the 20 bytes of its SHA-1.
package struct ObjectID: Hashable, Sendable, Comparable, CustomStringConvertible {
  // Three integers instead of an array: a replay holds very many of these, and an array is a heap
  // allocation each.
  private let high: UInt64
  private let middle: UInt64
  private let low: UInt32

  /// Ids are hashes already.
  package func hash(into hasher: inout Hasher) { hasher.combine(high) }

  /// The id that stands for "no object" in reference updates.
  package static let zero = ObjectID(high: 0, middle: 0, low: 0)

  private init(high: UInt64, middle: UInt64, low: UInt32) {
    self.high = high
    self.middle = middle
    self.low = low
  }

  /// The id whose raw bytes these are, or nil unless there are exactly 20 of them.
  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 20 else { return nil }
    var high: UInt64 = 0
    var middle: UInt64 = 0
    var low: UInt32 = 0
    for (index, byte) in bytes.enumerated() {
      switch index {
      case 0..<8: high = high << 8 | UInt64(byte)
      case 8..<16: middle = middle << 8 | UInt64(byte)
      default: low = low << 8 | UInt32(byte)
      }
    }
    self.init(high: high, middle: middle, low: low)
  }

  /// The id these 40 lowercase hexadecimal digits spell, or nil for anything else.
  package init?(hex: some StringProtocol) { self.init(hexBytes: hex.utf8) }

  /// As ``init(hex:)``, from ASCII bytes.
  package init?(hexBytes: some Collection<UInt8>) {
    self.init(digits: hexBytes, allowUppercase: false)
  }

  /// As ``init(hexBytes:)``, uppercase digits too: so git itself reads the headers of a commit.
  init?(lenientHexBytes digits: some Collection<UInt8>) {
    self.init(digits: digits, allowUppercase: true)
  }

  private init?(digits: some Collection<UInt8>, allowUppercase: Bool) {
    guard digits.count == 40 else { return nil }
    var (high, middle, low): (UInt64, UInt64, UInt32) = (0, 0, 0)
    for (index, digit) in digits.enumerated() {
      let value: UInt8
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F") where allowUppercase:
        value = digit - UInt8(ascii: "A") + 10
      default: return nil
      }
      switch index {
      case 0..<16: high = high << 4 | UInt64(value)
      case 16..<32: middle = middle << 4 | UInt64(value)
      default: low = low << 4 | UInt32(value)
      }
    }
    self.init(high: high, middle: middle, low: low)
  }

  /// The id whose raw bytes lie at the start of that memory, or nil if it is too short.
  package init?(startOf memory: UnsafeRawBufferPointer) {
    guard memory.count >= 20 else { return nil }
    self.init(
      high: UInt64(bigEndian: memory.loadUnaligned(as: UInt64.self)),
      middle: UInt64(bigEndian: memory.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
      low: UInt32(bigEndian: memory.loadUnaligned(fromByteOffset: 16, as: UInt32.self)))
  }

  /// Writes the 20 raw bytes to the start of that memory.
  package func copy(to memory: UnsafeMutableRawBufferPointer) {
    memory.storeBytes(of: high.bigEndian, as: UInt64.self)
    memory.storeBytes(of: middle.bigEndian, toByteOffset: 8, as: UInt64.self)
    memory.storeBytes(of: low.bigEndian, toByteOffset: 16, as: UInt32.self)
  }

  package var firstByte: Int { Int(high >> 56) }
  /// The two after that, as one number.
  package var secondAndThirdByte: Int { Int(high >> 40 & 0xffff) }

  /// The 20 raw bytes, as git stores them in trees.
  package var bytes: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 20) { buffer, count in
      copy(to: UnsafeMutableRawBufferPointer(buffer))
      count = 20
    }
  }

  /// The 40 lowercase hexadecimal digits.
  package var hex: String {
    String(unsafeUninitializedCapacity: 40) { text in
      func put(_ part: UInt64, _ digits: Int, at start: Int) {
        for index in 0..<digits {
          let value = UInt8(truncatingIfNeeded: part >> UInt64(4 * (digits - 1 - index))) & 15
          text[start + index] = value + (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
        }
      }
      put(high, 16, at: 0)
      put(middle, 16, at: 16)
      put(UInt64(low), 8, at: 32)
      return 40
    }
  }

  /// The first ten digits, for people.
  package var short: String { String(hex.prefix(10)) }

  package var description: String { hex }

  package static func < (left: ObjectID, right: ObjectID) -> Bool {
    (left.high, left.middle, left.low) < (right.high, right.middle, right.low)
  }
}
