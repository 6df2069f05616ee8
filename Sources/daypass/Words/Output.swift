import ArgumentParser
import Grants
import Yams

/// What `-o` chooses.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case table, json, yaml
}

/// A value to print for programs.
indirect enum OutputValue {
  case string(String)
  case int(Int)
  case bool(Bool)
  case null
  case list([OutputValue])
  /// Members in the order they are printed.
  case object([(String, OutputValue)])

  static func optional(_ text: String?) -> OutputValue { text.map { .string($0) } ?? .null }

  /// The text in that format, with a final newline.
  func render(_ format: OutputFormat) throws -> String {
    format == .yaml ? try serialize(node: node) : json(indent: 0) + "\n"
  }

  private var node: Node {
    switch self {
    case .string(let text): Node(text, Tag(.str), Self.needsQuotes(text) ? .singleQuoted : .any)
    case .int(let number): Node(String(number), Tag(.int))
    case .bool(let value): Node(value ? "true" : "false", Tag(.bool))
    case .null: Node("null", Tag(.null))
    case .list(let values): Node(values.map(\.node))
    case .object(let members): Node(members.map { (Node($0), $1.node) })
    }
  }

  /// Whether a plain `true`, `12` or `2026-11-23T22:00:00Z` would be read back as something else.
  private static func needsQuotes(_ text: String) -> Bool {
    text.isEmpty || Node(text, Tag(.implicit)).tag != Tag(.str)
  }

  private func json(indent: Int) -> String {
    let pad = String(repeating: "  ", count: indent + 1)
    let end = "\n" + String(repeating: "  ", count: indent)
    switch self {
    case .string(let text): return Self.quoted(text)
    case .int(let number): return String(number)
    case .bool(let value): return value ? "true" : "false"
    case .null: return "null"
    case .list(let values):
      if values.isEmpty { return "[]" }
      let lines = values.map { pad + $0.json(indent: indent + 1) }
      return "[\n" + lines.joined(separator: ",\n") + end + "]"
    case .object(let members):
      if members.isEmpty { return "{}" }
      let lines = members.map { pad + Self.quoted($0) + ": " + $1.json(indent: indent + 1) }
      return "{\n" + lines.joined(separator: ",\n") + end + "}"
    }
  }

  /// The value as JSON on one line, without a newline.
  var line: String {
    switch self {
    case .list(let values): "[" + values.map(\.line).joined(separator: ", ") + "]"
    case .object(let members):
      "{" + members.map { Self.quoted($0) + ": " + $1.line }.joined(separator: ", ") + "}"
    case .string, .int, .bool, .null: json(indent: 0)
    }
  }

  private static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case _ where Text.isHarmless(scalar): out.unicodeScalars.append(scalar)
      default:
        // What steers a terminal, or turns and hides text on it.
        for unit in String(scalar).utf16 {
          let hex = String(unit, radix: 16)
          out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        }
      }
    }
    return out + "\""
  }
}
