import Grants

/// Reads the members of one mapping by key, and reports what does not fit.
///
/// Every reading function returns nil for a key that is absent or whose value was reported.
struct Members {
  let file: String
  let context: LoadingContext
  /// What stands before a key in a message: `duration.` in `"duration.max"`.
  private let prefix: String
  private let line: Int
  private let keys: [String]
  private var members: [String: YAMLMember] = [:]

  /// - Parameters:
  ///   - keys: the keys this version knows; every other one is reported.
  ///   - unsupported: keys of the design that this version refuses for that reason.
  init?(
    _ value: YAMLValue, file: String, prefix: String = "", keys: [String],
    unsupported: [String] = [], context: LoadingContext
  ) {
    self.file = file
    self.context = context
    self.prefix = prefix
    self.keys = keys
    line = value.line
    guard case .mapping(let found, _) = value else {
      let what = prefix.isEmpty ? "the file" : "\"\(prefix.dropLast())\""
      context.report(file, value.line, "\(what) must be a mapping of keys to values")
      return nil
    }
    for member in found {
      let name = "\"\(prefix)\(Text.printable(member.key))\""
      if keys.contains(member.key) {
        members[member.key] = member
      } else if unsupported.contains(member.key) {
        context.report(
          file, member.line, "\(name) is not supported by this version", code: .unsupported)
      } else {
        context.report(
          file, member.line, "unknown key \(name); expected \(keys.joined(separator: ", "))")
      }
    }
  }

  func has(_ key: String) -> Bool { members[key] != nil }

  func value(_ key: String) -> YAMLValue? {
    assert(keys.contains(key), "a key that is not declared would be unknown in a file")
    return members[key]?.value
  }

  /// The line of the key, or of the whole mapping.
  func line(of key: String) -> Int { members[key]?.line ?? line }

  func source(of key: String) -> SourceLine { SourceLine(file: file, line: line(of: key)) }

  /// The lines of all keys, by their full name.
  var lines: [String: Int] {
    Dictionary(uniqueKeysWithValues: members.map { (prefix + $0, $1.line) })
  }

  func report(_ key: String, _ sentence: String) {
    context.report(file, line(of: key), "\"\(prefix)\(key)\" \(sentence)")
  }

  func require(_ keys: String...) {
    for key in keys where !has(key) { report(key, "is missing") }
  }

  /// Text that is not blank, without the white space around it.
  func text(_ key: String, longest: Int, multiline: Bool = false) -> String? {
    guard let value = value(key) else { return nil }
    guard let text = value.text.map(Trimming.trimmed), !text.isEmpty else {
      report(key, "must be text; put a number, a date or a word like yes or null in quotes")
      return nil
    }
    if let objection = Text.objection(to: text, multiline: multiline, longest: longest) {
      report(key, objection)
      return nil
    }
    return text
  }

  func span(_ key: String) -> TimeSpan? {
    guard let value = value(key) else { return nil }
    guard let span = value.text.flatMap({ TimeSpan(iso: $0) }), span.seconds > 0 else {
      report(key, "must be an ISO 8601 duration such as PT1H30M, P1D or P2W, and not zero")
      return nil
    }
    return span
  }

  func flag(_ key: String) -> Bool? {
    guard let value = value(key) else { return nil }
    if value.flag == nil { report(key, "must be true or false") }
    return value.flag
  }

  func count(_ key: String, _ range: ClosedRange<Int>) -> Int? {
    guard let value = value(key) else { return nil }
    guard let count = value.count, range.contains(count) else {
      report(key, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return count
  }

  func pattern(_ key: String) -> Pattern? {
    guard let value = value(key) else { return nil }
    guard let text = value.text else {
      report(key, "must be text; put it in quotes")
      return nil
    }
    do {
      return try Pattern(text)
    } catch {
      report(key, "is no pattern: \(error)")
      return nil
    }
  }

  func nested(_ key: String, keys: [String], unsupported: [String] = []) -> Members? {
    value(key).flatMap {
      Members(
        $0, file: file, prefix: prefix + key + ".", keys: keys, unsupported: unsupported,
        context: context)
    }
  }

  /// The entries of a list; nil when absent or no list.
  func list(_ key: String) -> [YAMLValue]? {
    guard let value = value(key) else { return nil }
    guard case .list(let values, _) = value else {
      report(key, "must be a list: [a, b]")
      return nil
    }
    return values
  }

  /// A list of distinct texts, each made into a value.
  func entries<Value: Hashable>(
    _ key: String, _ what: String, _ read: (String) -> Value?
  ) -> [(Value, SourceLine)]? {
    guard let values = list(key) else { return nil }
    var seen: Set<Value> = []
    var result: [(Value, SourceLine)] = []
    for value in values {
      guard let entry = value.text.flatMap(read) else {
        context.report(file, value.line, "\"\(prefix)\(key)\" has an entry that is no \(what)")
        continue
      }
      if !seen.insert(entry).inserted {
        context.report(file, value.line, "\"\(prefix)\(key)\" names \(entry) twice")
        continue
      }
      result.append((entry, SourceLine(file: file, line: value.line)))
    }
    return result
  }

  func principals(_ key: String) -> [Principal]? {
    entries(key, "principal: letters, digits and . _ @ + -, written out") { Principal($0) }?
      .map { principal, source in
        context.note(principal, at: source)
        return principal
      }
  }
}

/// White space at the ends: space, tab, line feed and carriage return, nothing else of Unicode.
enum Trimming {
  static func trimmed(_ text: String) -> String {
    let isSpace = { (scalar: Unicode.Scalar) in
      scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r"
    }
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: { !isSpace($0) }),
      let last = scalars.lastIndex(where: { !isSpace($0) })
    else { return "" }
    return String(scalars[first...last])
  }
}
