import Foundation
import Signatures
import TestSupport
import Testing

@Suite("Public keys")
struct PublicKeyTests {
  @Test("A security key and a plain key of one secret share the material, and are two keys")
  func material() throws {
    let secret = SoftwareKey(.ecdsa(group: "P-256"))
    let plain = try PublicKey(blob: Forgery(secret).keyBlob)
    let hardware = try PublicKey(blob: Forgery(secret, hardware: true).keyBlob)
    #expect(plain.material == hardware.material)
    #expect(plain.material == secret.point)
    #expect(plain != hardware)
    #expect(hardware.type.isHardware && !plain.type.isHardware)
  }

  @Test("RSA's material is e and n")
  func rsaMaterial() throws {
    var expected = Wire()
    expected.number(Forgery.rsa.key.exponent)
    expected.number(Forgery.rsa.key.modulus)
    #expect(try PublicKey(blob: Forgery.rsa.keyBlob).material == expected.bytes)
  }

  @Test("Base64 in one spelling only")
  func base64Spelling() throws {
    let text = base64(Forgery.rsa.keyBlob)
    #expect(try PublicKey(base64: text).blob == Forgery.rsa.keyBlob)
    for changed in [
      " " + text, text + " ", text + "\n", text + "=", text + "====", text + "A", "", "====",
      text.replacingOccurrences(of: "A", with: "-"), String(text.dropLast()),
      String(text.dropLast(4)),
    ] {
      #expect(
        reason { () throws(SignatureError) in try PublicKey(base64: changed) } == .malformedKey)
    }
  }

  @Test("Every bad key is refused when it is listed, not only when it signs")
  func badKeys() {
    let cases: [(SignatureError.Reason, [UInt8])] = [
      (.smallOrderKey, Forgery.ed25519.with { $0.point = Attack.neutral }.keyBlob),
      (
        .invalidKey,
        Forgery.ed25519.with { $0.point = Attack.sum($0.point, Attack.orderEight) }.keyBlob
      ),
      (.invalidKey, Forgery.p256.with { $0.point[64] ^= 1 }.keyBlob),
      (.trailingBytes, Forgery.ed25519.keyBlob + [0]),
      (.weakKey, Forgery(SoftwareKey(.rsa(bits: 1024))).keyBlob),
      (.foreignApplication, Forgery.skEd25519.with { $0.application = "web" }.keyBlob),
      (.malformedKey, []),
    ]
    for (expected, blob) in cases {
      #expect(reason { () throws(SignatureError) in try PublicKey(blob: blob) } == expected)
    }
  }

  @Test("No truncated key is a key", arguments: Forgery.all)
  func truncated(forgery: Forgery) {
    let blob = forgery.keyBlob
    #expect(reason { () throws(SignatureError) in try PublicKey(blob: blob) } == nil)
    for count in blob.indices {
      #expect(
        reason { () throws(SignatureError) in try PublicKey(blob: Array(blob[..<count])) } != nil)
    }
  }

  @Test("Digests")
  func digests() {
    let abc = Array("abc".utf8)
    #expect(Digest.hex(Digest.sha1(abc)) == "a9993e364706816aba3e25717850c26c9cd0d89d")
    #expect(Digest.hex(Digest.sha1([])) == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
    #expect(
      Digest.hex(Digest.sha256(abc))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      Digest.hex(Digest.sha512([])).hasPrefix("cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc"))
    #expect(Digest.hex([UInt8]()) == "")
  }
}
