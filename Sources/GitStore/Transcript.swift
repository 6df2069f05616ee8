/// What git and the other end wrote to standard error, without the progress in between.
struct Transcript {
  /// One line somebody said.
  struct Line: Equatable {
    /// Whether the server said it; anybody who may push a hook may say anything there.
    let isServers: Bool
    let text: String
  }

  let lines: [Line]

  init(_ text: String) {
    // Not by Character: to Swift a carriage return and a newline are one.
    let rows = text.unicodeScalars.split(separator: "\n")
    lines = rows.compactMap { row in
      // Progress is written over itself; what counts is what was last on the line.
      let parts = row.split(separator: "\r").map { String(String.UnicodeScalarView($0)) }
      guard var line = parts.last else { return nil }
      let isServers = parts.first?.hasPrefix("remote:") ?? false
      if line.hasPrefix("remote:") { line.removeFirst("remote:".count) }
      if line.hasSuffix("\u{1b}[K") { line.removeLast(3) }
      line = String(line.drop { $0 == " " })
      while line.hasSuffix(" ") { line.removeLast() }
      if line.isEmpty || Self.isProgress(line) { return nil }
      return Line(isServers: isServers, text: line)
    }
  }

  /// The server's own words, for a person.
  var serversWords: String { lines.filter(\.isServers).map(\.text).joined(separator: "\n") }

  /// Everything that may tell a person what went wrong.
  var telling: [String] {
    lines.map(\.text).filter { line in !Self.padding.contains { line.hasPrefix($0) } }
  }

  private static func isProgress(_ line: String) -> Bool {
    progress.contains { line.hasPrefix($0) }
  }

  private static let progress = [
    "Enumerating objects:", "Counting objects:", "Compressing objects:", "Writing objects:",
    "Receiving objects:", "Resolving deltas:", "Unpacking objects:", "Checking connectivity:",
    "Finding sources:", "Delta compression using", "Total ", "Everything up-to-date",
  ]

  /// What git adds to every failure.
  private static let padding = [
    "hint:", "Please make sure you have the correct access rights", "and the repository exists.",
    "fatal: Could not read from remote repository", "error: failed to push some refs",
    "fatal: the remote end hung up", "From ", "To ",
  ]
}
