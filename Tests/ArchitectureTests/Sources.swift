import Foundation

/// A Swift file of the repository.
struct SourceFile: Sendable, CustomStringConvertible {
  /// From the top of the repository: `Sources/Grants/Grant.swift`.
  let path: String
  let text: String

  var description: String { path }

  /// `Grants` for a file below `Sources/Grants`.
  var room: String { String(path.split(separator: "/")[1]) }

  var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

  /// The modules it imports: `Ledger` for `@testable import struct Ledger.Belief`.
  var imports: [String] {
    lines.compactMap { line in
      let words = line.split(separator: " ")
      let modifiers: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
      guard let position = words.firstIndex(of: "import"),
        words[..<position].allSatisfy({ $0.hasPrefix("@") || modifiers.contains($0) })
      else { return nil }
      let kinds: Set<Substring> = [
        "struct", "class", "enum", "protocol", "typealias", "func", "let", "var",
      ]
      let rest = words[(position + 1)...].drop { kinds.contains($0) }
      return rest.first.flatMap { $0.split(separator: ".").first }.map(String.init)
    }
  }
}

/// The repository that these tests stand in.
enum Repository {
  static let top = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: top.appending(path: path).path(percentEncoded: false))
  }

  static func text(_ path: String) throws -> String {
    try String(contentsOf: top.appending(path: path), encoding: .utf8)
  }

  /// The names of the folders in `Sources`.
  static func rooms() throws -> [String] {
    let names = try FileManager.default.contentsOfDirectory(
      atPath: top.appending(path: "Sources").path(percentEncoded: false))
    return names.filter { !$0.hasPrefix(".") }.sorted()
  }

  /// All Swift files below the folder, by path.
  static func swiftFiles(below folder: String) throws -> [SourceFile] {
    let base = top.appending(path: folder).path(percentEncoded: false)
    let paths = FileManager.default.enumerator(atPath: base)?.compactMap { $0 as? String } ?? []
    return try paths.filter { $0.hasSuffix(".swift") }.sorted().map {
      SourceFile(path: "\(folder)/\($0)", text: try text("\(folder)/\($0)"))
    }
  }
}
