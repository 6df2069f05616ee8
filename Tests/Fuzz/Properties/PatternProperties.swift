import Policies

/// What is made of a pattern matches what follows from the pattern.
enum PatternProperties {
  static func check(_ input: [UInt8]) throws(Broken) {
    let lines = input.split(separator: 0x0a, maxSplits: 1, omittingEmptySubsequences: false)
    let source = String(decoding: lines.first ?? [], as: UTF8.self)
    let text = String(decoding: lines.count > 1 ? lines[1].prefix(4_096) : [], as: UTF8.self)
    let pattern: Pattern
    do throws(PatternError) {
      pattern = try Pattern(source)
    } catch {
      let scalars = source.unicodeScalars.count
      try require(
        error.position >= 1 && error.position <= max(scalars + 1, Pattern.longest),
        "the error is at \(error.position) of \(scalars)")
      return
    }
    let matches = pattern.matches(text)
    if let example = pattern.example {
      try require(pattern.matches(example), "the example does not match")
    }
    // Without the signs that may stand only at the ends.
    var bare = source.unicodeScalars[...]
    if bare.first == "^" { bare.removeFirst() }
    if bare.last == "$", !isEscaped(bare.dropLast()) { bare.removeLast() }
    try checkKin(of: "(\(String(bare)))", text, matches)
  }

  /// Patterns that hold the given group, as far as they are small enough to be patterns.
  private static func checkKin(of group: String, _ text: String, _ matches: Bool) throws(Broken) {
    func says(_ kin: String, _ text: String, _ expected: Bool) throws(Broken) {
      guard let pattern = try? Pattern(kin) else { return }
      try require(pattern.matches(text) == expected, "\(kin) says \(!expected)")
    }
    try says(group, text, matches)
    try says("^\(group)$", text, matches)
    try says("\(group)|\(group)", text, matches)
    try says("\(group){1,1}", text, matches)
    try says("\(group)?", "", true)
    try says("\(group)*", "", true)
    try says("\(group).*|.*", text, true)
    try says("\(group)?", text, matches || text.isEmpty)
    guard matches else { return }
    for kin in [
      "\(group)*", "\(group)+", "\(group){1,3}", "\(group).*", ".*\(group)", "(\(group)|a)",
    ] {
      try says(kin, text, true)
    }
    for kin in ["\(group)\(group)", "\(group){2}", "\(group)+", "(\(group)*)+"] {
      try says(kin, text + text, true)
    }
  }

  /// Whether an odd number of `\` stands at the end.
  private static func isEscaped(_ text: Substring.UnicodeScalarView) -> Bool {
    text.reversed().prefix { $0 == "\\" }.count % 2 == 1
  }
}
