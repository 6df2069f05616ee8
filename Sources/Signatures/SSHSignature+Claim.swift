extension SSHSignature {
  /// The innermost signature: what a key of a known type says it has signed.
  struct Claim {
    /// The flag byte of a security key (PROTOCOL.u2f "SSH U2F Signatures"; the bits are those of
    /// WebAuthn's authenticator data).
    enum Flag: UInt8 {
      case userPresent = 0x01
      case userVerified = 0x04
    }

    /// What a security key signs along with the message.
    private struct Assertion {
      let flags: UInt8
      /// Counts the device's signatures; nothing is concluded from it.
      let counter: UInt32
    }

    private enum Algorithm {
      case ed25519
      case ecdsa(Curve)
      case rsa(OpenSSLKey.Hash)
    }

    let key: PublicKey
    private let algorithm: Algorithm
    let value: ArraySlice<UInt8>
    private let assertion: Assertion?

    /// Reads a signature blob: its algorithm, its value, and a security key's flags and counter.
    ///
    /// - Throws: malformedBlob, trailingBytes, webauthn, sha1, keyMismatch, noUserPresence.
    init(_ blob: ArraySlice<UInt8>, by key: PublicKey) throws(SignatureError) {
      let cutShort = SignatureError(.malformedBlob, "The signature's value is cut short.")
      var reader = WireReader(blob)
      guard let name = reader.takeString(), let value = reader.takeString() else {
        throw cutShort
      }
      algorithm = try Self.algorithm(name, for: key.type)
      if key.type.isHardware {
        guard let flags = reader.takeByte(), let counter = reader.takeUInt32() else {
          throw cutShort
        }
        assertion = Assertion(flags: flags, counter: counter)
      } else {
        assertion = nil
      }
      guard reader.isAtEnd else {
        throw SignatureError(.trailingBytes, "The signature's value is followed by more bytes.")
      }
      self.key = key
      self.value = value
      guard !key.type.isHardware || has(.userPresent) else {
        throw SignatureError(.noUserPresence, "The security key signed without being touched.")
      }
    }

    /// Whether the security key raised the flag; false for a plain key.
    func has(_ flag: Flag) -> Bool {
      assertion.map { $0.flags & flag.rawValue != 0 } ?? false
    }

    /// - Throws: smallOrderKey, invalidKey, nonCanonicalSignature, badSignature; libraryFailure.
    func verify(message: [UInt8]) throws(SignatureError) {
      let message = asserted(message)
      switch algorithm {
      case .ed25519:
        try Ed25519.requireValid(key: key.material)
        try Ed25519.verify(signature: value, message: message, key: key.material)
      case .ecdsa(let curve):
        try verifyECDSA(curve, message: message)
      case .rsa(let hash):
        try verifyRSA(hash, message: message)
      }
    }

    /// A plain key signs the message itself; a security key signs sha256(application), flags,
    /// counter and sha256(message) (PROTOCOL.u2f "SSH U2F Signatures").
    private func asserted(_ message: [UInt8]) -> [UInt8] {
      guard let assertion else { return message }
      var writer = WireWriter()
      writer.put(Digest.sha256(Array(key.application)))
      writer.put([assertion.flags])
      writer.putUInt32(assertion.counter)
      writer.put(Digest.sha256(message))
      return writer.bytes
    }

    private static func algorithm(
      _ name: ArraySlice<UInt8>, for type: KeyType
    ) throws(SignatureError) -> Algorithm {
      let text = String(decoding: name, as: UTF8.self)
      if text.hasPrefix("webauthn-") {
        throw SignatureError(
          .webauthn, "A web browser made the signature; only git's own kind counts.")
      }
      switch (type, text) {
      case (.rsa, "rsa-sha2-256"): return .rsa(.sha256)
      case (.rsa, "rsa-sha2-512"): return .rsa(.sha512)
      case (.rsa, "ssh-rsa"):
        throw SignatureError(.sha1, "The RSA signature rests on SHA-1, which is broken.")
      case (_, type.rawValue):
        return type.curve.map { .ecdsa($0) } ?? .ed25519
      default:
        throw SignatureError(
          .keyMismatch, "A key of type \(type.rawValue) makes no \(quoted(name)) signatures.")
      }
    }
  }
}
