extension JSONValue {
  /// Reads JSON text in any layout; what grant files may not contain is refused by name.
  ///
  /// - Throws: ``GrantFormatError`` with the line: not JSON, not UTF-8, a byte order mark, a
  ///   number, `null`, a repeated key, nesting deeper than 8, bytes after the value; a string with
  ///   more than ``Text/mostMarks`` combining marks in a row, which would be dear to compare.
  package init(parsing bytes: [UInt8]) throws(GrantFormatError) {
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) {
      throw GrantFormatError("begins with a byte order mark", line: 1)
    }
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw GrantFormatError("is not UTF-8")
    }
    var parser = JSONParser(bytes)
    self = try parser.document()
  }
}

private struct JSONParser {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws(GrantFormatError) -> JSONValue {
    let value = try value(depth: 0)
    skipSpace()
    guard position == bytes.count else { throw error("has something after the JSON value") }
    return value
  }

  private func error(_ sentence: String) -> GrantFormatError {
    let line = bytes[..<min(position, bytes.count)].count { $0 == UInt8(ascii: "\n") } + 1
    return GrantFormatError(sentence, line: line)
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0a, 0x0d, 0x09: position += 1
      default: return
      }
    }
  }

  private mutating func peek() throws(GrantFormatError) -> UInt8 {
    skipSpace()
    guard position < bytes.count else { throw error("ends in the middle of a JSON value") }
    return bytes[position]
  }

  private mutating func expect(_ scalar: Unicode.Scalar) throws(GrantFormatError) {
    guard try peek() == UInt8(ascii: scalar) else { throw error("lacks a `\(scalar)`") }
    position += 1
  }

  private mutating func value(depth: Int) throws(GrantFormatError) -> JSONValue {
    guard depth < 8 else { throw error("is nested too deeply") }
    switch try peek() {
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "t"): return .bool(try word("true", true))
    case UInt8(ascii: "f"): return .bool(try word("false", false))
    case UInt8(ascii: "n"): throw error("contains null; leave the key out instead")
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      throw error("contains a number; grant files have none")
    default: throw error("is not JSON")
    }
  }

  private mutating func word(_ text: String, _ value: Bool) throws(GrantFormatError) -> Bool {
    guard bytes[position...].starts(with: text.utf8) else { throw error("is not JSON") }
    position += text.utf8.count
    return value
  }

  private mutating func object(depth: Int) throws(GrantFormatError) -> JSONValue {
    position += 1
    var members: [(String, JSONValue)] = []
    if try peek() == UInt8(ascii: "}") {
      position += 1
      return .object(members)
    }
    while true {
      guard try peek() == UInt8(ascii: "\"") else { throw error("has a key that is no string") }
      let key = try string()
      guard !members.contains(where: { $0.0.utf8.elementsEqual(key.utf8) }) else {
        throw error("has the key \"\(Text.printable(key))\" twice")
      }
      try expect(":")
      members.append((key, try value(depth: depth + 1)))
      if try peek() == UInt8(ascii: "}") {
        position += 1
        return .object(members)
      }
      try expect(",")
    }
  }

  private mutating func array(depth: Int) throws(GrantFormatError) -> JSONValue {
    position += 1
    var values: [JSONValue] = []
    if try peek() == UInt8(ascii: "]") {
      position += 1
      return .array(values)
    }
    while true {
      values.append(try value(depth: depth + 1))
      if try peek() == UInt8(ascii: "]") {
        position += 1
        return .array(values)
      }
      try expect(",")
    }
  }

  private mutating func string() throws(GrantFormatError) -> String {
    let text = try anyString()
    guard !Text.hasTooManyMarks(text) else {
      throw error("has more than \(Text.mostMarks) combining marks in a row")
    }
    return text
  }

  private mutating func anyString() throws(GrantFormatError) -> String {
    position += 1
    let start = position
    // Most strings stand in the file as they are.
    while position < bytes.count, bytes[position] >= 0x20, bytes[position] != UInt8(ascii: "\\") {
      if bytes[position] == UInt8(ascii: "\"") {
        defer { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
      }
      position += 1
    }
    var out = Array(bytes[start..<position])
    while true {
      guard position < bytes.count else { throw error("ends inside a string") }
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: out, as: UTF8.self)
      case UInt8(ascii: "\\"): try escape(into: &out)
      case 0..<0x20: throw error("has a raw control character in a string")
      default: out.append(byte)
      }
    }
  }

  private mutating func escape(into out: inout [UInt8]) throws(GrantFormatError) {
    guard position < bytes.count else { throw error("ends inside a string") }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
    case UInt8(ascii: "b"): out.append(0x08)
    case UInt8(ascii: "f"): out.append(0x0c)
    case UInt8(ascii: "n"): out.append(0x0a)
    case UInt8(ascii: "r"): out.append(0x0d)
    case UInt8(ascii: "t"): out.append(0x09)
    case UInt8(ascii: "u"):
      var code = try hex()
      if (0xd800..<0xdc00).contains(code), bytes[position...].starts(with: "\\u".utf8) {
        position += 2
        let low = try hex()
        guard (0xdc00..<0xe000).contains(low) else { throw error("has half a surrogate pair") }
        code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw error("has half a surrogate pair") }
      out += Array(String(Character(scalar)).utf8)
    default: throw error("has an escape JSON does not know")
    }
  }

  private mutating func hex() throws(GrantFormatError) -> UInt32 {
    guard position + 4 <= bytes.count else { throw error("ends inside a string") }
    let digits = bytes[position..<(position + 4)]
    position += 4
    guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw error("has an escape JSON does not know") }
    return code
  }
}
