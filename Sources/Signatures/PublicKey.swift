/// A public key in SSH's wire format, well formed and fit to verify with.
///
/// Equal means equal to the last byte of the blob: a security key of another application, or the
/// same point under another type, is another key. ``material`` tells whether two keys stand on
/// the same secret.
package struct PublicKey: Sendable, Hashable, CustomStringConvertible {
  package let type: KeyType
  /// The SSH wire blob (RFC 4253 section 6.6): what follows the type in a `.pub` file, decoded.
  package let blob: [UInt8]
  /// The raw key whatever its type: Ed25519's 32 bytes, ECDSA's point, RSA's `e` and `n` each
  /// after its length. A security key and a plain key of the same secret share it.
  package let material: [UInt8]

  /// Decodes a wire blob and checks the key it holds.
  ///
  /// - Throws: malformedKey, trailingBytes, certificate, unsupportedKeyType, webauthn, invalidKey,
  ///   weakKey, oversizedKey, smallOrderKey, foreignApplication; libraryFailure.
  package init(blob: [UInt8]) throws(SignatureError) {
    try self.init(decoding: blob)
    if let curve = type.curve {
      _ = try OpenSSLKey(curve: curve, point: material)
    } else if type != .rsa {
      try Ed25519.requireValid(key: material)
    }
  }

  /// Decodes the canonical base64 of a wire blob.
  ///
  /// - Throws: malformedKey for base64 that is not canonical; else as ``init(blob:)``.
  package init(base64: some StringProtocol) throws(SignatureError) {
    guard let blob = Base64.decode(Array(base64.utf8)) else {
      throw SignatureError(.malformedKey, "The key is not canonical base64.")
    }
    try self.init(blob: blob)
  }

  /// For ``init(decoding:)``, which has looked at the parts.
  init(type: KeyType, blob: [UInt8], material: [UInt8]) {
    self.type = type
    self.blob = blob
    self.material = material
  }

  /// A key that was read and checked before; nothing is checked again.
  package init(trusted type: KeyType, blob: [UInt8], material: [UInt8]) {
    self.init(type: type, blob: blob, material: material)
  }

  /// `SHA256:` and the unpadded base64 of the blob's SHA-256, as `ssh-keygen -l` prints it.
  package var fingerprint: String { "SHA256:" + Base64.encodeUnpadded(Digest.sha256(blob)) }

  package var description: String { "\(type.rawValue) \(fingerprint)" }

  package static func == (left: PublicKey, right: PublicKey) -> Bool { left.blob == right.blob }

  package func hash(into hasher: inout Hasher) { hasher.combine(blob) }
}
