import Clibsodium
import Signatures

/// A throwaway Ed25519 key that signs as `ssh-keygen -Y sign` does, without starting a process.
package struct TestKey: Sendable {
  package let publicBlob: [UInt8]
  private let secret: [UInt8]

  /// - Parameter seed: the same key for the same number; nil makes a new one.
  package init(seed: UInt64? = nil) {
    _ = sodium_init()
    var publicBytes = [UInt8](repeating: 0, count: 32)
    var secret = [UInt8](repeating: 0, count: 64)
    if let seed {
      var random = SeededRandom(seed: seed)
      let bytes = (0..<32).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      crypto_sign_seed_keypair(&publicBytes, &secret, bytes)
    } else {
      crypto_sign_keypair(&publicBytes, &secret)
    }
    self.secret = secret
    publicBlob = Self.string(Array("ssh-ed25519".utf8)) + Self.string(publicBytes)
  }

  /// `ssh-ed25519 AAAA...`
  package var line: String { "ssh-ed25519 \(Self.base64(publicBlob))" }

  /// The private half as `ssh-keygen` keeps it in a file, without a passphrase (OpenSSH's PROTOCOL.key).
  package var privateFile: String {
    var inner = [UInt8](repeating: 7, count: 8) + publicBlob
    inner += Self.string(secret) + Self.string(Array("test".utf8))
    var pad: UInt8 = 1
    while inner.count % 8 != 0 {
      inner.append(pad)
      pad += 1
    }
    let none = Self.string(Array("none".utf8))
    let bytes =
      Array("openssh-key-v1\0".utf8) + none + none + Self.string([]) + [0, 0, 0, 1]
      + Self.string(publicBlob) + Self.string(inner)
    return Self.armor(bytes, "OPENSSH PRIVATE KEY")
  }

  /// The armored signature, PROTOCOL.sshsig of OpenSSH.
  package func sign(_ payload: [UInt8], namespace: String = "git") -> [UInt8] {
    let fields =
      Self.string(Array(namespace.utf8)) + Self.string([]) + Self.string(Array("sha512".utf8))
    let message = Array("SSHSIG".utf8) + fields + Self.string(Digest.sha512(payload))
    var raw = [UInt8](repeating: 0, count: 64)
    crypto_sign_detached(&raw, nil, message, UInt64(message.count), secret)
    let signature = Self.string(Array("ssh-ed25519".utf8)) + Self.string(raw)
    let blob =
      Array("SSHSIG".utf8) + [0, 0, 0, 1] + Self.string(publicBlob) + fields
      + Self.string(signature)
    return Array(Self.armor(blob, "SSH SIGNATURE").utf8)
  }

  private static func armor(_ bytes: [UInt8], _ name: String) -> String {
    var text = "-----BEGIN \(name)-----\n"
    var rest = base64(bytes)[...]
    while !rest.isEmpty {
      text += rest.prefix(70) + "\n"
      rest = rest.dropFirst(70)
    }
    return text + "-----END \(name)-----\n"
  }

  private static func string(_ bytes: [UInt8]) -> [UInt8] {
    let count = UInt32(bytes.count)
    return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> UInt32($0)) } + bytes
  }

  private static func base64(_ bytes: [UInt8]) -> String {
    var out = [CChar](repeating: 0, count: sodium_base64_encoded_len(bytes.count, 1))
    sodium_bin2base64(&out, out.count, bytes, bytes.count, 1)
    return String(decoding: out.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
