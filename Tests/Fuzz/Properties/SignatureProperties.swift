import Signatures

/// A good signature is good for one payload in one namespace, however its lines are broken.
package enum SignatureProperties {
  private static let begin = Array("-----BEGIN SSH SIGNATURE-----\n".utf8)
  private static let end = Array("-----END SSH SIGNATURE-----".utf8)

  /// What the signatures of ``FuzzTarget/signatureBlob`` are for.
  package static let blobPayload = Array("tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n".utf8)

  static func check(_ input: [UInt8]) throws(Broken) {
    let (armor, payload) = split(input)
    try check(armor, payload)
  }

  static func check(blob: [UInt8]) throws(Broken) {
    if let key = try? PublicKey(blob: blob) {
      try require(key.blob == blob && !key.material.isEmpty, "a key is not read as it stands")
    }
    try check(armored(blob), blobPayload)
  }

  private static func check(_ armor: [UInt8], _ payload: [UInt8]) throws(Broken) {
    let verified: VerifiedSignature
    do throws(SignatureError) {
      verified = try SSHSignature.verify(armor: armor, payload: payload, namespace: "git")
    } catch {
      try require(error.reason != .libraryFailure, "a library failed: \(error.sentence)")
      try requirePrintable(error.sentence)
      return
    }
    func isGood(_ armor: [UInt8], _ payload: [UInt8], _ namespace: String = "git") -> Bool {
      (try? SSHSignature.verify(armor: armor, payload: payload, namespace: namespace)) == verified
    }
    try require(!isGood(armor, payload + [0]), "the signature is good for a longer payload")
    try require(
      payload.isEmpty || !isGood(armor, payload.dropLast()), "it is good for a shorter payload")
    for index in [0, payload.count / 2, payload.count - 1] where payload.indices.contains(index) {
      var other = payload
      other[index] ^= 1
      try require(!isGood(armor, other), "the signature is good for another payload")
    }
    for namespace in ["", "file", "git ", "Git"] {
      try require(!isGood(armor, payload, namespace), "it is good for namespace \(namespace)")
    }
    let text = base64(in: armor)
    try require(isGood(rebroken(text, every: 70), payload), "line breaks change the verdict")
    try require(isGood(rebroken(text, every: 1), payload), "short lines change the verdict")
    try require(!isGood(armor + [0x0a, 0x0a], payload), "something may follow the END line")
    try require(
      (try? PublicKey(blob: verified.key.blob)) == verified.key, "a key signs that is none")
    try require(
      verified.key.type.isHardware ? verified.userPresent : !verified.userPresent,
      "a signature counts without its key being touched, or says so of a plain key")
  }

  /// The armor with the newline behind it, if there is one, and the rest.
  package static func split(_ input: [UInt8]) -> (armor: [UInt8], payload: [UInt8]) {
    guard
      let start = input.indices.first(where: { input[$0...].starts(with: end) })
    else { return (input, []) }
    var stop = start + end.count
    if stop < input.count, input[stop] == 0x0a { stop += 1 }
    return (Array(input[..<stop]), Array(input[stop...]))
  }

  /// The base64 of an armor, whose lines need not be of any length.
  package static func base64(in armor: [UInt8]) -> [UInt8] {
    Array(armor.dropFirst(begin.count).prefix { $0 != UInt8(ascii: "-") }.filter { $0 != 0x0a })
  }

  /// The blob as `ssh-keygen -Y sign` writes it.
  package static func armored(_ blob: [UInt8]) -> [UInt8] {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: blob.count, by: 3) {
      let group = blob[start..<min(start + 3, blob.count)]
      let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
      for place in 0..<4 {
        text.append(
          place <= group.count
            ? alphabet[Int(bits >> UInt32(18 - 6 * place)) & 63] : UInt8(ascii: "="))
      }
    }
    return rebroken(text, every: 70)
  }

  private static func rebroken(_ text: [UInt8], every length: Int) -> [UInt8] {
    var armor = begin
    for start in stride(from: 0, to: text.count, by: length) {
      armor += text[start..<min(start + length, text.count)]
      armor.append(0x0a)
    }
    return armor + end + [0x0a]
  }
}
