/// The page that teaches the first hour (`docs/tour.md`), as what it has people type and see.
///
/// Commands stand in fences that say who types, each after `$ `, with what it prints below it; a
/// line that ends in a backslash goes on. Where nothing stands below, nothing is checked but that it
/// ends with 0.
struct Tour {
  /// All lines of the page.
  var lines: [String]
  private(set) var steps: [Step] = []

  struct Step {
    let person: String
    let command: String
    /// Where its output stands among the lines of the page; empty for output that is not shown.
    let output: Range<Int>

    /// Whether it goes on while others act.
    var isWaiting: Bool { command.contains(" --wait") || command.contains(" --follow") }
  }

  init(_ text: String) throws(ScenarioError) {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var index = 0
    var person: String?
    while index < lines.count {
      let line = lines[index]
      index += 1
      if let match = line.wholeMatch(of: /```(sh ([a-z]+)|[a-z]*)/) {
        person = person == nil ? match.2.map(String.init) : nil
        continue
      }
      guard let person else { continue }
      guard line.hasPrefix("$ ") else {
        throw ScenarioError(line: index, words: "belongs to no command: \(line)")
      }
      var command = String(line.dropFirst(2))
      while command.hasSuffix("\\"), index < lines.count {
        command += "\n" + lines[index]
        index += 1
      }
      let start = index
      while index < lines.count, !lines[index].hasPrefix("$ "), !lines[index].hasPrefix("```") {
        index += 1
      }
      steps.append(Step(person: person, command: command, output: start..<index))
    }
    guard person == nil else { throw ScenarioError(line: index, words: "a fence stays open") }
    guard !steps.isEmpty else { throw ScenarioError(line: 1, words: "nobody types anything") }
  }

  func output(of step: Step) -> String { lines[step.output].joined(separator: "\n") }
}

/// What the page calls something, and what it is called in this run: ids of grants and of commits.
///
/// Each name means one value and each value has one name, so that two that change places do not go
/// unnoticed.
struct TourNames {
  private var values: [String: String] = [:]

  /// The random parts of whole ids of grants, in order; the digits alone look like a word.
  private static func grants(in text: String) -> [String] {
    text.matches(of: /Z-([0-9a-hjkmnp-tv-z]{8})\b/.wordBoundaryKind(.simple)).map { String($0.1) }
  }

  /// Objects by all their 40 digits or the first ten.
  private static func objects(in text: String) -> [String] {
    text.matches(of: /\b(?:[0-9a-f]{40}|[0-9a-f]{10})\b/.wordBoundaryKind(.simple))
      .map { String($0.output) }
  }

  /// Learns what the page's names mean that are met for the first time: they come in one order.
  mutating func learn(_ page: String, from actual: String) {
    for find in [Self.grants, Self.objects] {
      var names: [String] = []
      for name in find(page) where values[name] == nil && !names.contains(name) {
        names.append(name)
      }
      var new: [String] = []
      for value in find(actual) where !values.values.contains(value) && !new.contains(value) {
        new.append(value)
      }
      for (name, value) in zip(names, new) { values[name] = value }
    }
  }

  /// What the page says, in this run's names.
  func filled(_ text: String) -> String {
    longestFirst.reduce(text) { $0.replacing($1.key, with: $1.value) }
  }

  /// What came out, in the page's names.
  func told(_ text: String) -> String {
    longestFirst.reduce(text) { $0.replacing($1.value, with: $1.key) }
  }

  /// The first ten digits of an object are part of all its digits.
  private var longestFirst: [(key: String, value: String)] {
    values.sorted { $0.key.count > $1.key.count }
  }
}
