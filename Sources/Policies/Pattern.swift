import Grants

/// A regular expression that takes time proportional to text times pattern, whatever the text.
///
/// The text comes from whoever asks, so nothing here backtracks. The pattern must match the whole
/// text. Text and pattern are compared by Unicode scalar, in their own case. The syntax is:
///
/// - a scalar that is none of ``\ . [ ] ( ) { } | * + ? ^ $``: itself;
/// - `\` and an ASCII punctuation character: that character;
/// - `.`: any one scalar, line breaks included;
/// - `\d`, `\w`, `\s`: one of `0-9`; of `A-Z a-z 0-9 _`; of space, tab, line feed, carriage return;
/// - `[...]`: one scalar of the class, which lists scalars, ranges `a-z`, `\d \w \s` and escapes;
///   `[^...]`: one that is not in it. In a class `\ ] [ ^` are written with `\`, and `-` as well
///   unless it stands first or last;
/// - `(...)`: a group; `a|b`: either; neither may be empty;
/// - `*`, `+`, `?`, `{m}`, `{m,n}` after one of the above: any number, at least one, at most one,
///   m, m to n times; m <= n <= 256; not one after another;
/// - `^` as the very first and `$` as the very last character: nothing, as the whole text is
///   matched anyway.
///
/// Anything else is an error, as are more than 1,024 bytes, groups nested deeper than 32, and a
/// pattern that unrolls to more than 2,000 states.
package struct Pattern: Sendable, Hashable, CustomStringConvertible {
  /// The longest pattern, in bytes.
  package static let longest = 1_024
  static let deepest = 32
  static let mostStates = 2_000
  static let mostRepeats = 256

  /// As it was written.
  package let text: String
  let states: [State]
  let start: Int

  package init(_ text: String) throws(PatternError) {
    guard text.utf8.count <= Self.longest else {
      throw PatternError("it is longer than \(Self.longest) bytes", at: Self.longest)
    }
    var parser = PatternParser(text)
    let tree = try parser.parse()
    // Counted before anything is unrolled: `((a{256}){256}){256}` is small only on paper.
    guard tree.size <= Self.mostStates else {
      throw PatternError("it unrolls to more than \(Self.mostStates) states", at: 1)
    }
    var compiler = PatternCompiler()
    start = compiler.compile(tree, then: compiler.accept)
    states = compiler.states
    self.text = text
  }

  package var description: String { text }

  package static func == (left: Pattern, right: Pattern) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

/// Why a text is no pattern.
package struct PatternError: Error, Sendable, Hashable, CustomStringConvertible {
  package let sentence: String
  /// The character it was seen at, from 1.
  package let position: Int

  init(_ sentence: String, at position: Int) {
    self.sentence = sentence
    self.position = position
  }

  package var description: String { "\(sentence), at character \(position)" }
}

/// Which scalars stand at one place.
struct ScalarSet: Sendable, Hashable {
  /// As they were written.
  let ranges: [ClosedRange<UInt32>]
  let isNegated: Bool
  /// In order, with gaps between them.
  private let merged: [ClosedRange<UInt32>]

  init(ranges: [ClosedRange<UInt32>], isNegated: Bool = false) {
    self.ranges = ranges
    self.isNegated = isNegated
    var merged: [ClosedRange<UInt32>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, range.lowerBound <= last.upperBound + 1 {
        merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    self.merged = merged
  }

  static let any = ScalarSet(ranges: [], isNegated: true)

  /// By halving: a class can list hundreds of scalars and be asked by hundreds of states.
  func contains(_ scalar: Unicode.Scalar) -> Bool {
    var (low, high) = (0, merged.count)
    while low < high {
      let middle = (low + high) / 2
      if merged[middle].upperBound < scalar.value { low = middle + 1 } else { high = middle }
    }
    return (low < merged.count && merged[low].contains(scalar.value)) != isNegated
  }
}

/// What a pattern says, before repetitions are unrolled.
indirect enum PatternTree {
  case one(ScalarSet)
  case sequence([PatternTree])
  case choice([PatternTree])
  /// `most` is nil for any number.
  case repeated(PatternTree, least: Int, most: Int?)

  /// How many states it takes, or ``Pattern/mostStates`` and one if that is less.
  var size: Int {
    let size: Int
    switch self {
    case .one: size = 1
    case .sequence(let parts): size = Self.sum(parts)
    case .choice(let parts): size = Self.sum(parts) + parts.count
    case .repeated(let part, let least, let most):
      size = most.map { (part.size + 1) * $0 + 1 } ?? (part.size * (least + 1) + 1)
    }
    return min(size, Pattern.mostStates + 1)
  }

  private static func sum(_ parts: [PatternTree]) -> Int { parts.reduce(0) { $0 + $1.size } }
}
