import History
import Testing

/// A trailer counts once, on one line of the last paragraph, or not at all.
@Suite struct TrailerTests {
  private func trailer(_ message: String, _ name: String = "Daypass-Policy") throws -> String? {
    let hash = String(repeating: "a", count: 40)
    let person = "A <a@example.com> 1700000000 +0000"
    let text = "tree \(hash)\nauthor \(person)\ncommitter \(person)\n\n\(message)"
    return try #require(CommitRecord(id: .zero, parsing: Array(text.utf8))).trailer(name)
  }

  @Test(arguments: [
    "S\n\nDaypass-Policy: x\n", "S\n\nDaypass-Policy: x", "S\n\nDaypass-Policy: x\n\n \n\t\n",
    "S\n\nB\n\nDaypass-Policy: x\nOther: y\n", "S\n\nOther: y\nDaypass-Policy: x\n",
    "S\n\nDaypass-Policy: z\n\nDaypass-Policy: x\n", "S\n\nSome words\nDaypass-Policy: x\n",
    "S\n \t\r\nDaypass-Policy: x\n", "S\n\nDaypass-Policy: x\nDaypass-Policy : y\n",
    "S\n\nDaypass-Policy: x\nDaypass-Policy:y\n", "S\n\nDaypass-Policy: x\n Daypass-Policy: y\n",
  ])
  func counts(_ message: String) throws {
    #expect(try trailer(message) == "x")
  }

  @Test(arguments: [
    "S\n\nDaypass-Policy: x\nDaypass-Policy: x\n", "S\n\nDaypass-Policy: x\nDaypass-Policy: y\n",
    "S\n\nDaypass-Policy: x\n\nMore words\n", "S\n\nDaypass-Policy: x\n\n--\n",
    "S\n\n Daypass-Policy: x\n", "S\n\ndaypass-policy: x\n", "S\n\nDaypass-Policy:x\n",
    "S\n\nDaypass-Policy : x\n", "S\n\nDaypass-Policy\u{2010}: x\n",
    "S\n\nDaypass\u{2010}Policy: x\n",
    "S\n\nD\u{430}ypass-Policy: x\n", "S\n\nDaypass-Policy\u{ff1a} x\n",
    "S\n\nDaypass-Policy:\u{a0}x\n", "S\n\nDaypass-Policy:\n x\n", "S\n\n> Daypass-Policy: x\n",
    "S\n\nB\rDaypass-Policy: x\n", "S\n\nB\u{2028}Daypass-Policy: x\n",
    "S\n\nB\u{b}Daypass-Policy: x\n",
    "S\n\nB\u{85}Daypass-Policy: x\n", "S\n\nDaypass-Policy: x\n\u{a0}\nB\n\nC\n", "", "\n",
  ])
  func doesNotCount(_ message: String) throws {
    #expect(try trailer(message) == nil)
  }

  @Test func theValueIsTheLineAsItStands() throws {
    #expect(try trailer("S\n\nDaypass-Policy: x\r\n") == "x\r")
    #expect(try trailer("S\r\n\r\nDaypass-Policy: x\r\n") == "x\r")
    #expect(try trailer("S\n\nDaypass-Policy:  x \n") == " x ")
    #expect(try trailer("S\n\nDaypass-Policy: x\n folded\n") == "x")
    #expect(try trailer("S\n\nDaypass-Policy: \n") == "")
    #expect(try trailer("S\n\nDaypass-Policy: e\u{301}\n")?.unicodeScalars.count == 2)
  }

  /// What compares values would take minutes for a message of combining marks.
  @Test func aVeryLongValueIsNone() throws {
    let longest = String(repeating: "x", count: 1_024)
    #expect(try trailer("S\n\nDaypass-Policy: \(longest)\n") == longest)
    #expect(try trailer("S\n\nDaypass-Policy: \(longest)x\n") == nil)
    #expect(try trailer("S\n\nDaypass-Policy: \(longest)x\nDaypass-Policy: x\n") == nil)
  }
}
