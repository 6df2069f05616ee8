/// Why a signature or a key was refused: one reason for programs, one sentence for people.
///
/// A refusal is a verdict about the bytes, the same on every machine and at any time, with one
/// exception: ``Reason/libraryFailure`` says that no verdict could be reached.
package struct SignatureError: Error, Sendable, Hashable, CustomStringConvertible {
  /// One case per refusal; the raw values are stable and may be printed.
  package enum Reason: String, Sendable, CaseIterable {
    /// The armor is not exactly a BEGIN line, canonical base64 in LF lines, and an END line.
    case malformedArmor
    /// Something follows the END line and its one newline.
    case dataAfterEnd
    /// The bytes inside the armor are cut short, or are not an SSHSIG.
    case malformedBlob
    /// A complete structure is followed by more bytes.
    case trailingBytes
    /// An SSHSIG of another version than 1.
    case unsupportedVersion
    /// The reserved field holds something.
    case reservedNotEmpty
    /// Signed for another purpose.
    case wrongNamespace
    /// An OpenSSH certificate stands where a plain key belongs.
    case certificate
    /// DSA, or a key type nobody knows.
    case unsupportedKeyType
    /// The public key is cut short, or not encoded the one legal way.
    case malformedKey
    /// The public key is well encoded and yet none: off the curve, outside the group, even.
    case invalidKey
    /// RSA below 2048 bits.
    case weakKey
    /// RSA above 16384 bits: it costs the verifier too much.
    case oversizedKey
    /// An Ed25519 key for which anybody can make signatures.
    case smallOrderKey
    /// An RSA signature over SHA-1 (`ssh-rsa`).
    case sha1
    /// The message was hashed with something other than SHA-256 or SHA-512.
    case unsupportedHash
    /// The signature's algorithm does not belong to the key's type.
    case keyMismatch
    /// The signature's numbers are not written the one legal way: S >= L, a padded mpint.
    case nonCanonicalSignature
    /// A security key's application does not begin with `ssh:`: it was made for something else.
    case foreignApplication
    /// A security key signed without being touched.
    case noUserPresence
    /// A browser made the signature.
    case webauthn
    /// Everything is in order except that this key did not sign this payload.
    case badSignature
    /// The cryptographic library could not do its work (no memory, no algorithm): no verdict.
    case libraryFailure
  }

  package let reason: Reason
  /// A full sentence in plain English; bytes taken from the input are escaped.
  package let sentence: String

  init(_ reason: Reason, _ sentence: String) {
    self.reason = reason
    self.sentence = sentence
  }

  package var description: String { sentence }
}

/// Quotes text of unknown origin so that it cannot steer a terminal: printable ASCII as it is,
/// anything else as `?`, no more than 64 characters.
func quoted(_ bytes: some Collection<UInt8>) -> String {
  var text = "\""
  for byte in bytes.prefix(64) {
    text.unicodeScalars.append((0x20...0x7E).contains(byte) ? Unicode.Scalar(byte) : "?")
  }
  return text + (bytes.count > 64 ? "...\"" : "\"")
}
