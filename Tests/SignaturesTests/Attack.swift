import Foundation
import Signatures
import TestSupport

/// One way to make a verifier believe what was not signed, and the reason it must be refused for.
struct Attack: @unchecked Sendable, CustomStringConvertible {
  let description: String
  let reason: SignatureError.Reason
  /// Whether OpenSSH 9.2 falls for it; nil where that is not compared.
  let fools: Bool?
  let payload: [UInt8]
  let armor: () -> [UInt8]

  init(
    _ description: String, _ reason: SignatureError.Reason, fools: Bool? = false,
    payload: [UInt8] = Forgery.ed25519.payload, armor: @escaping () -> [UInt8]
  ) {
    self.description = description
    self.reason = reason
    self.fools = fools
    self.payload = payload
    self.armor = armor
  }

  /// An attack that changes one thing of a good signature.
  init(
    _ description: String, _ reason: SignatureError.Reason, fools: Bool? = false,
    _ forgery: Forgery, _ change: @escaping (inout Forgery) -> Void
  ) {
    self.init(description, reason, fools: fools, payload: forgery.payload) {
      forgery.with(change).armor
    }
  }

  /// An attack on the armor's text.
  init(
    text description: String, _ reason: SignatureError.Reason, fools: Bool? = false,
    _ change: @escaping (String) -> String
  ) {
    self.init(description, reason, fools: fools) {
      Array(change(String(decoding: Forgery.ed25519.armor, as: UTF8.self)).utf8)
    }
  }

  static let all = onArmor + onEnvelope + onKeys + onSignatures

  private static let onArmor = [
    Attack(text: "Empty", .malformedArmor) { _ in "" },
    Attack(text: "PGP", .malformedArmor) {
      $0.replacingOccurrences(of: "SSH SIGNATURE", with: "PGP SIGNATURE")
    },
    Attack(text: "A space before BEGIN", .malformedArmor) { " " + $0 },
    Attack(text: "A newline before BEGIN", .malformedArmor) { "\n" + $0 },
    Attack(text: "A byte order mark before BEGIN", .malformedArmor) { "\u{FEFF}" + $0 },
    Attack(text: "CR LF", .malformedArmor) {
      $0.replacingOccurrences(of: "\n", with: "\r\n")
    },
    Attack(text: "CR LF inside only", .malformedArmor, fools: nil) {
      $0.replacingOccurrences(of: "\nU1NI", with: "\nU1NI\r\n")
    },
    Attack(text: "A space in the base64", .malformedArmor, fools: true) {
      $0.replacingOccurrences(of: "\nU1NI", with: "\nU1NI ")
    },
    Attack(text: "A tab in the base64", .malformedArmor, fools: true) {
      $0.replacingOccurrences(of: "\nU1NI", with: "\nU1NI\t")
    },
    Attack(text: "An empty line in the base64", .malformedArmor, fools: true) {
      $0.replacingOccurrences(of: "\nU1NI", with: "\n\nU1NI")
    },
    Attack(text: "A foreign character in the base64", .malformedArmor) {
      $0.replacingOccurrences(of: "\nU1NI", with: "\nU1NI_")
    },
    Attack(text: "A character above ASCII in the base64", .malformedArmor) {
      $0.replacingOccurrences(of: "\nU1NI", with: "\nU1NIé")
    },
    Attack(text: "A NUL in the base64", .malformedArmor, fools: nil) {
      $0.replacingOccurrences(of: "\nU1NI", with: "\nU1NI\0")
    },
    Attack(text: "Padding in the middle", .malformedArmor) {
      $0.replacingOccurrences(of: "\nU1NI", with: "\nU1N=")
    },
    Attack("Bits below the last byte", .malformedArmor) {
      var text = base64(Forgery.ed25519.blob)
      let padding = text.reversed().prefix { $0 == "=" }.count
      precondition(padding > 0)
      text.removeLast(padding + 1)
      // The last character before the padding may not be "/", whose bits are all set.
      return Forgery.armor(text: text + "/" + String(repeating: "=", count: padding))
    },
    Attack(text: "No END line", .malformedArmor) {
      $0.replacingOccurrences(of: "-----END SSH SIGNATURE-----\n", with: "")
    },
    Attack(text: "END on the base64's line", .malformedArmor) {
      $0.replacingOccurrences(of: "\n-----END", with: "-----END")
    },
    Attack(text: "Another END line", .malformedArmor) {
      $0.replacingOccurrences(of: "END SSH", with: "END PGP")
    },
    Attack(text: "Text after END", .dataAfterEnd, fools: true) { $0 + "and more" },
    Attack(text: "Text on the END line", .dataAfterEnd, fools: nil) { $0.dropLast() + " \n" },
    Attack(text: "Two newlines after END", .dataAfterEnd, fools: true) { $0 + "\n" },
    Attack(text: "A second signature after END", .dataAfterEnd, fools: true) { $0 + $0 },
  ]

  private static let onEnvelope = [
    Attack("No blob at all", .malformedBlob) { Forgery.armor(text: "") },
    Attack("Another magic", .malformedBlob, .ed25519) { $0.magic = Array("SSHSIH".utf8) },
    Attack("A length beyond the end", .malformedBlob) {
      Forgery.armor(Array("SSHSIG".utf8) + [0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF])
    },
    Attack("Version 0", .unsupportedVersion, fools: true, .ed25519) { $0.version = 0 },
    Attack("Version 2", .unsupportedVersion, .ed25519) { $0.version = 2 },
    Attack("Data after the blob", .trailingBytes, .ed25519) { $0.afterBlob = [0] },
    Attack("Data after the key", .trailingBytes, .ed25519) { $0.afterKey = [0] },
    Attack("Data after the value", .trailingBytes, .ed25519) { $0.afterValue = [0] },
    Attack("Data after a security key's counter", .trailingBytes, .skEd25519) {
      $0.afterValue = [0]
    },
    Attack("Data after ECDSA's numbers", .trailingBytes, .p256) { $0.changeValue = { $0 + [0] } },
    Attack("A reserved field, signed for", .reservedNotEmpty, fools: nil, .ed25519) {
      $0.reserved = [1]
    },
    Attack("Namespace file", .wrongNamespace, .ed25519) { $0.namespace = "file" },
    Attack("Namespace git with a NUL", .wrongNamespace, fools: nil, .ed25519) {
      $0.namespace = "git\0"
    },
    Attack("Namespace Git", .wrongNamespace, .ed25519) { $0.namespace = "Git" },
    Attack("No namespace", .wrongNamespace, .ed25519) { $0.namespace = "" },
    Attack("Payload hashed with SHA-1", .unsupportedHash, .ed25519) { $0.hash = "sha1" },
    Attack("Hash name in upper case", .unsupportedHash, .ed25519) { $0.hash = "SHA512" },
    Attack("Another payload", .badSignature, payload: [1]) { Forgery.ed25519.armor },
  ]

  private static let onKeys = [
    Attack("Certificate", .certificate, .ed25519) { $0.type = "ssh-ed25519-cert-v01@openssh.com" },
    Attack("DSA", .unsupportedKeyType, .ed25519) { $0.type = "ssh-dss" },
    Attack("Key type of the future", .unsupportedKeyType, .ed25519) { $0.type = "ssh-ed448" },
    Attack("Signature algorithm as a key type", .unsupportedKeyType, .ed25519) {
      $0.type = "rsa-sha2-512"
    },
    Attack("Key of 31 bytes", .malformedKey, .ed25519) { $0.point.removeLast() },
    Attack("Key of no bytes", .malformedKey, .ed25519) { $0.point = [] },
    Attack("Another curve's name", .malformedKey, .p256) { $0.curve = "nistp384" },
    Attack("Compressed point", .malformedKey, .p256) {
      $0.point = [2 + ($0.point[64] & 1)] + $0.point[1...32]
    },
    Attack("Hybrid point", .malformedKey, .p256) { $0.point[0] = 6 + ($0.point[64] & 1) },
    Attack("Point at infinity", .malformedKey, .p256) { $0.point = [0] },
    Attack("Point off the curve", .invalidKey, .p256) { $0.point[64] ^= 1 },
    Attack("Point of zeros", .invalidKey, .p256) {
      $0.point = [4] + [UInt8](repeating: 0, count: 64)
    },
    Attack("Coordinate above the field", .invalidKey, .p384) {
      $0.point = [4] + [UInt8](repeating: 0xFF, count: 96)
    },
    Attack("Point off the curve, security key", .invalidKey, .skP256) { $0.point[64] ^= 1 },
    Attack("RSA of 1024 bits", .weakKey, fools: true, Forgery(SoftwareKey(.rsa(bits: 1024)))) {
      _ in
    },
    Attack("RSA of 2047 bits", .weakKey, fools: nil) {
      rsaKey(exponent: [1, 0, 1], modulus: [0x7F] + [UInt8](repeating: 0xFF, count: 255))
    },
    Attack("RSA of 16392 bits", .oversizedKey, fools: nil) {
      rsaKey(exponent: [1, 0, 1], modulus: [UInt8](repeating: 0xFF, count: 2049))
    },
    Attack("RSA exponent 1", .invalidKey, fools: nil) { rsaKey(exponent: [1]) },
    Attack("RSA exponent 65536", .invalidKey, fools: nil) { rsaKey(exponent: [1, 0, 0]) },
    Attack("RSA exponent of 65 bits", .invalidKey, fools: nil) {
      rsaKey(exponent: [1, 0, 0, 0, 0, 0, 0, 0, 1])
    },
    Attack("RSA exponent 0", .malformedKey, fools: nil) { rsaKey(exponent: []) },
    Attack("RSA modulus even", .invalidKey, fools: nil) {
      rsaKey(exponent: [1, 0, 1], modulus: [0xFF] + [UInt8](repeating: 0, count: 255))
    },
    Attack("RSA exponent padded", .malformedKey, fools: nil) { rsaKey(exponent: [0, 1, 0, 1]) },
    Attack("Key of small order", .smallOrderKey, fools: true) {
      // With the neutral element for a key, R = S * B verifies over any message; here S = 1.
      Forgery.ed25519.with {
        $0.point = neutral
        $0.changeValue = { _ in basePoint + neutral }
      }.armor
    },
    Attack("Key of order 2", .smallOrderKey, .ed25519) {
      $0.point = hex("ec" + String(repeating: "ff", count: 30) + "7f")
    },
    Attack("Key of order 8", .smallOrderKey, .ed25519) { $0.point = orderEight },
    Attack("Key of small order, not canonical", .smallOrderKey, fools: nil, .ed25519) {
      $0.point = hex("ee" + String(repeating: "ff", count: 30) + "7f")
    },
    Attack("Key of small order, security key", .smallOrderKey, .skEd25519) { $0.point = neutral },
    Attack("Key outside the prime-order group", .invalidKey, fools: nil, .ed25519) {
      $0.point = sum($0.point, orderEight)
    },
    Attack("Key that is no point", .invalidKey, .ed25519) {
      $0.point = [2] + [UInt8](repeating: 0, count: 31)
    },
    Attack("Application of a web site", .foreignApplication, fools: true, .skEd25519) {
      $0.application = "https://example.org"
    },
    Attack("No application", .foreignApplication, fools: nil, .skP256) { $0.application = "" },
    Attack("WebAuthn key type", .webauthn, .skP256) {
      $0.type = "webauthn-sk-ecdsa-sha2-nistp256@openssh.com"
    },
  ]

  /// A signature whose key has these RSA numbers; its value is never looked at.
  private static func rsaKey(
    exponent: [UInt8], modulus: [UInt8] = Forgery.rsa.key.modulus
  ) -> [UInt8] {
    var key = Wire()
    key.string("ssh-rsa")
    exponent.first == 0 ? key.string(exponent) : key.number(exponent)
    key.number(modulus)
    return Attack.envelope(keyBlob: key.bytes)
  }
}
