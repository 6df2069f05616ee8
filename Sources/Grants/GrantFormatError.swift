/// Why bytes are no grant file.
package struct GrantFormatError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong, as the end of a sentence that begins with the file: `has the key "role" twice`.
  package let sentence: String
  /// The line it was seen in, from 1, where that is known.
  package let line: Int?

  package init(_ sentence: String, line: Int? = nil) {
    self.sentence = sentence
    self.line = line
  }

  package var description: String {
    line.map { "line \($0) \(sentence)" } ?? sentence
  }
}
