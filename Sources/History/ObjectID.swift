/// The name of a git object: the 20 bytes of its SHA-1.
package struct ObjectID: Hashable, Sendable, Comparable, CustomStringConvertible {
  // Three integers instead of an array: a replay holds very many of these, and an array is a heap
  // allocation each.
  private let high: UInt64
  private let middle: UInt64
  private let low: UInt32

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
    guard hexBytes.count == 40 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(20)
    var pending: UInt8?
    for digit in hexBytes {
      let value: UInt8
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
      default: return nil
      }
      if let upper = pending {
        bytes.append(upper << 4 | value)
        pending = nil
      } else {
        pending = value
      }
    }
    self.init(bytes: bytes)
  }

  /// As ``init(hexBytes:)``, uppercase digits too: so git itself reads the headers of a commit.
  init?(lenientHexBytes digits: some Collection<UInt8>) {
    self.init(
      hexBytes: digits.map { (UInt8(ascii: "A")...UInt8(ascii: "F")).contains($0) ? $0 | 0x20 : $0 }
    )
  }

  /// The 20 raw bytes, as git stores them in trees.
  package var bytes: [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(20)
    for shift in stride(from: 56, through: 0, by: -8) {
      result.append(UInt8(truncatingIfNeeded: high >> UInt64(shift)))
    }
    for shift in stride(from: 56, through: 0, by: -8) {
      result.append(UInt8(truncatingIfNeeded: middle >> UInt64(shift)))
    }
    for shift in stride(from: 24, through: 0, by: -8) {
      result.append(UInt8(truncatingIfNeeded: low >> UInt32(shift)))
    }
    return result
  }

  /// The 40 lowercase hexadecimal digits.
  package var hex: String {
    let digits: [UInt8] = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(40)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The first ten digits, for people.
  package var short: String { String(hex.prefix(10)) }

  package var description: String { hex }

  package static func < (left: ObjectID, right: ObjectID) -> Bool {
    (left.high, left.middle, left.low) < (right.high, right.middle, right.low)
  }
}
