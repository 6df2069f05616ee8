extension SSHSignature.Claim {
  /// RFC 5656 section 3.1.2: two mpints, r and s, hashed by the curve's size (section 6.2.1).
  ///
  /// Whoever has (r, s) also has (r, n - s): ECDSA signatures are never unique, and OpenSSH makes
  /// both kinds. Nothing may lean on a signature's bytes.
  func verifyECDSA(_ curve: Curve, message: [UInt8]) throws(SignatureError) {
    let key = try OpenSSLKey(curve: curve, point: key.material)
    var reader = WireReader(value)
    guard let first = reader.takeString(), let second = reader.takeString() else {
      throw SignatureError(.malformedBlob, "The ECDSA signature is cut short.")
    }
    guard reader.isAtEnd else {
      throw SignatureError(.trailingBytes, "The ECDSA signature is followed by more bytes.")
    }
    guard let r = PositiveNumber(first), let s = PositiveNumber(second),
      r.magnitude.count <= curve.coordinateSize, s.magnitude.count <= curve.coordinateSize
    else {
      throw SignatureError(
        .nonCanonicalSignature,
        "The ECDSA signature's numbers are not minimal positive numbers of the curve's size.")
    }
    let hash: OpenSSLKey.Hash =
      switch curve {
      case .p256: .sha256
      case .p384: .sha384
      case .p521: .sha512
      }
    guard try key.verifies(Self.der(r, s), message: message, hash: hash) else {
      throw SignatureError.bad
    }
  }

  /// RFC 8332 section 3: as many bytes as the modulus. A shorter spelling without the leading
  /// zeros, which a verifier may accept, is refused here.
  func verifyRSA(_ hash: OpenSSLKey.Hash, message: [UInt8]) throws(SignatureError) {
    var reader = WireReader(key.material)
    guard let exponent = reader.takeString().flatMap(PositiveNumber.init),
      let modulus = reader.takeString().flatMap(PositiveNumber.init)
    else { throw SignatureError(.malformedKey, "The RSA key is cut short.") }
    guard value.count == modulus.magnitude.count else {
      throw SignatureError(
        .nonCanonicalSignature,
        "The RSA signature has \(value.count) bytes, its key \(modulus.magnitude.count).")
    }
    let key = try OpenSSLKey(modulus: modulus, exponent: exponent)
    guard try key.verifies(value, message: message, hash: hash) else { throw SignatureError.bad }
  }

  /// `SEQUENCE { INTEGER r, INTEGER s }` (RFC 3279 section 2.2.3), as OpenSSL wants it. DER and
  /// SSH write positive integers alike.
  private static func der(_ r: PositiveNumber, _ s: PositiveNumber) -> [UInt8] {
    var body: [UInt8] = []
    for number in [r, s] {
      // At most 67 bytes, so the short form of the length always does.
      body += [0x02, UInt8(number.encoded.count)] + number.encoded
    }
    let length = UInt8(body.count)
    return (length < 0x80 ? [0x30, length] : [0x30, 0x81, length]) + body
  }
}
