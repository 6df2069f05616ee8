import Foundation
import Signatures
import TestSupport
import Testing

@Suite("allowed_signers files that are refused")
struct AllowedSignersRefusalTests {
  static let key = AllowedSignersTests.key

  struct Refused: Sendable, CustomStringConvertible {
    let description: String
    let text: [UInt8]
    let sentence: String
    let line: Int

    init(_ description: String, _ text: String, _ sentence: String, line: Int = 1) {
      self.description = description
      self.text = Array(
        text.replacingOccurrences(of: "KEY", with: AllowedSignersTests.key)
          .replacingOccurrences(of: "OTHER", with: AllowedSignersTests.otherKey).utf8)
      self.sentence = sentence
      self.line = line
    }

    init(_ description: String, bytes: [UInt8], _ sentence: String) {
      self.description = description
      self.text = bytes
      self.sentence = sentence
      self.line = 1
    }

    static func option(_ options: String, _ sentence: String) -> Refused {
      Refused(options, "alice \(options) KEY", sentence)
    }
  }

  private static let refusedText = [
    Refused("CR LF", "alice KEY\r\n", "CR LF"),
    Refused("CR LF in a comment", "# people\r\nalice KEY\n", "CR LF"),
    Refused("CR inside", "alice\rKEY", "control character"),
    Refused("byte order mark", "\u{FEFF}alice KEY", "byte order mark"),
    Refused("NUL", "alice KEY a\0b", "NUL"),
    Refused("NUL in a comment", "#\0", "NUL"),
    Refused("escape sequence", "alice KEY \u{1B}[2J", "control character"),
    Refused("not UTF-8", bytes: Array("# ".utf8) + [0xFF], "not UTF-8"),
    Refused("surrogate in UTF-8", bytes: Array("# ".utf8) + [0xED, 0xA0, 0x80], "not UTF-8"),
  ]

  private static let refusedPrincipals = [
    Refused("white space first", " alice KEY", "white space"),
    Refused("comment after white space", " # comment", "white space"),
    Refused("no principal", "KEY", "no principal"),
    Refused("principal list", "alice,bob KEY", "list"),
    Refused("glob", "*@example.org KEY", "pattern"),
    Refused("question mark", "al?ce KEY", "pattern"),
    Refused("negation", "!alice KEY", "pattern"),
    Refused("quoted", "\"alice\" KEY", "not a principal"),
    Refused("dot first", ".alice KEY", "not a principal"),
    Refused("dash first", "-alice KEY", "not a principal"),
    Refused("beyond ASCII", "alicé KEY", "not a principal"),
    Refused("slash", "a/b KEY", "not a principal"),
    Refused("129 characters", String(repeating: "a", count: 129) + " KEY", "not a principal"),
    Refused("case twins", "alice KEY\nAlice OTHER", "only in upper and lower case", line: 2),
  ]

  private static let refusedKeys = [
    Refused("nothing but a principal", "alice", "No key follows the principal"),
    Refused("type alone", "alice ssh-ed25519", "cut short"),
    Refused("options alone", "alice namespaces=\"git\"", "No key follows the options"),
    Refused("base64 alone", "alice AAAAC3NzaC1lZDI1NTE5AAAA", "not an option"),
    Refused("options twice", "alice namespaces=\"git\" namespaces=\"git\" KEY", "key's type"),
    Refused("another type", "alice ssh-rsa \(key.split(separator: " ")[1])", "its key is"),
    Refused("base64 padded", "alice KEY==", "canonical base64"),
    Refused("base64 with a comma", "alice KEY,", "canonical base64"),
    Refused("certificate", "alice ssh-ed25519-cert-v01@openssh.com AAAA", "certificate"),
    Refused("DSA", "alice ssh-dss AAAA", "DSA"),
    Refused("future type", "alice ssh-ed448 AAAA", "not supported"),
    Refused("browser key", "alice webauthn-sk-ecdsa-sha2-nistp256@openssh.com AAAA", "browser"),
    Refused("signature algorithm", "alice rsa-sha2-512 AAAA", "not supported"),
    Refused(
      "small order",
      "alice ssh-ed25519 " + base64(Forgery.ed25519.with { $0.point = Attack.neutral }.keyBlob),
      "small order"),
    Refused(
      "RSA 1024", "alice ssh-rsa " + base64(Forgery(SoftwareKey(.rsa(bits: 1024))).keyBlob),
      "1024 bits"),
    Refused("one key of two people", "alice KEY\nbob KEY", "listed on line 1", line: 2),
    Refused("one key twice", "alice KEY\n# again\nalice KEY", "listed on line 1", line: 3),
    Refused(
      "one secret as plain and security key",
      "alice KEY\nbob sk-ssh-ed25519@openssh.com "
        + base64(
          Forgery.ed25519.with { $0.type = "sk-ssh-ed25519@openssh.com" }.keyBlob),
      "listed on line 1", line: 2),
  ]

  private static let refusedOptions: [Refused] = [
    .option("cert-authority", "cert-authority"),
    .option("cert-authority,namespaces=\"git\"", "cert-authority"),
    .option("no-touch-required", "not an option"),
    .option("Namespaces=\"git\"", "not an option"),
    .option("namespaces=git", "double quotes"),
    .option("namespaces", "double quotes"),
    .option("namespaces=\"git", "closing quote"),
    .option("namespaces=\"git, file\"", "closing quote"),
    .option("namespaces=\"git\"x", "one comma"),
    .option("namespaces=\"git\",", "one comma"),
    .option(",namespaces=\"git\"", "not an option"),
    .option("namespaces=\"git\",,valid-after=\"20260101Z\"", "not an option"),
    .option("namespaces=\"git\", valid-after=\"20260101Z\"", "one comma"),
    .option("namespaces=\"git\",namespaces=\"git\"", "twice"),
    .option("valid-after=\"20260101Z\",valid-after=\"20250101Z\"", "twice"),
    .option("namespaces=\"file\"", "do not include git"),
    .option("namespaces=\"Git\"", "do not include git"),
    .option("namespaces=\"\"", "plain namespace"),
    .option("namespaces=\"git,\"", "plain namespace"),
    .option("namespaces=\"git*\"", "plain namespace"),
    .option("namespaces=\"!file,git\"", "plain namespace"),
    .option("namespaces=\"git\\\"\"", "plain namespace"),
    .option("valid-after=20260101Z", "double quotes"),
    .option("valid-after=\"20260101\"", "must end in Z"),
    .option("valid-after=\"20260101z\"", "must end in Z"),
    .option("valid-after=\"\"", "must end in Z"),
    .option("valid-after=\"Z\"", "not a time"),
    .option("valid-after=\"20260231Z\"", "not a time"),
    .option("valid-after=\"20250229Z\"", "not a time"),
    .option("valid-after=\"21000229Z\"", "not a time"),
    .option("valid-after=\"20260431Z\"", "not a time"),
    .option("valid-after=\"20261301Z\"", "not a time"),
    .option("valid-after=\"20260001Z\"", "not a time"),
    .option("valid-after=\"20260100Z\"", "not a time"),
    .option("valid-after=\"202601012400Z\"", "not a time"),
    .option("valid-after=\"202601010060Z\"", "not a time"),
    .option("valid-after=\"20260101235960Z\"", "not a time"),
    .option("valid-after=\"2026010112Z\"", "not a time"),
    .option("valid-after=\"120260101Z\"", "not a time"),
    .option("valid-after=\"2026-1-1Z\"", "not a time"),
    .option("valid-after=\"-0260101Z\"", "not a time"),
    .option("valid-after=\"19700101Z\"", "not a time"),
    .option("valid-after=\"19691231Z\"", "not a time"),
    .option("valid-after=\"20260101Z\",valid-before=\"20260101Z\"", "not later"),
    .option("valid-before=\"20250101Z\",valid-after=\"20260101Z\"", "not later"),
  ]

  @Test(
    "Refused by line", arguments: refusedText + refusedPrincipals + refusedKeys + refusedOptions)
  func refuses(sample: Refused) throws {
    let problems = AllowedSignersTests.problems(sample.text)
    #expect(problems.count == 1)
    let problem = try #require(problems.first)
    #expect(problem.line == sample.line)
    #expect(problem.sentence.contains(sample.sentence), "\(problem)")
    #expect(problem.sentence.hasSuffix("."))
  }
}
