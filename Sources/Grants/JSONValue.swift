/// The part of JSON that grant files use: no numbers, no null.
package indirect enum JSONValue: Sendable, Equatable {
  case string(String)
  case bool(Bool)
  case array([JSONValue])
  /// Members in the order they were read; the canonical encoder sorts them.
  case object([(String, JSONValue)])

  package static func == (left: JSONValue, right: JSONValue) -> Bool {
    left.canonicalBytes == right.canonicalBytes
  }

  /// The bytes `jq -S .` prints: keys sorted by their bytes, two spaces of indentation, escapes
  /// only where JSON demands them (and for DEL), a final newline.
  package var canonicalBytes: [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(1_024)
    write(to: &out, indent: 0)
    out.append(UInt8(ascii: "\n"))
    return out
  }

  /// Writes it as a part of something canonical, without a newline after it.
  ///
  /// - Parameter indent: how deep what it is part of lies.
  package func write(to out: inout [UInt8], indent: Int) {
    switch self {
    case .string(let text): Self.write(text, to: &out)
    case .bool(let value): out += (value ? "true" : "false").utf8
    case .array(let values):
      Self.writeList("[", values, "]", to: &out, indent: indent) { value, out in
        value.write(to: &out, indent: indent + 1)
      }
    case .object(let members):
      let sorted = members.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
      Self.writeList("{", sorted, "}", to: &out, indent: indent) { member, out in
        Self.write(member.0, to: &out)
        out.append(UInt8(ascii: ":"))
        out.append(UInt8(ascii: " "))
        member.1.write(to: &out, indent: indent + 1)
      }
    }
  }

  private static func writeList<Element>(
    _ open: Unicode.Scalar, _ elements: [Element], _ close: Unicode.Scalar, to out: inout [UInt8],
    indent: Int, each: (Element, inout [UInt8]) -> Void
  ) {
    out.append(UInt8(ascii: open))
    for (index, element) in elements.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      newline(to: &out, indent: indent + 1)
      each(element, &out)
    }
    if !elements.isEmpty { newline(to: &out, indent: indent) }
    out.append(UInt8(ascii: close))
  }

  private static func newline(to out: inout [UInt8], indent: Int) {
    out.append(UInt8(ascii: "\n"))
    for _ in 0..<(2 * indent) { out.append(UInt8(ascii: " ")) }
  }

  /// Writes a string, quotes and all.
  package static func write(_ text: String, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5c && $0 != 0x7f }) {
      out += text.utf8
      out.append(UInt8(ascii: "\""))
      return
    }
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): out += [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "\\"): out += [byte, byte]
      case 0x08: out += Array("\\b".utf8)
      case 0x09: out += Array("\\t".utf8)
      case 0x0a: out += Array("\\n".utf8)
      case 0x0c: out += Array("\\f".utf8)
      case 0x0d: out += Array("\\r".utf8)
      case 0..<0x20, 0x7f:
        let digits = Array("0123456789abcdef".utf8)
        out += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: out.append(byte)
      }
    }
    out.append(UInt8(ascii: "\""))
  }
}
