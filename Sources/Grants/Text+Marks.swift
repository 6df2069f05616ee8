extension Text {
  /// The most combining marks in a row, as in Unicode's Stream-Safe Text Format (UAX #15, D3).
  ///
  /// Swift compares, hashes and normalises strings by sorting such runs, in quadratic time: 60 KiB
  /// of marks cost everybody who replays them seconds. No language needs more than a few.
  package static let mostMarks = 30

  /// Whether more than ``mostMarks`` combining marks follow one another; takes linear time.
  static func hasTooManyMarks(_ text: String) -> Bool {
    // No mark is below U+0300, which begins with CC.
    if text.utf8.allSatisfy({ $0 < 0xcc }) { return false }
    var run = 0
    for scalar in text.unicodeScalars {
      run = isMark(scalar) ? run + 1 : 0
      if run > mostMarks { return true }
    }
    return false
  }

  /// Whether normalisation may move the scalar.
  static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x300: false
    // Of class 0, and yet made of marks alone.
    case 0xf73, 0xf75, 0xf81: true
    default: scalar.properties.canonicalCombiningClass != .notReordered
    }
  }
}
