import Grants
import TestSupport
import Testing

/// A grant file has one legal spelling, and it is jq's.
@Suite struct CanonicalTests {
  private static var all: [Grant] {
    get throws {
      var grants = [try Samples.plain(), try Samples.full()]
      for outcome in Closure.Outcome.allCases {
        var grant = try Samples.plain()
        grant.closed = Closure(
          outcome: outcome, by: try Samples.person("x"), at: Samples.moment, reason: "")
        grants.append(grant)
      }
      for text in [
        "", " ", "\"", "\\", "/", "\n\n\t", "\u{a0}", "é", "日本語", "🙂👩‍🚀", "<script>&'", "\u{2fff}",
        "a\u{fffd}b", "{\"a\": 1}", String(repeating: "x", count: Text.longest),
        String(repeating: "\"", count: Text.longest),
      ] {
        grants.append(try Samples.plain(justification: text))
      }
      return grants
    }
  }

  @Test func whatIsWrittenIsReadBack() throws {
    for grant in try Self.all {
      #expect(try Grant(canonical: grant.canonicalBytes) == grant)
      #expect(try Grant(lenient: grant.canonicalBytes) == grant)
    }
  }

  @Test func whatIsWrittenIsWhatJqPrints() async throws {
    let sandbox = try Sandbox()
    let found = try? await sandbox.run(["sh", "-c", "command -v jq"])
    guard found?.succeeded == true else { return }
    let bytes = try Self.all.flatMap(\.canonicalBytes)
    let text = String(decoding: bytes, as: UTF8.self)
    let result = try await sandbox.run(["jq", "-S", "."], stdin: text)
    #expect(result.succeeded, "\(result.errorText)")
    // The result's text comes without its last newline.
    #expect(result.text.utf8.elementsEqual(text.utf8.dropLast()))
  }

  @Test func keysOutOfOrderAreRefusedButReadLeniently() throws {
    let text = try Samples.text()
    let lines = text.split(separator: "\n")
    let first = try #require(lines.firstIndex { $0.contains("\"duration\"") })
    var swapped = lines
    swapped.swapAt(first, first + 1)
    let bytes = Array((swapped.joined(separator: "\n") + "\n").utf8)
    #expect(throws: GrantFormatError.self) { try Grant(canonical: bytes) }
    #expect(try Grant(lenient: bytes) == Samples.plain())
  }

  @Test func anyOtherLayoutOrSpellingNamesFmt() throws {
    let text = try Samples.text()
    let spellings = [
      String(text.dropLast()), text + "\n", " " + text, text.replacing("  ", with: "    "),
      text.replacing("\n", with: ""), text.replacing("\n", with: "\r\n"),
      text.replacing("because", with: "b\\u0065cause"), text.replacing("PT1H", with: "PT60M"),
      text.replacing("PT1H", with: "PT3600S"), text.replacing("[]", with: "[ ]"),
      text.replacing("\"schema\"", with: "\"breakGlass\": false,\n  \"schema\""),
      text.replacing("\"schema\"", with: "\"reviews\": [],\n  \"schema\""),
      text.replacing("\"schema\"", with: "\"scope\": {},\n  \"schema\""),
    ]
    for (index, spelling) in spellings.enumerated() {
      let bytes = Array(spelling.utf8)
      let error = #expect(throws: GrantFormatError.self, "\(index)") {
        try Grant(canonical: bytes)
      }
      #expect(error?.sentence.contains("daypass fmt") == true, "\(index)")
      #expect(try Grant(lenient: bytes) == Samples.plain(), "\(index)")
    }
  }

  @Test func aDayIsReadLenientlyAndWrittenInHours() throws {
    let bytes = Array(try Samples.text().replacing("PT1H", with: "P1D").utf8)
    #expect(throws: GrantFormatError.self) { try Grant(canonical: bytes) }
    let grant = try Grant(lenient: bytes)
    #expect(grant.duration == .days(1))
    #expect(String(decoding: grant.canonicalBytes, as: UTF8.self).contains("\"PT24H\""))
  }

  @Test func everyByteOfAFileMatters() throws {
    let bytes = try Samples.full().canonicalBytes
    let grant = try Grant(canonical: bytes)
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1
      if let other = try? Grant(canonical: changed) { #expect(other != grant, "byte \(index)") }
      var shorter = bytes
      shorter.remove(at: index)
      if let other = try? Grant(canonical: shorter) { #expect(other != grant, "byte \(index)") }
    }
  }

  @Test func whereAGrantCanLie() throws {
    let plain = try Samples.plain()
    var active = plain
    active.activatedAt = Samples.moment
    active.expiresAt = Samples.moment
    var closed = plain
    closed.closed = try Samples.full().closed
    var half = plain
    half.activatedAt = Samples.moment
    for (grant, states) in [
      (plain, [GrantState.pending]), (active, [.active]), (closed, [.closed]), (half, []),
      (try Samples.full(), [.closed]),
    ] {
      for state in GrantState.allCases {
        #expect((grant.objection(in: state) == nil) == states.contains(state))
      }
    }
  }

  @Test func nowEqualToExpiresAtIsExpired() throws {
    var grant = try Samples.plain()
    #expect(!grant.isExpired(at: .latest))
    grant.expiresAt = Samples.moment
    #expect(!grant.isExpired(at: Samples.moment - TimeSpan(seconds: 1)))
    #expect(grant.isExpired(at: Samples.moment))
    #expect(grant.isExpired(at: Samples.moment + TimeSpan(seconds: 1)))
  }
}
