import Grants

extension Words {
  /// `alice@example.com, bob@example.com`; `nobody` for none.
  static func names(_ people: some Sequence<Principal>) -> String {
    let names = people.map(\.name)
    return names.isEmpty ? "nobody" : names.joined(separator: ", ")
  }

  /// `alice@example.com, bob@example.com or dave@example.com`; `nobody` for none.
  static func either(_ people: [Principal]) -> String {
    guard let last = people.last, people.count > 1 else { return names(people) }
    return "\(names(people.dropLast())) or \(last)"
  }

  /// The moment on the reader's clock, to the minute: `2026-11-23 19:15 CET`.
  static func wall(_ moment: Timestamp) -> String {
    if let local = local(moment) { return local }
    let text = moment.description
    return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
  }

  /// The moment in UTC and on the reader's clock, and how far away it is.
  static func full(_ moment: Timestamp, at now: Timestamp) -> String {
    "\(both(moment)), \(relative(moment, to: now))"
  }

  /// `deploy [env=prod]`: a role, and for what of it.
  static func role(_ grant: Grant) -> String {
    grant.scope.isEmpty ? grant.role.name : "\(grant.role) [\(scope(grant.scope))]"
  }

  /// `env=prod, region=eu`; empty for none.
  static func scope(_ scope: [String: String]) -> String {
    scope.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
  }
}

extension Terminal {
  /// Asks for one line of text; nil if nothing was typed.
  static func ask(_ question: String) -> String? {
    writeError("\(question) ")
    guard let answer = readLine(), answer.contains(where: { !$0.isWhitespace }) else { return nil }
    return answer
  }
}
