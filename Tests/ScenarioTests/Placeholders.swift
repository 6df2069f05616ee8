import TestSupport

/// Names for what differs from run to run: random ids, hashes, keys, the sandbox's path.
///
/// A name is bound when its value is first seen and means that value from then on, so that two ids
/// that change places do not go unnoticed.
///
/// - `[ID1]`: the eight random digits of a grant's id.
/// - `[COMMIT1]`, `[TREE1]`, `[BLOB1]`: an object that git has here, all 40 digits of it; in small
///   letters, `[commit1]`, its first ten (or seven, as git abbreviates).
/// - `[KEY alice]`, `[PUBLIC alice]`: a key's fingerprint, and its public part.
/// - `[BOX]`: the directory that holds everything.
struct Placeholders {
  private let stage: ScenarioStage
  /// What the scenario itself spells out, in a command or a remark, and therefore does not differ.
  private let literal: String
  private var ids: [String] = []
  /// By type, `commit`: whole hashes in the order in which they were seen.
  private var objects: [String: [String]] = [:]

  init(_ stage: ScenarioStage, literal: String) {
    self.stage = stage
    self.literal = literal
  }

  // MARK: From values to names

  /// - Parameter directory: whose objects hashes are looked up among.
  mutating func stable(_ text: String, in directory: String) async throws -> String {
    // A whole id, or its digits alone where it is named as what to type next.
    let seen = /([0-9]{8}T[0-9]{6}Z-|daypass (approve|revoke|withdraw) )([0-9a-hjkmnp-tv-z]{8})\b/
      .wordBoundaryKind(.simple)  // otherwise `t.json` is one word
    for match in text.matches(of: seen) {
      let id = String(match.3)
      if !ids.contains(id) && !literal.contains(id) { ids.append(id) }
    }
    var names: [(value: String, name: String)] = [(stage.sandbox.root, "[BOX]")]
    for key in stage.keys {
      names.append((key.fingerprint, "[KEY \(key.name)]"))
      names.append((key.blob, "[PUBLIC \(key.name)]"))
    }
    names += ids.enumerated().map { ($1, "[ID\($0 + 1)]") }
    names += try await hashes(in: text, directory)
    let result = names.reduce(text) { Self.replace($1.value, by: $1.name, in: $0) }
    // YAML puts quotes around one in some thousands: an id that reads as a number, 12345e67.
    return result.replacing(/: '(\[ID[0-9]+\])'/) { ": " + $0.1 }
  }

  private mutating func hashes(
    in text: String, _ directory: String
  ) async throws -> [(value: String, name: String)] {
    var words: [String] = []
    for match in text.matches(of: /\b[0-9a-f]{7,40}\b/.wordBoundaryKind(.simple)) {
      let word = String(match.output)
      if !words.contains(word) && !literal.contains(word) { words.append(word) }
    }
    var names: [(value: String, name: String)] = []
    // The other clones may have what is shown of them, or beside them.
    for place in [directory, "remote.git"] + ScenarioStage.people where !words.isEmpty {
      guard stage.sandbox.exists(place) else { continue }
      let known = try await stage.sandbox.run(
        ["git", "cat-file", "--batch-check"], in: place, stdin: words.joined(separator: "\n") + "\n"
      )
      let answers = known.text.split(separator: "\n").map {
        $0.split(separator: " ").map(String.init)
      }
      for (word, parts) in zip(words, answers) where parts.count == 3 && parts[0].hasPrefix(word) {
        names.append((word, name(of: parts[0], parts[1], isWhole: word == parts[0])))
        words.removeAll { $0 == word }
      }
    }
    // Whole ones first: an abbreviation is part of them.
    return names.sorted { $0.value.count > $1.value.count }
  }

  private mutating func name(of hash: String, _ type: String, isWhole: Bool) -> String {
    if objects[type]?.contains(hash) != true { objects[type, default: []].append(hash) }
    let name = "[\(type)\((objects[type]?.firstIndex(of: hash) ?? 0) + 1)]"
    return isWhole ? name.uppercased() : name
  }

  /// Keeps the columns of a table where they were.
  private static func replace(_ value: String, by name: String, in text: String) -> String {
    guard !value.isEmpty else { return text }
    let parts = text.components(splitBy: value)
    let padding = String(repeating: " ", count: max(0, value.count - name.count))
    return parts.dropFirst().reduce(String(parts[0])) { result, part in
      result + name + (part.hasPrefix("  ") ? padding : "") + part
    }
  }

  // MARK: From names to values

  /// What to type for a command that uses names.
  ///
  /// - Throws: ``ScenarioError`` for a name that is not bound yet.
  func filled(_ step: Scenario.Step) throws(ScenarioError) -> String {
    var result = ""
    var rest = step.command[...]
    while let match = rest.firstMatch(of: /\[(ID|COMMIT|TREE|BLOB|commit|tree|blob)([0-9]+)\]/) {
      let list = match.1 == "ID" ? ids : objects[match.1.lowercased()] ?? []
      let index = (Int(match.2) ?? 0) - 1
      guard list.indices.contains(index) else {
        throw ScenarioError(line: step.line, words: "\(match.0) has not been seen yet")
      }
      let isShort = match.1.first?.isLowercase == true
      result +=
        rest[..<match.range.lowerBound] + (isShort ? list[index].prefix(10) : list[index][...])
      rest = rest[match.range.upperBound...]
    }
    return (result + rest).replacing("[BOX]", with: stage.sandbox.root)
  }
}

extension String {
  fileprivate func components(splitBy separator: String) -> [Substring] {
    var parts: [Substring] = []
    var start = startIndex
    for range in ranges(of: separator) {
      parts.append(self[start..<range.lowerBound])
      start = range.upperBound
    }
    return parts + [self[start...]]
  }
}
