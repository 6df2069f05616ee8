import Foundation
import Signatures
import TestSupport
import Testing

@Suite("allowed_signers")
struct AllowedSignersTests {
  static let key = "ssh-ed25519 " + base64(Forgery.ed25519.keyBlob)
  static let otherKey = "ecdsa-sha2-nistp256 " + base64(Forgery.p256.keyBlob)

  static func problems(_ text: String) -> [AllowedSignersError.Problem] {
    problems(Array(text.utf8))
  }

  static func problems(_ bytes: [UInt8]) -> [AllowedSignersError.Problem] {
    do {
      _ = try AllowedSigners(parsing: bytes)
      return []
    } catch {
      return error.problems
    }
  }

  struct Accepted: Sendable, CustomStringConvertible {
    let description: String
    let line: String
    var after: Int64?
    var before: Int64?

    init(_ description: String, _ line: String, after: Int64? = nil, before: Int64? = nil) {
      self.description = description
      self.line = line.replacingOccurrences(of: "KEY", with: AllowedSignersTests.key)
      self.after = after
      self.before = before
    }
  }

  static let accepted = [
    Accepted("bare", "alice KEY"),
    Accepted("with a comment", "alice KEY alice's laptop, 2026"),
    Accepted("with a comment beyond ASCII", "alice KEY Zoë's 🔑"),
    Accepted(
      "with a comment of key and options", "alice KEY valid-before=\"20200101Z\" ssh-rsa AAAA"),
    Accepted("with spaces at the end", "alice KEY  \t"),
    Accepted("with tabs", "alice\tKEY\tlaptop"),
    Accepted("namespace git", "alice namespaces=\"git\" KEY"),
    Accepted("namespaces with git", "alice namespaces=\"file,git,a.b_c@d+e-f\" KEY"),
    Accepted("day", "alice valid-after=\"20260101Z\" KEY", after: 1_767_225_600),
    Accepted("minute", "alice valid-after=\"202601010130Z\" KEY", after: 1_767_231_000),
    Accepted("second", "alice valid-before=\"20260101013005Z\" KEY", before: 1_767_231_005),
    Accepted("29 February", "alice valid-before=\"20240229Z\" KEY", before: 1_709_164_800),
    Accepted("29 February 2000", "alice valid-after=\"20000229Z\" KEY", after: 951_782_400),
    Accepted("second after the epoch", "alice valid-after=\"19700101000001Z\" KEY", after: 1),
    Accepted(
      "year 9999", "alice valid-before=\"99991231235959Z\" KEY", before: 253_402_300_799),
    Accepted(
      "everything",
      "alice valid-before=\"20270101Z\",namespaces=\"git\",valid-after=\"20260101Z\"  KEY  c",
      after: 1_767_225_600, before: 1_798_761_600),
  ]

  @Test("Accepted, and ssh-keygen agrees to the second", arguments: accepted)
  func accepts(sample: Accepted) throws {
    let text = "# people\n\n \t\n\(sample.line)\nbob \(Self.otherKey)"
    let signers = try AllowedSigners(parsing: Array(text.utf8))
    let key = try PublicKey(blob: Forgery.ed25519.keyBlob)
    let entry = try #require(signers.entry(for: key))
    #expect(entry.principal == "alice")
    #expect(entry.key == key)
    #expect(entry.line == 4)
    #expect(entry.validAfter == sample.after)
    #expect(entry.validBefore == sample.before)
    #expect(signers.entries.map(\.principal) == ["alice", "bob"])
    #expect(signers.entries(of: "alice") == [entry])

    let scratch = try Scratch()
    try scratch.write(text, to: "allowed_signers")
    try scratch.write(Forgery.ed25519.payload, to: "payload")
    try scratch.write(Forgery.ed25519.armor, to: "payload.sig")
    let edges = [sample.after, sample.before].compactMap { $0 }
    let moments: [Int64] =
      edges.isEmpty ? [1_700_000_000] : edges.flatMap { edge in [edge - 1, edge, edge + 1] }
    for moment in moments where (1..<253_402_300_800).contains(moment) {
      let agrees =
        (try? scratch.run(
          "ssh-keygen",
          [
            "-Y", "verify", "-n", "git", "-I", "alice", "-f", "allowed_signers",
            "-O", "verify-time=\(Self.compact(moment))", "-s", "payload.sig",
          ], input: "payload")) != nil
      #expect(entry.isValid(at: moment) == agrees, "at \(moment)")
    }
  }

  private static func compact(_ seconds: Int64) -> String {
    let date = Date(timeIntervalSince1970: TimeInterval(seconds)).ISO8601Format()
    return date.filter { !"-:T".contains($0) }
  }

  @Test("All problems are told at once, in order")
  func allProblems() {
    let text =
      "alice \(Self.key)\n*\nbob ssh-dss A\n\n\nAlice \(Self.otherKey)\r\ncarol \(Self.key)"
    #expect(Self.problems(text).map(\.line) == [2, 3, 6, 7])
    let error = AllowedSignersErrorText.of(text)
    #expect(error.hasPrefix("line 2: "))
    #expect(error.split(separator: "\n").count == 4)
  }

  private enum AllowedSignersErrorText {
    static func of(_ text: String) -> String {
      do {
        _ = try AllowedSigners(parsing: Array(text.utf8))
        return ""
      } catch {
        return error.description
      }
    }
  }

  @Test("Empty files and files of comments list nobody")
  func nobody() throws {
    for text in ["", "\n", "# nobody", "\n\n# nobody\n \n"] {
      #expect(try AllowedSigners(parsing: Array(text.utf8)).entries.isEmpty)
    }
  }

  @Test("Several keys of a person, and every key type")
  func everyType() throws {
    let lines = Forgery.all.map { "alice@example.org \($0.type) \(base64($0.keyBlob))" }
    let text = lines.joined(separator: "\n")
    let signers = try AllowedSigners(parsing: Array(text.utf8))
    #expect(signers.entries.map(\.line) == Array(1...Forgery.all.count))
    #expect(signers.entries(of: "alice@example.org").count == Forgery.all.count)
    #expect(signers.entries(of: "Alice@example.org").isEmpty)
    #expect(signers == (try AllowedSigners(parsing: Array((text + "\n").utf8))))

    let scratch = try Scratch()
    try scratch.write(text, to: "allowed_signers")
    for forgery in Forgery.all {
      let verified = try SSHSignature.verify(
        armor: forgery.armor, payload: forgery.payload, namespace: "git")
      #expect(signers.entry(for: verified.key)?.principal == "alice@example.org")
      try scratch.write(forgery.payload, to: "payload")
      try scratch.write(forgery.armor, to: "payload.sig")
      try scratch.run(
        "ssh-keygen",
        [
          "-Y", "verify", "-n", "git", "-I", "alice@example.org", "-f", "allowed_signers",
          "-s", "payload.sig",
        ], input: "payload")
    }
  }

  @Test("A key is found as the type it is listed as, and no other")
  func exactType() throws {
    let signers = try AllowedSigners(parsing: Array("alice \(Self.key)".utf8))
    let posing = Forgery.ed25519.with { $0.type = "sk-ssh-ed25519@openssh.com" }
    let key = try PublicKey(blob: posing.keyBlob)
    #expect(key.material == signers.entries[0].key.material)
    #expect(signers.entry(for: key) == nil)
  }

  @Test("A changed byte is refused or means what it says, and never crashes")
  func changedBytes() throws {
    let bytes = Array("alice namespaces=\"git\",valid-before=\"20270101Z\" \(Self.key) c\n".utf8)
    for index in bytes.indices {
      for value in [0, 9, 10, 32, 34, 44, 61, 0x80, 0xFF, bytes[index] ^ 1] as [UInt8] {
        var changed = bytes
        changed[index] = value
        for problem in Self.problems(changed) { #expect(problem.line >= 1) }
        _ = Self.problems(Array(bytes[..<index]))
      }
    }
  }
}
