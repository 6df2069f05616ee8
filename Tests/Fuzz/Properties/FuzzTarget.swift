/// What reads bytes that strangers write, and what must hold of it whatever the bytes are.
///
/// The fuzzer and the tests ask the same functions.
package enum FuzzTarget: String, Sendable, CaseIterable {
  /// A commit object.
  case commit
  /// A tree object.
  case tree
  /// A grant file.
  case grant
  /// The files of a policy, each after a line `=== path`.
  case policy
  /// A pattern; the text it is tried on begins at the second line.
  case pattern
  /// An `allowed_signers` file.
  case allowedSigners = "allowed-signers"
  /// An armored signature and what it shall be for, right behind the END line.
  case signature
  /// The same, but for the bytes inside the armor, after ``SignatureProperties/blobPayload``.
  case signatureBlob = "signature-blob"

  /// What does not hold for this input, or nil. A crash is a finding too.
  package func broken(by input: [UInt8]) -> String? {
    do throws(Broken) {
      switch self {
      case .commit: try CommitProperties.check(input)
      case .tree: try TreeProperties.check(input)
      case .grant: try GrantProperties.check(input)
      case .policy: try PolicyProperties.check(input)
      case .pattern: try PatternProperties.check(input)
      case .allowedSigners: try AllowedSignersProperties.check(input)
      case .signature: try SignatureProperties.check(input)
      case .signatureBlob: try SignatureProperties.check(blob: input)
      }
      return nil
    } catch {
      return error.sentence
    }
  }
}

/// A property that does not hold.
struct Broken: Error {
  let sentence: String
}

/// Says what is wrong unless the condition holds.
func require(
  _ condition: @autoclosure () -> Bool, _ sentence: @autoclosure () -> String
) throws(Broken) {
  guard condition() else { throw Broken(sentence: sentence()) }
}

/// What is shown to people holds nothing that moves a terminal's cursor or hides.
func requirePrintable(_ sentence: String) throws(Broken) {
  for scalar in sentence.unicodeScalars {
    let isHarmless =
      switch scalar.value {
      case 0..<0x20, 0x7f..<0xa0, 0x200b...0x200f, 0x2028...0x202e, 0x2066...0x2069, 0xfeff: false
      default: true
      }
    try require(isHarmless, "a message holds U+\(String(scalar.value, radix: 16))")
  }
}
