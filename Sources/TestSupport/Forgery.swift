import Foundation
import Signatures

/// An SSHSIG put together by hand: as it stands it is good; a test changes one thing and the rest
/// is signed properly around it, so that nothing but the one check can refuse it.
package struct Forgery {
  package let key: SoftwareKey
  package var payload = Array("what is signed".utf8)

  // The envelope.
  package var magic = Array("SSHSIG".utf8)
  package var version: UInt32 = 1
  package var namespace = "git"
  package var reserved: [UInt8] = []
  package var hash = "sha512"
  package var afterBlob: [UInt8] = []

  // The key.
  package var type: String
  package var curve: String?
  package var point: [UInt8]
  package var application = "ssh:"
  package var afterKey: [UInt8] = []

  // The signature.
  package var algorithm: String
  package var signingHash: String
  package var flags: UInt8 = 0x01
  package var counter: UInt32 = 7
  package var changeValue: ([UInt8]) -> [UInt8] = { $0 }
  package var afterValue: [UInt8] = []

  package var isHardware: Bool { type.hasPrefix("sk-") }

  /// - Parameter hardware: whether the key poses as a security key.
  package init(_ key: SoftwareKey, hardware: Bool = false) {
    self.key = key
    point = key.point
    switch key.kind {
    case .ed25519:
      type = hardware ? "sk-ssh-ed25519@openssh.com" : "ssh-ed25519"
      algorithm = type
      signingHash = ""
    case .ecdsa(let group):
      // P-256 is nistp256 in SSH.
      let name = "nistp" + group.dropFirst(2)
      curve = name
      type = hardware ? "sk-ecdsa-sha2-nistp256@openssh.com" : "ecdsa-sha2-" + name
      algorithm = type
      signingHash = group == "P-521" ? "SHA512" : "SHA" + group.dropFirst(2)
    case .rsa:
      type = "ssh-rsa"
      algorithm = "rsa-sha2-512"
      signingHash = "SHA512"
    }
  }

  /// A forgery with something changed.
  package func with(_ change: (inout Forgery) -> Void) -> Forgery {
    var copy = self
    change(&copy)
    return copy
  }

  package var keyBlob: [UInt8] {
    var wire = Wire()
    wire.string(type)
    if case .rsa = key.kind {
      wire.number(key.exponent)
      wire.number(key.modulus)
    } else {
      if let curve { wire.string(curve) }
      wire.string(point)
    }
    if isHardware { wire.string(application) }
    return wire.bytes + afterKey
  }

  package var blob: [UInt8] {
    let digest =
      switch hash {
      case "sha256": Digest.sha256(payload)
      case "sha1": Digest.sha1(payload)
      default: Digest.sha512(payload)
      }
    var signed = Wire(bytes: Array("SSHSIG".utf8))
    signed.string(namespace)
    signed.string(reserved)
    signed.string(hash)
    signed.string(digest)
    var message = signed.bytes
    if isHardware {
      var assertion = Wire(bytes: Digest.sha256(Array(application.utf8)) + [flags])
      assertion.uint32(counter)
      message = assertion.bytes + Digest.sha256(message)
    }
    var signature = Wire()
    signature.string(algorithm)
    signature.string(changeValue(key.sign(message, hash: signingHash)))
    if isHardware {
      signature.bytes.append(flags)
      signature.uint32(counter)
    }
    signature.bytes += afterValue

    var wire = Wire(bytes: magic)
    wire.uint32(version)
    wire.string(keyBlob)
    wire.string(namespace)
    wire.string(reserved)
    wire.string(hash)
    wire.string(signature.bytes)
    return wire.bytes + afterBlob
  }

  package var armor: [UInt8] { Self.armor(blob) }

  package static func armor(_ blob: [UInt8]) -> [UInt8] { armor(text: base64(blob)) }

  package static func armor(text: String) -> [UInt8] {
    var lines = ["-----BEGIN SSH SIGNATURE-----"]
    var rest = text[...]
    while !rest.isEmpty {
      lines.append(String(rest.prefix(70)))
      rest = rest.dropFirst(70)
    }
    lines.append("-----END SSH SIGNATURE-----\n")
    return Array(lines.joined(separator: "\n").utf8)
  }

  /// Keys that tests share, for making RSA keys is slow.
  package static let ed25519 = Forgery(SoftwareKey(.ed25519))
  package static let p256 = Forgery(SoftwareKey(.ecdsa(group: "P-256")))
  package static let p384 = Forgery(SoftwareKey(.ecdsa(group: "P-384")))
  package static let p521 = Forgery(SoftwareKey(.ecdsa(group: "P-521")))
  package static let rsa = Forgery(SoftwareKey(.rsa(bits: 2048)))
  package static let skEd25519 = Forgery(SoftwareKey(.ed25519), hardware: true)
  package static let skP256 = Forgery(SoftwareKey(.ecdsa(group: "P-256")), hardware: true)

  package static let all = [ed25519, p256, p384, p521, rsa, skEd25519, skP256]
}

extension Forgery: @unchecked Sendable, CustomStringConvertible {
  package var description: String { type }
}
