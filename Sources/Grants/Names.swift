/// A person or a machine that signs: one literal name of `policies/allowed_signers`.
package struct Principal: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let name: String

  /// - Returns: nil unless the name is a letter or digit followed by at most 127 of
  ///   `A-Z a-z 0-9 . _ @ + -`.
  package init?(_ name: some StringProtocol) {
    guard Names.isWord(name, longest: 128, extra: "._@+-") else { return nil }
    self.name = String(name)
  }

  /// A name that was checked before it was kept.
  package init(trusted name: String) { self.name = name }

  package var description: String { name }

  package static func < (left: Principal, right: Principal) -> Bool { left.name < right.name }
}

/// The name of a role: what a grant lends.
package struct RoleName: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let name: String

  /// - Returns: nil unless the name is a lowercase letter or digit followed by at most 63 of
  ///   `a-z 0-9 . _ -`: it is a file name as well.
  package init?(_ name: some StringProtocol) {
    guard Names.isWord(name, longest: 64, extra: "._-"),
      !name.utf8.contains(where: { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
    else { return nil }
    self.name = String(name)
  }

  /// A name that was checked before it was kept.
  package init(trusted name: String) { self.name = name }

  package var description: String { name }

  package static func < (left: RoleName, right: RoleName) -> Bool { left.name < right.name }
}

/// What names are made of.
package enum Names {
  /// Whether the text is an ASCII letter or digit followed by letters, digits and `extra`.
  package static func isWord(_ text: some StringProtocol, longest: Int, extra: String) -> Bool {
    let bytes = text.utf8
    guard let first = bytes.first, bytes.count <= longest, isAlphanumeric(first) else {
      return false
    }
    return bytes.allSatisfy { isAlphanumeric($0) || extra.utf8.contains($0) }
  }

  static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }
}
