import Grants
import History
import Signatures
import TestSupport
import Testing

@testable import daypass

/// A proof is for one repository, root, principal and key, and for nothing else.
@Suite("Proofs of keys")
struct KeyProofTests {
  private let key = TestKey()
  private let root = ObjectID(hex: String(repeating: "a1", count: 20)) ?? .zero

  private func proof(
    _ repository: String = "acme", _ root: ObjectID? = nil, _ person: String = "alice@example.com",
    _ line: String? = nil
  ) throws -> KeyProof {
    KeyProof(
      repository: repository, root: root ?? self.root, principal: try #require(Principal(person)),
      line: line ?? key.line)
  }

  private func publicKey(of key: TestKey) throws -> PublicKey {
    try PublicKey(blob: key.publicBlob)
  }

  private func signed(_ proof: KeyProof, namespace: String = KeyProof.namespace) -> [UInt8] {
    key.sign(Array(proof.text.utf8), namespace: namespace)
  }

  @Test func whatWasSignedIsProved() throws {
    let armor = signed(try proof())
    #expect(try proof().fault(in: armor, by: publicKey(of: key)) == nil)
  }

  @Test func anythingElseIsNot() throws {
    let armor = signed(try proof())
    let me = try publicKey(of: key)
    let other = TestKey()
    #expect(try proof("acme2").fault(in: armor, by: me) != nil)
    #expect(try proof("acme", .zero).fault(in: armor, by: me) != nil)
    #expect(try proof("acme", nil, "bob@example.com").fault(in: armor, by: me) != nil)
    #expect(try proof("acme", nil, "alice@example.com", other.line).fault(in: armor, by: me) != nil)
    let stranger = try proof().fault(in: armor, by: publicKey(of: other))
    #expect(stranger?.contains("another key") == true)
  }

  /// What git signed can be nobody's proof, nor a proof be what git signed.
  @Test func anotherNamespaceProvesNothing() throws {
    let fault = try proof().fault(in: signed(proof(), namespace: "git"), by: publicKey(of: key))
    #expect(fault?.contains("\"git\"") == true)
    let (armor, text) = (signed(try proof()), Array(try proof().text.utf8))
    #expect(throws: SignatureError.self) {
      try SSHSignature.verify(armor: armor, payload: text, namespace: "git")
    }
  }

  @Test func mailMayWrapIt() throws {
    let armor = String(decoding: signed(try proof()), as: UTF8.self)
    let mailed =
      "Hello Carol,\r\n\r\n" + armor.replacing("\n", with: " \r\n") + "\r\n-- \r\nAlice\r\n"
    let found = try #require(KeyProof.armor(in: mailed))
    #expect(try proof().fault(in: found, by: publicKey(of: key)) == nil)
    #expect(KeyProof.armor(in: "no signature") == nil)
    let turned = "-----END SSH SIGNATURE-----\n-----BEGIN SSH SIGNATURE-----"
    #expect(KeyProof.armor(in: turned) == nil)
  }
}
