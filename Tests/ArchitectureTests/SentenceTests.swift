import Testing

/// Errors read alike whichever room they come from.
@Suite struct SentenceTests {
  /// `"Cannot sign` in `SigningError("Cannot sign. ...`, over line breaks.
  private static var openings: Regex<(Substring, Substring)> {
    /(?:History|Remote|Signing|Ledger|Submission)Error\(\s*(?:\.[a-zA-Z]+,\s*)?"([A-Z][a-z]*)\b/
  }

  /// What is printed after `daypass:` begins small. Only known words are made so, since a name must
  /// stay as it is; here a new one is noticed.
  @Test func everyWordThatErrorsBeginWithIsKnown() throws {
    let list = try #require(
      Repository.text("Sources/daypass/Words/Words.swift").split(
        separator: "openings: Set<String> = ["
      )
      .last?.split(separator: "]").first)
    let known = Set(list.matches(of: /"([A-Za-z]+)"/).map { String($0.1) })
    var count = 0
    for file in try Repository.swiftFiles(below: "Sources") {
      for match in file.text.matches(of: Self.openings) {
        count += 1
        #expect(
          known.contains(String(match.1)), "\(file): no word in Words.openings for \"\(match.1)\"")
      }
    }
    #expect(count > 20)
  }
}
