import Testing

@testable import Policies

@Suite struct PatternTests {
  @Test(arguments: [
    ("abc", "abc", true), ("abc", "abcd", false), ("abc", "ab", false), ("abc", "ABC", false),
    ("a.c", "a\nc", true), ("a.c", "ac", false), (".", "é", true), (".", "👍", true),
    ("[a-c]x", "bx", true), ("[a-c]x", "dx", false), ("[^a-c]", "d", true), ("[^a-c]", "b", false),
    ("[^a]", "\n", true), ("[-a]", "-", true), ("[a-]", "-", true), ("[a\\-c]", "b", false),
    ("[\\]\\[\\^\\\\]+", "]^[\\", true), ("[\\d_]+", "12_3", true), ("[.*+?(){}|$]", "$", true),
    ("\\d+", "042", true), ("\\d", "٣", false), ("\\w+", "aZ_9", true), ("\\w", "é", false),
    ("a\\sb", "a\tb", true), ("a\\sb", "a\u{a0}b", false), ("\\.\\*", ".*", true),
    ("\\.", "x", false), ("a|b|cd", "cd", true), ("a|b|cd", "ad", false), ("(a|b)c", "bc", true),
    ("ab*", "a", true), ("ab*", "abbb", true), ("ab+", "a", false), ("ab?c", "abbc", false),
    ("(ab)+", "ababab", true), ("(a*)*", "", true), ("(a*)*", "aaa", true), ("(a*)+b", "b", true),
    ("a{3}", "aaa", true), ("a{3}", "aa", false), ("a{3}", "aaaa", false), ("a{0}b", "b", true),
    ("a{1,3}", "aaa", true), ("a{1,3}", "", false), ("a{0,2}", "", true), ("a{0,2}", "aaa", false),
    ("(a|bc){2,3}", "abca", true), ("(a|bc){2,3}", "bc", false),
    ("((a{2}){2}){2}", "aaaaaaaa", true),
    ("^abc$", "abc", true), ("^a|b$", "b", true), ("a\\$", "a$", true), ("é+", "éé", true),
    ("[A-Z]+-[0-9]+", "OPS-42", true), ("[A-Z]+-[0-9]+", "OPS-42 ", false),
    ("a/b: c,d", "a/b: c,d", true),
  ])
  func matching(_ pattern: String, _ text: String, _ expected: Bool) throws {
    #expect(try Pattern(pattern).matches(text) == expected, "\(pattern) on \(text)")
  }

  @Test(arguments: [
    ("", 1), ("^$", 2), ("()", 2), ("a|", 3), ("|a", 1), ("(|a)", 2), ("*a", 1), ("a**", 3),
    ("a+?", 3), ("a{2}{3}", 5), ("(?:a)", 2), ("a{", 2), ("a{2", 2), ("a{,3}", 2), ("a{2,}", 2),
    ("a{3,2}", 2), ("a{257}", 2), ("a{1,257}", 2), ("a{99999999999999999999}", 2), ("{2}", 1),
    ("a}", 2), ("a]", 2), ("(a", 3), ("a)", 2), ("[a", 1), ("[]", 1), ("[^]", 1),
    ("[[:alpha:]]", 2),
    ("[b-a]", 3), ("[a-\\d]", 3), ("[\\d-z]", 4), ("[a-c-e]", 5), ("\\", 1), ("a\\n", 2),
    ("\\D", 1), ("\\b", 1),
    ("\\x41", 1), ("\\é", 1), ("a^b", 2), ("a$b", 2), ("(a$)", 3), ("(^a)", 2), ("a$$", 2),
    ("^^a", 2),
    ("\\1", 1),
  ])
  func refusal(_ pattern: String, _ position: Int) {
    let error = #expect(throws: PatternError.self) { try Pattern(pattern) }
    #expect(error?.position == position, "\(pattern): \(error?.description ?? "")")
  }

  @Test func nothingUnrollsWithoutBound() {
    for pattern in [
      "((a{256}){256}){256}", "(a{256}){8}", "((((((((a{0}){256}){256}){256}){256}){256})))",
      String(repeating: "(", count: 33) + "a" + String(repeating: ")", count: 33),
      String(repeating: "a", count: 1_025), String(repeating: "(", count: 1_000),
    ] {
      #expect(throws: PatternError.self) { try Pattern(pattern) }
    }
    #expect(throws: Never.self) { try Pattern("a{256}b{256}c{256}") }
  }

  @Test(arguments: [
    "(a+)+b", "(a*)*b", "(a|a)*b", "(a|aa)+b", "a{0,256}a{0,256}b", "(.*)(.*)(.*)b",
  ])
  func textsFromAttackersAreHarmless(_ pattern: String) throws {
    let compiled = try Pattern(pattern)
    let text = String(repeating: "a", count: 10_000)
    let duration = ContinuousClock().measure { #expect(!compiled.matches(text)) }
    // Backtracking would take longer than the universe has; the bound only forgives slow machines.
    #expect(duration < .seconds(20))
  }

  /// Hundreds of states, each of which asks for one of hundreds of scalars.
  @Test func largeClassesAreHarmless() throws {
    let scalars = (0..<480).compactMap { Unicode.Scalar(0x100 + 2 * UInt32($0)).map(String.init) }
    let pattern = try Pattern("([\(scalars.joined())\u{ff}]{0,250}){3}")
    let text = String(repeating: "\u{ff}", count: 700)
    let duration = ContinuousClock().measure { #expect(pattern.matches(text)) }
    #expect(duration < .seconds(20))
  }

  @Test(arguments: [
    ("[c-ea-cx]", "abcdex", "fwy`"), ("[^c-ea-c]", "fx", "ace"), ("[b-da-f]", "abcdef", "g`"),
    ("[.-]", ".-", ","), ("[a-a\\da]", "a09", "b/:"),
  ])
  func rangesMayOverlapAndStandInAnyOrder(_ text: String, _ good: String, _ bad: String) throws {
    let pattern = try Pattern(text)
    for scalar in good.unicodeScalars { #expect(pattern.matches(String(scalar)), "\(scalar)") }
    for scalar in bad.unicodeScalars { #expect(!pattern.matches(String(scalar)), "\(scalar)") }
  }

  @Test func patternsAreEqualByText() throws {
    #expect(try Pattern("a+") == Pattern("a+"))
    #expect(try Pattern("a+") != Pattern("a*"))
    #expect(try Pattern("a+").description == "a+")
  }
}

@Suite struct GlobTests {
  @Test(arguments: [
    ("*@example.com", "alice@example.com", true), ("*@example.com", "alice@example.org", false),
    ("*@example.com", "alice@example.com.evil", false), ("*", "a", true), ("*@*", "a@b", true),
    ("a?c", "abc", true), ("a?c", "ac", false), ("a?c", "abbc", false), ("a*b*c", "aXbYbZc", true),
    ("a*b*c", "aXcYb", false), ("alice", "alice", true), ("alice", "Alice", false),
    ("a.c", "abc", false), ("**a", "bba", true), ("?*", "a", true), ("ab*", "ab", true),
  ])
  func matching(_ glob: String, _ name: String, _ expected: Bool) throws {
    #expect(try #require(Glob(glob)).matches(name) == expected)
  }

  @Test(arguments: ["", "a b", "[a-z]", "a!", "é*", "a/b", String(repeating: "a", count: 129)])
  func refusal(_ glob: String) { #expect(Glob(glob) == nil) }

  @Test func manyStarsAreHarmless() throws {
    let glob = try #require(Glob(String(repeating: "*a", count: 60) + "b"))
    #expect(!glob.matches(String(repeating: "a", count: 128)))
  }
}
