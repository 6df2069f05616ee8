extension SSHSignature {
  /// The blob inside the armor (PROTOCOL.sshsig section 2, "Blob format"), taken apart.
  struct Envelope {
    let publicKey: ArraySlice<UInt8>
    let namespace: ArraySlice<UInt8>
    let signature: ArraySlice<UInt8>
    private let hashName: ArraySlice<UInt8>
    private let hash: ([UInt8]) -> [UInt8]

    private static let magic = Array("SSHSIG".utf8)
    private static let version: UInt32 = 1

    /// - Throws: malformedBlob, unsupportedVersion, reservedNotEmpty, unsupportedHash,
    ///   trailingBytes.
    init(blob: [UInt8]) throws(SignatureError) {
      let cutShort = SignatureError(.malformedBlob, "The signature is cut short.")
      var reader = WireReader(blob)
      guard let magic = reader.takeBytes(Self.magic.count), magic.elementsEqual(Self.magic) else {
        throw SignatureError(.malformedBlob, "What the armor holds is not an SSHSIG.")
      }
      guard let version = reader.takeUInt32() else { throw cutShort }
      guard version == Self.version else {
        throw SignatureError(
          .unsupportedVersion, "The signature's format has version \(version), not 1.")
      }
      guard let publicKey = reader.takeString(), let namespace = reader.takeString(),
        let reserved = reader.takeString(), let hashName = reader.takeString(),
        let signature = reader.takeString()
      else { throw cutShort }
      guard reader.isAtEnd else {
        throw SignatureError(.trailingBytes, "The signature is followed by more bytes.")
      }
      guard reserved.isEmpty else {
        throw SignatureError(.reservedNotEmpty, "The signature's reserved field is not empty.")
      }
      switch String(decoding: hashName, as: UTF8.self) {
      case "sha256": hash = Digest.sha256
      case "sha512": hash = Digest.sha512
      default:
        throw SignatureError(
          .unsupportedHash,
          "The payload was hashed with \(quoted(hashName)); sha256 or sha512 is needed.")
      }
      self.publicKey = publicKey
      self.namespace = namespace
      self.signature = signature
      self.hashName = hashName
    }

    /// The bytes that the key signed (PROTOCOL.sshsig section 3, "Signed Data").
    func signedData(payload: [UInt8]) -> [UInt8] {
      var writer = WireWriter()
      writer.put(Self.magic)
      writer.putString(namespace)
      writer.putString([])
      writer.putString(hashName)
      writer.putString(hash(payload))
      return writer.bytes
    }
  }
}
