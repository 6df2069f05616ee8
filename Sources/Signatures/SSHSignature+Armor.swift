extension SSHSignature {
  private static let begin = Array("-----BEGIN SSH SIGNATURE-----\n".utf8)
  private static let end = Array("-----END SSH SIGNATURE-----".utf8)

  /// Takes the armor off (PROTOCOL.sshsig section 1, "Armored format").
  ///
  /// The BEGIN line is the first thing, the END line and at most one newline the last; between
  /// them are lines of base64 that end in LF, of any length but zero.
  static func dearmor(_ armor: [UInt8]) throws(SignatureError) -> [UInt8] {
    guard armor.starts(with: begin) else {
      throw SignatureError(
        .malformedArmor, "The signature does not begin with the line of an SSH signature.")
    }
    var text: [UInt8] = []
    text.reserveCapacity(armor.count)
    var rest = armor[begin.count...]
    while rest.first != UInt8(ascii: "-") {
      guard let newline = rest.firstIndex(of: UInt8(ascii: "\n")) else {
        throw SignatureError(.malformedArmor, "The signature has no END line.")
      }
      guard newline > rest.startIndex else {
        throw SignatureError(.malformedArmor, "The signature has an empty line.")
      }
      text.append(contentsOf: rest[..<newline])
      rest = rest[(newline + 1)...]
    }
    guard rest.starts(with: end) else {
      throw SignatureError(.malformedArmor, "The signature's END line is not one.")
    }
    rest = rest.dropFirst(end.count)
    guard rest.isEmpty || rest.elementsEqual([UInt8(ascii: "\n")]) else {
      throw SignatureError(.dataAfterEnd, "Something follows the signature's END line.")
    }
    guard let blob = Base64.decode(text) else {
      if text.contains(UInt8(ascii: "\r")) {
        throw SignatureError(.malformedArmor, "The signature's lines end in CR LF, not in LF.")
      }
      throw SignatureError(.malformedArmor, "The signature is not canonical base64.")
    }
    return blob
  }
}
