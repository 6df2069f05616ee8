import Grants

/// A pattern for principals: `*` stands for any run, `?` for one character, everything else for
/// itself; the whole name must match.
package struct Glob: Sendable, Hashable, CustomStringConvertible {
  package let text: String

  /// - Returns: nil unless the text is made of `A-Z a-z 0-9 . _ @ + - * ?`, at most 128 of them.
  package init?(_ text: some StringProtocol) {
    let bytes = text.utf8
    guard (1...128).contains(bytes.count),
      bytes.allSatisfy({
        Names.isWord("a" + String(UnicodeScalar($0)), longest: 3, extra: "._@+-*?")
      })
    else { return nil }
    self.text = String(text)
  }

  package var description: String { text }

  /// Takes time proportional to the two lengths multiplied at worst.
  package func matches(_ name: String) -> Bool {
    let pattern = Array(text.utf8)
    let name = Array(name.utf8)
    var (p, n) = (0, 0)
    // Where to go on when the last star takes one character more: only the last one ever needs to.
    var retry: (p: Int, n: Int)?
    while n < name.count {
      if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
        retry = (p + 1, n)
        p += 1
      } else if p < pattern.count, pattern[p] == name[n] || pattern[p] == UInt8(ascii: "?") {
        p += 1
        n += 1
      } else if let last = retry {
        retry = (last.p, last.n + 1)
        (p, n) = (last.p, last.n + 1)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
