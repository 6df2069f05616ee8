import Clibsodium
import Foundation
import Signatures
import TestSupport

extension Attack {
  static let onSignatures = [
    Attack("Another key's signature", .badSignature) {
      Forgery.ed25519.with { $0.point = SoftwareKey(.ed25519).point }.armor
    },
    Attack("RSA over SHA-1, genuine", .sha1, .rsa) {
      $0.algorithm = "ssh-rsa"
      $0.signingHash = "SHA1"
    },
    Attack("RSA over SHA-1 called SHA-2", .badSignature, .rsa) { $0.signingHash = "SHA1" },
    Attack("RSA algorithm on an Ed25519 key", .keyMismatch, .ed25519) {
      $0.algorithm = "rsa-sha2-512"
    },
    Attack("Plain algorithm on a security key", .keyMismatch, .skEd25519) {
      $0.algorithm = "ssh-ed25519"
    },
    Attack("Security key algorithm on a plain key", .keyMismatch, .ed25519) {
      $0.algorithm = "sk-ssh-ed25519@openssh.com"
    },
    Attack("Another curve's algorithm", .keyMismatch, .p256) {
      $0.algorithm = "ecdsa-sha2-nistp384"
    },
    Attack("Certificate algorithm on a plain key", .keyMismatch, .rsa) {
      $0.algorithm = "rsa-sha2-512-cert-v01@openssh.com"
    },
    Attack("Not touched, Ed25519", .noUserPresence, fools: true, .skEd25519) { $0.flags = 0 },
    Attack("Not touched, P-256", .noUserPresence, fools: true, .skP256) { $0.flags = 0 },
    Attack("Known but not touched", .noUserPresence, fools: true, .skP256) { $0.flags = 0x04 },
    Attack("Signed by a browser", .webauthn, .skP256) {
      $0.algorithm = "webauthn-sk-ecdsa-sha2-nistp256@openssh.com"
    },
    Attack("Security key without flags", .malformedBlob) {
      envelope(
        keyBlob: Forgery.skEd25519.keyBlob, algorithm: Forgery.skEd25519.algorithm,
        value: [UInt8](repeating: 0, count: 64))
    },
    Attack("S not below the group order", .nonCanonicalSignature, fools: true, .ed25519) {
      $0.changeValue = { Array($0.prefix(32)) + addingGroupOrder(to: Array($0.suffix(32))) }
    },
    Attack("S equal to the group order", .nonCanonicalSignature, .ed25519) {
      $0.changeValue = {
        Array($0.prefix(32)) + addingGroupOrder(to: [UInt8](repeating: 0, count: 32))
      }
    },
    Attack("S at its highest", .nonCanonicalSignature, .skEd25519) {
      $0.changeValue = { Array($0.prefix(32)) + [UInt8](repeating: 0xFF, count: 32) }
    },
    Attack("Ed25519 signature of 63 bytes", .nonCanonicalSignature, .ed25519) {
      $0.changeValue = { Array($0.dropLast()) }
    },
    Attack("Ed25519 signature of 65 bytes", .nonCanonicalSignature, .ed25519) {
      $0.changeValue = { $0 + [0] }
    },
    Attack("R of small order", .badSignature, .ed25519) {
      $0.changeValue = { Array(neutral + $0.suffix(32)) }
    },
    Attack("ECDSA number padded", .nonCanonicalSignature, fools: true, .p256) {
      $0.changeValue = { changingR(of: $0) { [0, 0] + $0 } }
    },
    Attack("ECDSA number negative", .nonCanonicalSignature, .p256) {
      $0.changeValue = { changingR(of: $0) { _ in [0xFF] } }
    },
    Attack("ECDSA number zero", .nonCanonicalSignature, .p256) {
      $0.changeValue = { changingR(of: $0) { _ in [] } }
    },
    Attack("ECDSA number too long", .nonCanonicalSignature, .p256) {
      $0.changeValue = { changingR(of: $0) { _ in [UInt8](repeating: 1, count: 33) } }
    },
    Attack("ECDSA number above the order", .badSignature, .p256) {
      $0.changeValue = {
        changingR(of: $0) { _ in [0] + [UInt8](repeating: 0xFF, count: 32) }
      }
    },
    Attack("ECDSA numbers in DER", .malformedBlob, .p256) {
      $0.changeValue = { _ in hex("3006020101020101") }
    },
    // The last one: one in 256 begins with a zero, and ssh-keygen takes such a one without it.
    Attack("RSA signature a byte short", .nonCanonicalSignature, .rsa) {
      $0.changeValue = { Array($0.dropLast()) }
    },
    Attack("RSA signature a byte long", .nonCanonicalSignature, .rsa) {
      $0.changeValue = { [0] + $0 }
    },
    Attack("RSA signature of zeros", .badSignature, .rsa) {
      $0.changeValue = { [UInt8](repeating: 0, count: $0.count) }
    },
    Attack("RSA signature above the modulus", .badSignature, .rsa) {
      $0.changeValue = { [UInt8](repeating: 0xFF, count: $0.count) }
    },
  ]

  /// An SSHSIG with these raw parts.
  static func envelope(
    keyBlob: [UInt8], algorithm: String = "rsa-sha2-512",
    value: [UInt8] = [UInt8](repeating: 1, count: 256)
  ) -> [UInt8] {
    var signature = Wire()
    signature.string(algorithm)
    signature.string(value)
    var wire = Wire(bytes: Array("SSHSIG".utf8))
    wire.uint32(1)
    wire.string(keyBlob)
    wire.string("git")
    wire.string("")
    wire.string("sha512")
    wire.string(signature.bytes)
    return Forgery.armor(wire.bytes)
  }

  /// The neutral element of the curve, order 1; as a scalar it is the number 1.
  static let neutral: [UInt8] = [1] + [UInt8](repeating: 0, count: 31)
  /// The base point B (RFC 8032 section 5.1).
  static let basePoint = hex("58" + String(repeating: "66", count: 31))
  /// A point of order 8.
  static let orderEight = hex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")

  static func sum(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: 32)
    precondition(crypto_core_ed25519_add(&result, left, right) == 0)
    return result
  }

  /// S + L, little-endian: the same scalar, written another way.
  private static func addingGroupOrder(to scalar: [UInt8]) -> [UInt8] {
    let order = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
    var carry = 0
    return zip(scalar, order).map {
      carry += Int($0) + Int($1)
      defer { carry >>= 8 }
      return UInt8(carry & 0xFF)
    }
  }

  /// Replaces the first of ECDSA's two numbers as it stands on the wire.
  private static func changingR(
    of value: [UInt8], _ change: ([UInt8]) -> [UInt8]
  ) -> [UInt8] {
    let length = Int(value[3])
    var wire = Wire()
    wire.string(change(Array(value[4..<(4 + length)])))
    return wire.bytes + value[(4 + length)...]
  }
}
