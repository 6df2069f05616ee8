/// What could have been typed instead of a value that makes no sense.
enum Examples {
  /// By the placeholder that `--help` shows for the value.
  private static let byPlaceholder: [String: String] = [
    "span": "4h, 1h30m, 2d or PT4H",
    "interval": "1m, 30s or PT1M",
    "time": "2026-11-23T22:00Z (always UTC)",
    "principal": "alice@example.com",
    "role": "prod-admin (which there are: daypass roles --all)",
    "key=value": "env=staging",
    "principal=keyfile": "alice@example.com=alice.pub",
    "id": "k3f9 (any piece of an id: daypass list)",
    "ids": "k3f9 (any piece of an id: daypass list)",
    "grant": "k3f9 (any piece of an id: daypass list --all)",
  ]

  /// The parser's message, with an example below the line that complains of a value.
  static func completed(_ message: String) -> String {
    var lines = message.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let first = lines.first, first.contains("is invalid for '"),
      let start = first.lastIndex(of: "<"), let end = first.lastIndex(of: ">"), start < end,
      let example = byPlaceholder[String(first[first.index(after: start)..<end])]
    else { return message }
    lines.insert("Use for example \(example)", at: 1)
    return lines.joined(separator: "\n")
  }
}
