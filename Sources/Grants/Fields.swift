/// Writes fields in a form of daypass's own, for its own eyes: integers big-endian in eight bytes,
/// everything of variable length behind its count.
package struct FieldWriter {
  package var bytes: [UInt8] = []

  package init() {}

  package mutating func put(_ number: Int64) {
    withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
  }

  package mutating func put(little number: some FixedWidthInteger) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// A number that is mostly small: seven bits a byte, the lowest first.
  package mutating func put(small number: Int) {
    var rest = UInt64(max(number, 0))
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  package mutating func put(_ moment: Timestamp) { put(moment.seconds) }

  package mutating func put(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

  package mutating func put(_ blob: [UInt8]) {
    put(Int64(blob.count))
    bytes += blob
  }

  /// A text, whose bytes are kept as they are.
  package mutating func put(_ text: String) {
    put(small: text.utf8.count)
    bytes += text.utf8
  }

  package mutating func put<Element>(
    all elements: some Collection<Element>, _ write: (inout FieldWriter, Element) -> Void
  ) {
    put(small: elements.count)
    for element in elements { write(&self, element) }
  }

  package mutating func put<Value>(
    optional value: Value?, _ write: (inout FieldWriter, Value) -> Void
  ) {
    put(value != nil)
    if let value { write(&self, value) }
  }
}

/// Reads what ``FieldWriter`` has written; nil wherever it makes no sense.
package struct FieldReader {
  private let bytes: [UInt8]
  package private(set) var position: Int
  /// Where what is read ends.
  private let end: Int

  /// - Parameter range: within the bytes; what lies outside is not read.
  package init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  /// A reader of bytes that were passed over.
  package func within(_ range: Range<Int>) -> FieldReader { FieldReader(bytes, range) }

  package var isAtEnd: Bool { position == end }

  /// Passes over that many bytes.
  ///
  /// - Returns: where they lie.
  package mutating func skip(_ count: Int) -> Range<Int>? {
    guard count >= 0, count <= end - position else { return nil }
    defer { position += count }
    return position..<(position + count)
  }

  /// Calls the body with bytes that were passed over.
  package func withBytes<Result>(
    _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
  }

  package mutating func number() -> Int64? {
    skip(8).map { range in
      withBytes(range) { Int64(bigEndian: $0.loadUnaligned(as: Int64.self)) }
    }
  }

  package mutating func small() -> Int? {
    var result: UInt64 = 0
    var shift: UInt64 = 0
    while shift < 63, position < end {
      let byte = bytes[position]
      position += 1
      result |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return Int(exactly: result) }
      shift += 7
    }
    return nil
  }

  package mutating func moment() -> Timestamp? { number().map { Timestamp(seconds: $0) } }

  package mutating func span() -> TimeSpan? { number().map { TimeSpan(seconds: $0) } }

  package mutating func flag() -> Bool? {
    guard let place = skip(1) else { return nil }
    switch bytes[place.lowerBound] {
    case 0: return false
    case 1: return true
    default: return nil
    }
  }

  package mutating func blob() -> [UInt8]? {
    number().flatMap { Int(exactly: $0) }.flatMap { skip($0) }.map { Array(bytes[$0]) }
  }

  package mutating func text() -> String? {
    small().flatMap { skip($0) }.flatMap { String(validating: bytes[$0], as: UTF8.self) }
  }

  package mutating func list<Element>(
    _ read: (inout FieldReader) -> Element?
  ) -> [Element]? {
    // Each element takes a byte at least.
    guard let count = small(), count <= end - position else { return nil }
    var result: [Element] = []
    result.reserveCapacity(count)
    for _ in 0..<count {
      guard let element = read(&self) else { return nil }
      result.append(element)
    }
    return result
  }

  /// Nil for what makes no sense, a nil within for what is left out.
  package mutating func optional<Value>(
    _ read: (inout FieldReader) -> Value?
  ) -> Value?? {
    guard let isThere = flag() else { return nil }
    if !isThere { return .some(nil) }
    return read(&self).map { .some($0) }
  }
}

/// Names of people, roles and repositories, each kept once and then named by number.
package struct NameTable {
  package private(set) var names: [String] = []
  private var numbers: [String: Int] = [:]

  package init() {}

  /// Names are ASCII: equal strings are equal bytes.
  package mutating func number(of name: String) -> Int {
    if let known = numbers[name] { return known }
    let number = names.count
    numbers[name] = number
    names.append(name)
    return number
  }
}

extension FieldReader {
  /// The name whose number stands there.
  package mutating func name(_ names: [String]) -> String? {
    small().flatMap { $0 < names.count ? names[$0] : nil }
  }
}
