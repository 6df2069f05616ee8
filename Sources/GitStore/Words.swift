/// Makes what other programs and machines say fit to be shown to people.
enum Words {
  /// The text without control characters that could play tricks on a terminal, without user names
  /// and passwords in URLs, and not endlessly long.
  static func shown(_ text: String, limit: Int = 4000) -> String {
    var result = ""
    for scalar in text.unicodeScalars.prefix(limit) {
      switch scalar.properties.generalCategory {
      // Bidirectional overrides and the like are of the category "format".
      case .control where scalar != "\n" && scalar != "\t", .format: result += "?"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return withoutCredentials(result)
  }

  /// The text with `user:password@` taken out of each URL; a bare user stays only for ssh, where it
  /// is no secret.
  static func withoutCredentials(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    while let mark = RemoteAddress.index(of: "://", in: rest) {
      let scheme = rest[..<mark].reversed().prefix { $0.isLetter || $0 == "+" }
      result += rest[..<mark] + "://"
      rest = rest[rest.index(mark, offsetBy: 3)...]
      let authority = rest.prefix { !$0.isWhitespace && !"/'\"<>".contains($0) }
      guard let at = authority.lastIndex(of: "@") else { continue }
      let user = authority[..<at]
      if String(scheme.reversed()).contains("ssh") {
        result += user.prefix { $0 != ":" } + "@"
      }
      rest = rest[rest.index(after: at)...]
    }
    return result + rest
  }
}
