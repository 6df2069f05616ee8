extension AllowedSigners {
  /// What is wrong with a line, as a sentence.
  struct LineError: Error {
    let sentence: String
    init(_ sentence: String) { self.sentence = sentence }
  }

  /// One line that is neither blank nor a comment: `principal [options] type base64 [comment]`,
  /// fields apart by spaces or tabs.
  struct Line {
    private var rest: ArraySlice<UInt8>

    init(_ line: ArraySlice<UInt8>) { rest = line }

    consuming func entry(number: Int) throws(LineError) -> Entry {
      let principal = try takePrincipal()
      guard var field = takeField() else {
        throw LineError("No key follows the principal \(principal).")
      }
      var options = Options()
      if !Self.namesKeyType(field) {
        options = try Options(parsing: field)
        guard let next = takeField() else { throw LineError("No key follows the options.") }
        field = next
      }
      let key = try takeKey(typed: field)
      return Entry(
        principal: principal, key: key, validAfter: options.validAfter,
        validBefore: options.validBefore, line: number)
    }

    private mutating func takeField() -> ArraySlice<UInt8>? {
      rest = rest.drop(while: isBlank)
      let field = rest.prefix { !isBlank($0) }
      rest = rest[field.endIndex...]
      return field.isEmpty ? nil : field
    }

    /// `[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}`.
    private mutating func takePrincipal() throws(LineError) -> String {
      guard let first = rest.first, !isBlank(first), let field = takeField() else {
        throw LineError("The line begins with white space.")
      }
      guard KeyType(rawValue: String(decoding: field, as: UTF8.self)) == nil else {
        throw LineError("The line has no principal before the key.")
      }
      if field.contains(UInt8(ascii: ",")) {
        throw LineError(
          "\(quoted(field)) is a list; write one principal and its key on each line.")
      }
      if field.contains(where: { "*?!".utf8.contains($0) }) {
        throw LineError("\(quoted(field)) is a pattern; name each principal.")
      }
      guard Self.isAlphanumeric(first), field.count <= 128,
        field.allSatisfy({ Self.isAlphanumeric($0) || "._@+-".utf8.contains($0) })
      else {
        throw LineError(
          "\(quoted(field)) is not a principal: a letter or digit, then at most 127 letters, "
            + "digits and . _ @ + -, without quotes.")
      }
      return String(decoding: field, as: UTF8.self)
    }

    private mutating func takeKey(typed name: ArraySlice<UInt8>) throws(LineError) -> PublicKey {
      guard Self.namesKeyType(name) else {
        throw LineError("\(quoted(name)) stands where the key's type belongs.")
      }
      let text = takeField() ?? []
      let type: KeyType
      let key: PublicKey
      do throws(SignatureError) {
        type = try KeyType(name: name)
        key = try PublicKey(base64: String(decoding: text, as: UTF8.self))
      } catch {
        throw LineError(error.sentence)
      }
      guard key.type == type else {
        throw LineError("The line says \(type.rawValue), its key is \(key.type.rawValue).")
      }
      return key
    }

    /// Whether a field is meant as a key type, supported or not, rather than as options.
    private static func namesKeyType(_ field: ArraySlice<UInt8>) -> Bool {
      ["ssh-", "ecdsa-", "sk-", "rsa-", "webauthn-"].contains { field.starts(with: $0.utf8) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: false
      }
    }
  }
}
