import Grants
import Yams

/// Reads one file in the strict subset of YAML that policies are written in.
///
/// UTF-8 without a byte order mark, line feeds only, nothing invisible, at most 256 KiB; one
/// document; no directives, anchors, aliases, tags, merge keys or duplicate keys.
struct YAMLFile {
  /// The largest file, in bytes.
  static let largest = 262_144
  /// A policy nests six deep.
  private static let deepest = 12
  /// The most escapes `\u` and `\U`. Yams compares keys before their text can be looked at, in
  /// quadratic time where they are runs of combining marks, and escapes can spell those.
  private static let mostEscapes = 256

  private let name: String
  private let context: LoadingContext
  private let lines: [Substring.UnicodeScalarView]

  /// - Returns: nil when the file could not be read; the context then knows why.
  static func read(_ bytes: [UInt8], name: String, context: LoadingContext) -> YAMLValue? {
    guard let text = text(of: bytes, name: name, context: context) else { return nil }
    let file = YAMLFile(
      name: name, context: context,
      lines: text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false))
    // An alias can stand for a tree that doubles at every level, and Yams follows it while it
    // hashes keys. So the file is first read with every `*`, which has no other meaning in YAML
    // than to begin an alias, replaced by a letter: nothing can expand, and every anchor shows. A
    // file without anchors in that reading has none before its first alias either, so that the
    // second reading stops there at once.
    let defused = String(
      decoding: bytes.map { $0 == UInt8(ascii: "*") ? UInt8(ascii: "q") : $0 }, as: UTF8.self)
    guard let first = file.compose(defused) else { return nil }
    if defused == text { return first }
    return file.compose(text)
  }

  /// The text, or nil after reporting what YAML must not even be asked about.
  private static func text(
    of bytes: [UInt8], name: String, context: LoadingContext
  ) -> String? {
    guard bytes.count <= largest else {
      context.report(name, 1, "is larger than \(largest / 1_024) KiB")
      return nil
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      context.report(name, 1, "is not UTF-8")
      return nil
    }
    guard !bytes.starts(with: [0xef, 0xbb, 0xbf]) else {
      context.report(name, 1, "begins with a byte order mark; save it without one")
      return nil
    }
    let pairs = zip(bytes, bytes.dropFirst())
    guard pairs.count(where: { $0 == UInt8(ascii: "\\") && "uU".utf8.contains($1) }) <= mostEscapes
    else {
      context.report(name, 1, "has more than \(mostEscapes) escapes \\u; write the characters out")
      return nil
    }
    var isGood = true
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let line = String(decoding: line, as: UTF8.self)
      var objection = Text.objection(to: line, multiline: true, longest: largest)
      if line.utf8.contains(0x0d) {
        objection = "has a carriage return; end lines with a line feed only"
      } else if line.utf8.first == UInt8(ascii: "%") {
        objection = "begins with %: YAML directives are not allowed"
      }
      if let objection {
        context.report(name, index + 1, objection)
        isGood = false
      }
    }
    return isGood ? text : nil
  }

  private func compose(_ text: String) -> YAMLValue? {
    do {
      // The encoding is given because Yams' default one asks the environment.
      let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
      guard let node = try parser.singleRoot() else {
        context.report(name, 1, "is empty")
        return nil
      }
      return convert(node, depth: 0)
    } catch {
      report(error)
      return nil
    }
  }

  /// - Returns: nil after reporting something that is not allowed.
  private func convert(_ node: Node, depth: Int) -> YAMLValue? {
    let line = node.mark?.line ?? 1
    guard depth <= Self.deepest else {
      context.report(name, line, "is nested too deep")
      return nil
    }
    if let property = property(of: node) {
      context.report(name, line, property)
      return nil
    }
    switch node {
    case .scalar(let scalar):
      if let objection = Text.objection(
        to: scalar.string, multiline: true, longest: Self.largest)
      {
        context.report(name, line, "a value \(objection)")
        return nil
      }
      return .scalar(scalar.string, isPlain: scalar.style == .plain, line: line)
    case .sequence(let sequence):
      let values = sequence.map { convert($0, depth: depth + 1) }
      guard values.allSatisfy({ $0 != nil }) else { return nil }
      return .list(values.compactMap(\.self), line: line)
    case .mapping(let mapping): return convert(mapping, line: line, depth: depth)
    case .alias:
      context.report(name, line, "aliases are not allowed; write the value out")
      return nil
    }
  }

  private func convert(_ mapping: Node.Mapping, line: Int, depth: Int) -> YAMLValue? {
    var members: [YAMLMember] = []
    var lineOfKey: [String: Int] = [:]
    var isGood = true
    for (key, value) in mapping {
      let keyLine = key.mark?.line ?? line
      guard let name = convert(key, depth: depth + 1) else {
        isGood = false
        continue
      }
      guard let text = name.text else {
        context.report(self.name, keyLine, Self.objection(toKey: name))
        isGood = false
        continue
      }
      if let earlier = lineOfKey.updateValue(keyLine, forKey: text) {
        context.report(
          self.name, keyLine, "has the key \"\(Text.printable(text))\" already in line \(earlier)")
        isGood = false
      }
      guard let value = convert(value, depth: depth + 1) else {
        isGood = false
        continue
      }
      members.append(YAMLMember(key: text, line: keyLine, value: value))
    }
    return isGood ? .mapping(members, line: line) : nil
  }

  private static func objection(toKey key: YAMLValue) -> String {
    guard case .scalar(let text, _, _) = key else { return "a key must be a word" }
    return text == "<<"
      ? "merge keys are not allowed; write the members out"
      : "the key \"\(Text.printable(text))\" must be put in quotes"
  }

  /// What stands before the node that may not. Yams loses some tags (`!!str "x"`) and holds anchors
  /// weakly, but the mark of a node with properties points at the first of them, and no other node
  /// begins with these characters.
  private func property(of node: Node) -> String? {
    guard let mark = node.mark, lines.indices.contains(mark.line - 1),
      let scalar = lines[mark.line - 1].dropFirst(mark.column - 1).first
    else { return nil }
    switch scalar {
    case "&": return "anchors are not allowed; write the value out where it is used"
    case "!": return "tags are not allowed"
    default: return nil
    }
  }

  private func report(_ error: any Error) {
    switch error {
    case YamlError.scanner(let context, let problem, let mark, _),
      YamlError.parser(let context, let problem, let mark, _),
      YamlError.composer(let context, let problem, let mark, _):
      report(problem, context: context?.text, line: mark.line)
    case YamlError.duplicatedKeysInMapping(let keys, let place):
      let names = keys.map { "\"\(Text.printable($0))\"" }.joined(separator: ", ")
      context.report(name, place.mark.line, "has the key \(names) twice")
    default: context.report(name, 1, "is not YAML")
    }
  }

  private func report(_ problem: String, context where_: String?, line: Int) {
    let sentence =
      switch problem {
      case "found undefined alias": "aliases are not allowed; write the value out"
      case "but found another document": "holds more than one document"
      default: "is not YAML: " + [where_, problem].compactMap(\.self).joined(separator: ", ")
      }
    context.report(name, max(1, line), sentence)
  }
}
