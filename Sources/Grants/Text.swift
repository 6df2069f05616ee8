@_spi(_Unicode) import Swift

/// What free text in a grant may contain, and how it is shown.
package enum Text {
  /// The most bytes of a justification, comment or reason.
  package static let longest = 4_096

  /// Why the text may not stand in a file, or nil if it may.
  ///
  /// Control characters (terminal escapes), directional overrides and anything not in Unicode
  /// normal form C are refused, so that what a reviewer reads is what was signed; so are more than
  /// ``mostMarks`` combining marks in a row. Line breaks and tabs are allowed where `multiline` says
  /// so.
  package static func objection(
    to text: String, multiline: Bool, longest: Int = longest
  ) -> String? {
    guard text.utf8.count <= longest else { return "is longer than \(longest) bytes" }
    if text.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }) { return nil }
    for scalar in text.unicodeScalars where !isAllowed(scalar, multiline: multiline) {
      return "contains U+\(String(scalar.value, radix: 16, uppercase: true)), which is not allowed"
    }
    // Asked first, since normalisation takes quadratic time for a run of marks.
    guard !hasTooManyMarks(text) else {
      return "has more than \(mostMarks) combining marks in a row"
    }
    guard isNormal(text) else { return "is not in Unicode normal form C (NFC)" }
    return nil
  }

  /// The text in normal form C.
  package static func normalised(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    result.append(contentsOf: text._nfc)
    return String(result)
  }

  /// Foreign text made fit to stand in a file: normalised, what is not allowed replaced, marks beyond
  /// ``mostMarks`` in a row left out, cut to ``longest`` bytes.
  package static func cleaned(_ text: String) -> String {
    if text.utf8.count <= longest, text.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }) {
      return text
    }
    var result = String.UnicodeScalarView()
    var size = 0
    // Cut before it is normalised: that takes quadratic time for a run of combining marks.
    let head = String(decoding: text.utf8.prefix(2 * longest), as: UTF8.self)
    var run = 0
    for scalar in head._nfc {
      run = isMark(scalar) ? run + 1 : 0
      guard run <= mostMarks else { continue }
      let kept = isAllowed(scalar, multiline: false) ? scalar : "\u{fffd}"
      size += UTF8.width(kept)
      guard size <= longest else { break }
      result.append(kept)
    }
    return normalised(String(result))
  }

  /// Foreign text made harmless for a terminal: control, directional and invisible characters
  /// become visible escapes.
  package static func printable(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if isAllowed(scalar, multiline: false) {
        result.unicodeScalars.append(scalar)
      } else if scalar == "\n" {
        result += "\\n"
      } else if scalar == "\t" {
        result += "\\t"
      } else {
        result += "\\u{\(String(scalar.value, radix: 16))}"
      }
    }
    return result
  }

  /// Whether it may stand on one line of anybody's terminal: no control character, none that turns
  /// or hides text.
  package static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    isAllowed(scalar, multiline: false)
  }

  private static func isNormal(_ text: String) -> Bool {
    text.unicodeScalars.elementsEqual(text._nfc)
  }

  private static func isAllowed(_ scalar: Unicode.Scalar, multiline: Bool) -> Bool {
    switch scalar.value {
    case 0x0a, 0x09: multiline
    case 0..<0x20, 0x7f..<0xa0: false
    // Directional embeddings, overrides, isolates and marks; line and paragraph separators.
    case 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069, 0x061c: false
    // Zero width characters, the byte order mark, and tags that print nothing.
    case 0xad, 0x115f, 0x1160, 0x180e, 0x200b, 0x2060...0x2064, 0x206a...0x206f, 0x3164, 0xffa0,
      0xfeff, 0xfff9...0xfffb, 0xe0000...0xe0fff:
      false
    default: true
    }
  }
}
