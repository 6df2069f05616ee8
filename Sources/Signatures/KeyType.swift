/// The key types that may sign, under the names they carry on the wire and in key files.
package enum KeyType: String, Sendable, CaseIterable {
  /// RFC 8709.
  case ed25519 = "ssh-ed25519"
  /// RFC 5656.
  case ecdsa256 = "ecdsa-sha2-nistp256"
  case ecdsa384 = "ecdsa-sha2-nistp384"
  case ecdsa521 = "ecdsa-sha2-nistp521"
  /// RFC 4253 section 6.6; its signatures are those of RFC 8332.
  case rsa = "ssh-rsa"
  /// OpenSSH PROTOCOL.u2f.
  case skEd25519 = "sk-ssh-ed25519@openssh.com"
  case skEcdsa256 = "sk-ecdsa-sha2-nistp256@openssh.com"

  /// Whether the type is that of a security key (FIDO).
  ///
  /// It is the key's own claim: such a key can be made in software.
  package var isHardware: Bool { self == .skEd25519 || self == .skEcdsa256 }

  /// Finds the type of that name.
  ///
  /// - Throws: ``SignatureError/Reason/certificate``, ``SignatureError/Reason/webauthn`` or
  ///   ``SignatureError/Reason/unsupportedKeyType``.
  init(name: some Collection<UInt8>) throws(SignatureError) {
    let text = String(decoding: name, as: UTF8.self)
    if let type = KeyType(rawValue: text) {
      self = type
      return
    }
    if text.hasSuffix("-cert-v01@openssh.com") || text.hasSuffix("-cert-v00@openssh.com") {
      throw SignatureError(
        .certificate, "\(quoted(name)) is a certificate; list the plain key instead.")
    }
    if text.hasPrefix("webauthn-") {
      throw SignatureError(.webauthn, "\(quoted(name)) belongs to web browsers, not to git.")
    }
    if text == "ssh-dss" {
      throw SignatureError(
        .unsupportedKeyType, "DSA keys (ssh-dss) are too weak; make an Ed25519 key.")
    }
    throw SignatureError(.unsupportedKeyType, "The key type \(quoted(name)) is not supported.")
  }

  /// The curve's wire name (RFC 5656 section 6.1); nil for types that are not ECDSA.
  var curve: Curve? {
    switch self {
    case .ecdsa256, .skEcdsa256: .p256
    case .ecdsa384: .p384
    case .ecdsa521: .p521
    case .ed25519, .skEd25519, .rsa: nil
    }
  }
}

/// A NIST curve under its SSH name.
enum Curve: String {
  case p256 = "nistp256"
  case p384 = "nistp384"
  case p521 = "nistp521"

  /// Bytes of one coordinate.
  var coordinateSize: Int {
    switch self {
    case .p256: 32
    case .p384: 48
    case .p521: 66
    }
  }
}
