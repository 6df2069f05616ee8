extension PublicKey {
  /// RSA sizes in bits. 1024 is within reach of large attackers; a verification's cost grows with
  /// the square of the size, and 16384 is the largest that `ssh-keygen` makes.
  static let rsaBits = 2048...16384

  /// Decodes a wire blob and checks all that needs no curve arithmetic: an RSA key is then fully
  /// checked, a point is not.
  ///
  /// Formats: Ed25519 RFC 8709 section 4, ECDSA RFC 5656 section 3.1, RSA RFC 4253 section 6.6,
  /// security keys OpenSSH PROTOCOL.u2f "SSH U2F Key formats".
  init(decoding blob: [UInt8]) throws(SignatureError) {
    var reader = WireReader(blob)
    guard let name = reader.takeString() else { throw Self.cutShort }
    let type = try KeyType(name: name)
    let material: [UInt8]
    switch type {
    case .ed25519, .skEd25519:
      guard let key = reader.takeString() else { throw Self.cutShort }
      guard key.count == Ed25519.keySize else {
        throw SignatureError(
          .malformedKey, "The Ed25519 key has \(key.count) bytes, not \(Ed25519.keySize).")
      }
      material = Array(key)
    case .ecdsa256, .ecdsa384, .ecdsa521, .skEcdsa256:
      material = try Self.point(from: &reader, type: type)
    case .rsa:
      material = try Self.rsa(from: &reader)
    }
    if type.isHardware {
      guard let application = reader.takeString() else { throw Self.cutShort }
      guard application.starts(with: "ssh:".utf8) else {
        throw SignatureError(
          .foreignApplication,
          "The security key's application is \(quoted(application)); "
            + "one made for SSH begins with \"ssh:\".")
      }
    }
    guard reader.isAtEnd else {
      throw SignatureError(.trailingBytes, "The public key is followed by more bytes.")
    }
    self.init(type: type, blob: blob, material: material)
  }

  /// A security key's application string; empty for a plain key.
  var application: ArraySlice<UInt8> {
    guard type.isHardware else { return [] }
    var reader = WireReader(blob)
    // Type, curve (ECDSA alone), key, application.
    for _ in 0..<(type == .skEcdsa256 ? 3 : 2) { _ = reader.takeString() }
    return reader.takeString() ?? []
  }

  private static let cutShort = SignatureError(.malformedKey, "The public key is cut short.")

  private static func point(
    from reader: inout WireReader, type: KeyType
  ) throws(SignatureError) -> [UInt8] {
    guard let curve = type.curve, let name = reader.takeString(), let point = reader.takeString()
    else { throw cutShort }
    guard name.elementsEqual(curve.rawValue.utf8) else {
      throw SignatureError(
        .malformedKey, "A key of type \(type.rawValue) names the curve \(quoted(name)).")
    }
    // SEC 1 section 2.3.3: 04, then both coordinates at full size.
    guard point.first == 4, point.count == 1 + 2 * curve.coordinateSize else {
      throw SignatureError(
        .malformedKey, "The key's point is not an uncompressed point of \(curve.rawValue).")
    }
    return Array(point)
  }

  private static func rsa(from reader: inout WireReader) throws(SignatureError) -> [UInt8] {
    guard let first = reader.takeString(), let second = reader.takeString() else {
      throw cutShort
    }
    guard let exponent = PositiveNumber(first), let modulus = PositiveNumber(second) else {
      throw SignatureError(
        .malformedKey, "The RSA key's numbers are not minimal positive numbers.")
    }
    guard modulus.bitWidth >= rsaBits.lowerBound else {
      throw SignatureError(
        .weakKey,
        "The RSA key has \(modulus.bitWidth) bits; at least \(rsaBits.lowerBound) are needed.")
    }
    guard modulus.bitWidth <= rsaBits.upperBound else {
      throw SignatureError(
        .oversizedKey,
        "The RSA key has \(modulus.bitWidth) bits; at most \(rsaBits.upperBound) are accepted.")
    }
    // An exponent of 1 makes every padded hash its own signature; an even one has no inverse; a
    // long one only costs time (OpenSSL's own limit for large keys is 64 bits).
    guard exponent.isOdd, exponent.bitWidth >= 2, exponent.bitWidth <= 64, modulus.isOdd else {
      throw SignatureError(.invalidKey, "The RSA key's exponent or modulus cannot be genuine.")
    }
    var material = WireWriter()
    material.putString(first)
    material.putString(second)
    return material.bytes
  }
}
