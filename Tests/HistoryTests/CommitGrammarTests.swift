import TestSupport
import Testing

@testable import History

/// Commits that some reader of git objects takes for signed, or for something else than they are.
@Suite struct CommitGrammarTests {
  static let id = ObjectID.zero
  static let hash = String(repeating: "a", count: 40)
  static let person = "A U Thor <a@example.com> 1700000000 +0100"
  static let signature = """
    gpgsig -----BEGIN SSH SIGNATURE-----
     AAAA
     -----END SSH SIGNATURE-----

    """
  static let plain = """
    tree \(hash)
    parent \(hash)
    author \(person)
    committer \(person)
    \(signature)
    Subject

    Body

    """

  private func read(_ text: String) -> CommitRecord? {
    CommitRecord(id: Self.id, parsing: Array(text.utf8))
  }

  /// However large: in pieces of any size the walk reads what it reads of a small one, and nobody
  /// signed it.
  @Test(arguments: [1, 7, 64, 1 << 16, 1 << 22])
  func whatIsLargeIsReadInPieces(_ size: Int) throws {
    let small = try #require(read(Self.plain))
    let other = String(repeating: "a1", count: 20)
    let parent = "parent \(Self.hash)\n"
    for (text, count) in [
      (Self.plain, 1), (Self.plain.replacing(parent, with: ""), 0),
      (Self.plain.replacing(parent, with: parent + parent), 2),
      (Self.plain.replacing(parent, with: parent + "parent \(other)\n" + parent + parent), 2),
      (
        Self.plain.replacing(
          "author ", with: "mergetag " + String(repeating: "x", count: 70_000) + "\nauthor "), 1
      ),
    ] {
      let padding = size < 64 ? "" : String(repeating: "words\n", count: 200_000)
      let bytes = Array((text + padding).utf8)
      var reader = LargeCommitReader()
      for start in stride(from: 0, to: bytes.count, by: size) {
        bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { reader.take($0) }
      }
      let record = try #require(CommitRecord(id: Self.id, reader))
      #expect(record.tree == small.tree && record.committerTime == small.committerTime)
      #expect(record.author == small.author)
      #expect(record.parents.count == count)
      #expect(record.parents.first?.hex == (count == 0 ? nil : Self.hash))
      #expect(record.signed == nil && record.message.isEmpty && record.subject.isEmpty)
      if !padding.isEmpty { #expect(CommitRecord(id: Self.id, parsing: bytes) == record) }
    }
  }

  @Test func whatIsLargeAndMalformedIsNone() {
    let padding = String(repeating: "words\n", count: 200_000)
    for text in [
      "", "\n", "tree \n", "parent \(Self.hash)\n", "tree \(Self.hash)\nparent x\n",
      "tree \(String(repeating: "a", count: 70_000))\n",
      "tree \(Self.hash)\nparent \(String(repeating: "a", count: 70_000))\n",
    ] {
      #expect(read(text + "author \(Self.hash)\n\n" + padding) == nil)
    }
  }

  @Test func whatGitWritesIsSigned() throws {
    let record = try #require(read(Self.plain))
    let signed = try #require(record.signed)
    #expect(record.tree.hex == Self.hash)
    #expect(record.parents.map(\.hex) == [Self.hash])
    #expect(record.committerTime == 1_700_000_000)
    #expect(record.author == "A U Thor <a@example.com>")
    #expect(record.subject == "Subject")
    #expect(
      String(decoding: signed.payload, as: UTF8.self)
        == Self.plain.replacing(Self.signature, with: ""))
    #expect(
      String(decoding: signed.armor, as: UTF8.self)
        == "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n")
  }

  @Test(arguments: [
    // Without a parent, with more, with an encoding, with a merged tag, before or after.
    plain.replacing("parent \(hash)\n", with: ""),
    plain.replacing("parent \(hash)\n", with: "parent \(hash)\nparent \(hash)\n"),
    plain.replacing("gpgsig", with: "encoding ISO-8859-1\ngpgsig"),
    plain.replacing("gpgsig", with: "mergetag object x\n type commit\n \n tag\ngpgsig"),
    plain.replacing("\n\nSubject", with: "\nencoding UTF-8\n\nSubject"),
    plain.replacing("Subject\n\nBody\n", with: ""),
    plain.replacing("A U Thor <a@", with: "<a@"),
  ])
  func stillSigned(_ text: String) {
    #expect(read(text)?.signed != nil)
  }

  @Test(arguments: [
    // Two signatures, or one under another name.
    plain.replacing(signature, with: signature + signature),
    plain.replacing(signature, with: signature + "encoding x\n" + signature),
    plain.replacing("gpgsig", with: "gpgsigX"), plain.replacing("gpgsig", with: "gpgsig-sha256"),
    plain.replacing(
      signature, with: signature + signature.replacing("gpgsig", with: "gpgsig-sha256")),
    plain.replacing("gpgsig", with: "Gpgsig"), plain.replacing("gpgsig ", with: "gpgsig\t"),
    plain.replacing("gpgsig ", with: "gpgsig\n "), plain.replacing("gpgsig", with: " gpgsig"),
    plain.replacing("gpgsig", with: "gpgsi\u{261}"),
    // In the message.
    plain.replacing(signature, with: "\n" + signature),
    plain.replacing(signature, with: "").replacing("Body", with: signature),
    // A header nobody knows, before and after.
    plain.replacing("gpgsig", with: "HG:extra x\ngpgsig"),
    plain.replacing("\n\nSubject", with: "\nx y\n\nSubject"),
    plain.replacing("\n\nSubject", with: "\n\u{20}\n\nSubject").replacing(
      "-----END", with: "x y\n-----END"),
    // Out of place, or twice.
    plain.replacing("tree \(hash)", with: "tree \(hash)\ntree \(hash)"),
    plain.replacing("author \(person)", with: "author \(person)\nauthor \(person)"),
    plain.replacing("committer \(person)", with: "committer \(person)\ncommitter \(person)"),
    plain.replacing("committer \(person)", with: "committer \(person)\nparent \(hash)"),
    plain.replacing("author \(person)", with: "author \(person)\nparent \(hash)"),
    plain.replacing("author \(person)\n", with: ""),
    plain.replacing("committer \(person)\n", with: ""),
    plain.replacing("author \(person)\ncommitter", with: "committer \(person)\nauthor"),
    plain.replacing("gpgsig", with: "encoding x\nencoding y\ngpgsig"),
    plain.replacing("gpgsig", with: "encoding \ngpgsig"),
    signature + plain.replacing(signature, with: ""),
    plain.replacing("author", with: signature + "author").replacing(
      "+0100\n" + signature, with: "+0100\n"),
    // NUL, anywhere.
    plain + "\0", plain + "\0tail", plain.replacing("Body", with: "Bo\0dy"),
    plain.replacing("AAAA", with: "AA\0AA"), plain.replacing("Thor", with: "Th\0r"),
    // No end of the header.
    String(plain.prefix(upTo: plain.firstRange(of: "\n\nSubject")?.lowerBound ?? plain.endIndex)),
    plain.replacing("\n\nSubject", with: "\nSubject"),
    // Line ends of another kind.
    plain.replacing("\n", with: "\r\n"), plain.replacing("\n\nSubject", with: "\r\n\r\nSubject"),
    // Ids.
    plain.replacing("parent \(hash)", with: "parent \(hash)a"),
    plain.replacing("parent \(hash)", with: "parent \(hash.uppercased())"),
    plain.replacing("parent \(hash)", with: "parent  \(hash)"),
  ])
  func notSigned(_ text: String) {
    #expect(read(text)?.signed == nil)
  }

  @Test(arguments: [
    "A <a> <b> 1700000000 +0100", "A <a>> 1700000000 +0100", "A <<a> 1700000000 +0100",
    "A >a< 1700000000 +0100", "A <a>1700000000 +0100", "A <a>  1700000000 +0100",
    "A <a> 17foo +0100", "A <a> +17 +0100", "A <a> -17 +0100", "A <a> 017 +0100", "A <a> 00 +0100",
    "A <a> 0x17 +0100", "A <a> 1.7 +0100", "A <a> 1700000000  +0100", "A <a> 1700000000",
    "A <a> 1700000000 ", "A <a> 1700000000 0100", "A <a> 1700000000 +100",
    "A <a> 1700000000 +01000", "A <a> 1700000000 +01:0", "A <a> 1700000000 +0100 ",
    "A <a> 1700000000 UTC", "A <a> 253402300800 +0000", "A <a> 18446744073709551617 +0000",
    "A <a> 9223372036854775808 +0000", "A <a>  +0000", "A <a>", "A", "",
    "A <a> １７ +0000", "A <a> 1700000000\t+0100", "A <a> 1700000000 +0100\r",
  ])
  func noPerson(_ line: String) throws {
    for header in ["author", "committer"] {
      let record = try #require(
        read(Self.plain.replacing("\(header) \(Self.person)", with: "\(header) \(line)")))
      #expect(record.signed == nil, "\(header)")
      #expect(record.committerTime == (header == "committer" ? 0 : 1_700_000_000))
    }
  }

  @Test(arguments: [
    "A <a> 0 +0000", "A <a> 1 -1234", "<> 253402300799 +0000", " <a> 17 +9999", "é <日> 17 +0000",
  ])
  func aPerson(_ line: String) throws {
    for header in ["author", "committer"] {
      let text = Self.plain.replacing("\(header) \(Self.person)", with: "\(header) \(line)")
      #expect(try #require(read(text)).signed != nil, "\(header)")
    }
  }

  @Test(arguments: [
    "", "\n", "tree", "tree \(hash.dropLast())\n", "parent \(hash)\ntree \(hash)\n",
    plain.replacing("parent \(hash)", with: "parent \(hash.dropLast())"),
    "\n" + plain, " " + plain,
  ])
  func noCommitAtAll(_ text: String) {
    #expect(read(text) == nil)
  }

  @Test func idsInUppercaseAreWalkedAsGitDoesButNotSigned() throws {
    let upper = Self.hash.uppercased()
    for header in ["tree", "parent"] {
      let record = try #require(
        read(Self.plain.replacing("\(header) \(Self.hash)", with: "\(header) \(upper)")))
      #expect(record.tree.hex == Self.hash)
      #expect(record.parents.map(\.hex) == [Self.hash])
      #expect(record.signed == nil)
    }
  }

  @Test func theWalkReadsTheFirstDateAsGitDoes() throws {
    let other = "B <b@example.com> 1 +0000"
    let text = Self.plain.replacing(
      "committer \(Self.person)", with: "committer \(Self.person)\ncommitter \(other)")
    let record = try #require(read(text))
    #expect(record.committerTime == 1_700_000_000)
    #expect(record.signed == nil)
  }

  @Test func payloadAndSignatureAreTheWholeObject() throws {
    // Nothing of the object is outside what was signed and the signature itself.
    let signed = try #require(read(Self.plain)?.signed)
    #expect(signed.payload.count + Self.signature.utf8.count == Self.plain.utf8.count)
    let bytes = Array(Self.plain.utf8)
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1
      guard let other = CommitRecord(id: Self.id, parsing: changed)?.signed else { continue }
      #expect(other != signed, "byte \(index)")
    }
  }
}
