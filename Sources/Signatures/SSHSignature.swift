/// A signature that was found good, and by which key.
///
/// Only ``SSHSignature/verify(armor:payload:namespace:)`` makes one.
package struct VerifiedSignature: Sendable, Hashable {
  package let key: PublicKey
  /// A security key says that it was touched; false for a plain key, which cannot say.
  package let userPresent: Bool
  /// A security key says that it knew its user, by PIN or biometrics; false for a plain key.
  package let userVerified: Bool

  init(key: PublicKey, userPresent: Bool, userVerified: Bool) {
    self.key = key
    self.userPresent = userPresent
    self.userVerified = userVerified
  }
}

/// Verification of SSHSIG signatures (OpenSSH PROTOCOL.sshsig), stricter than `ssh-keygen`: what
/// is accepted here is accepted there, and has, but for the armor's line breaks, one spelling.
///
/// Pure: no files, no clock, no environment. Safe to call from many threads at once.
package enum SSHSignature {
  /// Verifies an armored signature over the payload in the namespace.
  ///
  /// - Parameters:
  ///   - armor: from `-----BEGIN SSH SIGNATURE-----` on, lines ending in LF; as it stands in a
  ///     commit's `gpgsig` header once unfolded.
  ///   - payload: the signed bytes; for git the commit without that header.
  ///   - namespace: `git` for what git signs; it must match exactly.
  /// - Returns: the key that signed. Whether it may is for the caller to say.
  /// - Throws: any reason of ``SignatureError``.
  package static func verify(
    armor: [UInt8], payload: [UInt8], namespace: String
  ) throws(SignatureError) -> VerifiedSignature {
    let envelope = try Envelope(blob: dearmor(armor))
    guard !namespace.isEmpty, envelope.namespace.elementsEqual(namespace.utf8) else {
      throw SignatureError(
        .wrongNamespace,
        "The signature was made for \(quoted(envelope.namespace)), not for "
          + "\(quoted(namespace.utf8)).")
    }
    let key = try PublicKey(decoding: Array(envelope.publicKey))
    let claim = try Claim(envelope.signature, by: key)
    try claim.verify(message: envelope.signedData(payload: payload))
    return VerifiedSignature(
      key: key, userPresent: claim.has(.userPresent), userVerified: claim.has(.userVerified))
  }
}
