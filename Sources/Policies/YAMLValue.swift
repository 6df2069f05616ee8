/// What a policy file says, free of YAML's own types: `1`, `no` and `2026-11-23` are text until a
/// reader asks for something else.
indirect enum YAMLValue {
  /// `isPlain` says that it stands without quotes and in one style only plain scalars have.
  case scalar(String, isPlain: Bool, line: Int)
  case list([YAMLValue], line: Int)
  case mapping([YAMLMember], line: Int)

  var line: Int {
    switch self {
    case .scalar(_, _, let line), .list(_, let line), .mapping(_, let line): line
    }
  }

  /// The text, unless YAML would read the plain word as something else than text.
  ///
  /// `version: 1.10` and `name: no` are traps that quotes avoid; which of them is meant is not
  /// guessed.
  var text: String? {
    guard case .scalar(let text, let isPlain, _) = self else { return nil }
    return isPlain && Self.looksTyped(text) ? nil : text
  }

  /// Only the words `true` and `false`, without quotes.
  var flag: Bool? {
    guard case .scalar(let text, true, _) = self else { return nil }
    return text == "true" ? true : text == "false" ? false : nil
  }

  /// Only decimal digits, without quotes, sign or leading zero, up to 2^53.
  var count: Int? {
    guard case .scalar(let text, true, _) = self, text.utf8.count <= 16,
      text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      text == "0" || text.utf8.first != UInt8(ascii: "0"), let number = Int(text),
      number <= 1 << 53
    else { return nil }
    return number
  }

  /// Whether some version of YAML reads the plain word as null, boolean, number, date or merge.
  static func looksTyped(_ text: String) -> Bool {
    let words = [
      "", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "<<", "=", ".inf",
      "-.inf", "+.inf", ".nan",
    ]
    if words.contains(text.lowercased()) { return true }
    var bytes = Array(text.utf8)[...]
    if bytes.first == UInt8(ascii: "-") || bytes.first == UInt8(ascii: "+") {
      bytes = bytes.dropFirst()
    }
    let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    guard let first = bytes.first(where: { $0 != UInt8(ascii: ".") }), isDigit(first) else {
      return false
    }
    let radix = bytes.dropFirst().first.map { "xXoObB".utf8.contains($0) } ?? false
    if bytes.first == UInt8(ascii: "0"), radix {
      return bytes.dropFirst(2).allSatisfy { isDigit($0) || "abcdefABCDEF_".utf8.contains($0) }
    }
    return bytes.allSatisfy { isDigit($0) || "_.:+-eETtZz ".utf8.contains($0) }
  }
}

/// One key of a mapping.
struct YAMLMember {
  let key: String
  let line: Int
  let value: YAMLValue
}
