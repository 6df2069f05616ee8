import Grants
import Testing

/// What no grant file may contain, and that the message says so.
@Suite struct RefusalTests {
  /// One way to spoil a file, and a piece of the message.
  struct Spoilt: Sendable, CustomTestStringConvertible {
    let old: String
    let new: String
    let words: String
    var testDescription: String { new.isEmpty ? old : String(new.prefix(40)) }

    init(_ old: String, _ new: String, _ words: String) {
      (self.old, self.new, self.words) = (old, new, words)
    }
  }

  private func expectRefused(
    _ bytes: [UInt8], _ words: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for read: ([UInt8]) throws -> Grant in [
      { try Grant(lenient: $0) }, { try Grant(canonical: $0) },
    ] {
      let error = #expect(throws: GrantFormatError.self, sourceLocation: sourceLocation) {
        try read(bytes)
      }
      let sentence = error?.description ?? ""
      #expect(sentence.contains(words), "\(sentence)", sourceLocation: sourceLocation)
      #expect(!sentence.contains("\u{1b}"), sourceLocation: sourceLocation)
    }
  }

  static let key = "\"role\": \"db-read\""

  @Test(arguments: [
    // Keys.
    Spoilt(key, key + ",\n  \"role\": \"root\"", "the key \"role\" twice"),
    Spoilt(key, key + ",\n  \"r\\u006fle\": \"root\"", "the key \"role\" twice"),
    Spoilt(key, key + ",\n  \"admin\": \"true\"", "unknown key \"admin\""),
    Spoilt(key, key + ",\n  \"Role\": \"root\"", "unknown key \"Role\""),
    Spoilt(key, key + ",\n  \"role \": \"root\"", "unknown key"),
    Spoilt(key, key + ",\n  \"ro\\u001b[1mle\": \"root\"", "unknown key"),
    Spoilt(key, key + ",\n  \"tic\u{212a}et\": \"x\"", "unknown key"),
    Spoilt(",\n  \"subject\": \"erin@example.com\"", "", "lacks the key \"subject\""),
    Spoilt("\"subject\": \"erin@example.com\"", "\"ticket\": \"x\"", "lacks the key \"subject\""),
    Spoilt(
      "[]", "[{\"by\": \"x\", \"at\": \"2026-11-23T18:15:02Z\"}]", "lacks the key \"comment\""),
    Spoilt(
      "[]",
      "[{\"by\": \"x\", \"at\": \"2026-11-23T18:15:02Z\", \"comment\": \"\", \"x\": \"\"}]",
      "unknown key \"x\""),
    // Types.
    Spoilt("\"db-read\"", "true", "else than a string"),
    Spoilt("\"db-read\"", "[]", "else than a string"),
    Spoilt("\"db-read\"", "{}", "else than a string"),
    Spoilt("\"db-read\"", "null", "null"),
    Spoilt("\"db-read\"", "1", "a number"),
    Spoilt("\"db-read\"", "-1e9", "a number"),
    Spoilt("[]", "{}", "else than a list"),
    Spoilt("[]", "[\"bob\"]", "else than an object"),
    Spoilt("[]", "\"\"", "else than a list"),
    Spoilt(key, key + ",\n  \"scope\": []", "else than an object"),
    Spoilt(key, key + ",\n  \"scope\": {\"a\": true}", "else than a string"),
    Spoilt(key, key + ",\n  \"scope\": {\"a b\": \"x\"}", "no word"),
    Spoilt(key, key + ",\n  \"scope\": {\"a\": \"x\", \"a\": \"y\"}", "twice"),
    Spoilt(key, key + ",\n  \"breakGlass\": \"true\"", "else than true"),
    Spoilt(key, key + ",\n  \"closed\": {}", "lacks the key"),
    Spoilt("daypass/grant/v1", "daypass/grant/v2", "schema"),
    Spoilt("daypass/grant/v1", "daypass/grant/v1 ", "schema"),
    // JSON.
    Spoilt("[]", "[],", "key that is no string"),
    Spoilt("[]", "[[[[[[[[[[]]]]]]]]]]", "nested too deeply"),
    Spoilt("\"db-read\"", "'db-read'", "not JSON"),
    Spoilt("\"db-read\"", "NaN", "not JSON"),
    Spoilt("\"db-read\"", "tru", "not JSON"),
    Spoilt("because", "a\u{1}b", "raw control"),
    Spoilt("because", "\\ud800", "surrogate"),
    Spoilt("because", "\\udc00", "surrogate"),
    Spoilt("because", "\\ud800\\ud800", "surrogate"),
    Spoilt("because", "\\x41", "escape"),
    Spoilt("because", "\\u00g0", "escape"),
    // Text.
    Spoilt("because", "e\u{301}", "NFC"),
    Spoilt("because", "\u{212b}", "NFC"),
    Spoilt("because", "\\u0065\\u0301", "NFC"),
    Spoilt("because", "\\u0000", "U+0"),
    Spoilt("because", "\\u001b[31m", "U+1B"),
    Spoilt("because", "\\r", "U+D"),
    Spoilt("because", "\u{7f}", "U+7F"),
    Spoilt("because", "\u{9b}31m", "U+9B"),
    Spoilt("because", "\u{202e}", "U+202E"),
    Spoilt("because", "\u{2066}", "U+2066"),
    Spoilt("because", "\u{200f}", "U+200F"),
    Spoilt("because", "\u{61c}", "U+61C"),
    Spoilt("because", "\u{200b}", "U+200B"),
    Spoilt("because", "\u{2028}", "U+2028"),
    Spoilt("because", "\\ufeff", "U+FEFF"),
    Spoilt("because", "\u{e0041}", "U+E0041"),
    Spoilt("\"world\"", "\"wor\\nld\"", "U+A"),
    // Names.
    Spoilt("alice@example.com", "-alice", "a principal"),
    Spoilt("alice@example.com", "", "a principal"),
    Spoilt("alice@example.com", "al ice", "a principal"),
    Spoilt("alice@example.com", "alic\u{435}", "a principal"),
    Spoilt("\"db-read\"", "\"DB-read\"", "a role name"),
    Spoilt("\"db-read\"", "\"../db\"", "a role name"),
    Spoilt("\"db-read\"", "\"\"", "a role name"),
    // Times: the one in the id must agree.
    Spoilt("2026-11-23T18:15:02Z", "2026-11-23T18:15:03Z", "time in its id"),
    Spoilt("2026-11-23T18:15:02Z", "2026-11-23T18:15:02+00:00", "a time such as"),
    Spoilt("2026-11-23T18:15:02Z", "2026-11-23 18:15:02Z", "a time such as"),
    // Durations.
    Spoilt("PT1H", "PT0S", "a duration such as"),
    Spoilt("PT1H", "-PT1H", "a duration such as"),
    Spoilt("PT1H", "P1Y", "a duration such as"),
  ])
  func spoilt(_ spoilt: Spoilt) throws {
    let text = try Samples.text()
    #expect(text.contains(spoilt.old))
    expectRefused(Array(text.replacing(spoilt.old, with: spoilt.new).utf8), spoilt.words)
  }

  @Test func bytesThatAreNoText() throws {
    let bytes = try Samples.plain().canonicalBytes
    expectRefused([0xef, 0xbb, 0xbf] + bytes, "byte order mark")
    expectRefused([0xff, 0xfe] + bytes, "UTF-8")
    expectRefused(bytes + [0xc0, 0x80], "UTF-8")
    expectRefused(bytes + [0], "after the JSON value")
    expectRefused(bytes + Array("{}".utf8), "after the JSON value")
    expectRefused([], "ends in the middle")
    expectRefused(Array("[]".utf8), "else than an object")
    expectRefused(Array("\"x\"".utf8), "else than an object")
    for count in stride(from: 1, to: bytes.count - 2, by: 7) {
      #expect(throws: GrantFormatError.self) { try Grant(lenient: Array(bytes.prefix(count))) }
    }
  }

  @Test func sizes() throws {
    let bytes = try Samples.plain().canonicalBytes
    let spaces = [UInt8](repeating: 0x20, count: Grant.largestFile - bytes.count)
    #expect(try Grant(lenient: bytes + spaces) == Samples.plain())
    expectRefused(bytes + spaces + [0x20], "64 KiB")
    expectRefused([UInt8](repeating: 0x5b, count: 65 << 10), "64 KiB")
    let long = try Samples.plain(justification: String(repeating: "x", count: Text.longest + 1))
    expectRefused(long.canonicalBytes, "longer than 4096")
    var ticket = try Samples.plain()
    ticket.ticket = String(repeating: "x", count: 257)
    expectRefused(ticket.canonicalBytes, "longer than 256")
  }

  @Test func theLineIsNamed() throws {
    let text = try Samples.text().replacing("\"db-read\"", with: "null")
    let error = #expect(throws: GrantFormatError.self) { try Grant(lenient: Array(text.utf8)) }
    let line = text.split(separator: "\n").firstIndex { $0.contains("null") }
    #expect(error?.line == line.map { $0 + 1 })
  }

  @Test func idsInTheFile() throws {
    let text = try Samples.text()
    let id = try Samples.plain().id.description
    for other in [
      id.uppercased(), id.lowercased(), String(id.dropLast()), id + "0",
      id.replacing("Z-", with: "Z_"),
      String(id.dropLast()) + "u", String(id.dropLast()) + "i", String(id.dropLast()) + "l",
      String(id.dropLast()) + "o", id.replacing("20261123", with: "20261131"),
    ] where other != id {
      expectRefused(Array(text.replacing(id, with: other).utf8), "a grant id such as")
    }
  }

  /// Swift compares and hashes strings in quadratic time where they are runs of combining marks.
  @Test func marksInARowAreRefusedWithoutBeingCompared() throws {
    let marks = String(repeating: "\u{301}\u{316}", count: 15_000)
    let tibetan = String(repeating: "\u{f73}", count: 20_000)
    let took = ContinuousClock().measure {
      for long in [marks, tibetan] {
        expectRefused(Array("{\"\(long)\": \"x\"}".utf8), "more than 30 combining marks")
        expectRefused(Array("{\"schema\": \"\(long)\"}".utf8), "more than 30 combining marks")
        #expect(Text.objection(to: long, multiline: true, longest: 1 << 20) != nil)
        #expect(Text.cleaned("a" + long).unicodeScalars.count <= 32)
      }
    }
    #expect(took < .seconds(20))
  }

  @Test func asManyMarksAsAnyLanguageNeeds() throws {
    let marks = String(repeating: "\u{316}", count: Text.mostMarks)
    #expect(Text.objection(to: "x\(marks)y\(marks)", multiline: false) == nil)
    #expect(Text.objection(to: "x\(marks)\u{316}", multiline: false) != nil)
    let file = try Samples.plain(justification: "x\(marks)y\(marks)").canonicalBytes
    #expect(throws: Never.self) { try Grant(canonical: file) }
    expectRefused(
      try Samples.plain(justification: "x\(marks)\u{316}").canonicalBytes, "more than 30")
  }
}
