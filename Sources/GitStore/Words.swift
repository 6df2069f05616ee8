/// Makes what other programs and machines say fit to be shown to people.
enum Words {
  /// The text without control characters that could play tricks on a terminal, without user names
  /// and passwords in URLs and what else looks like a secret, and not endlessly long.
  static func shown(_ text: String, limit: Int = 4000) -> String {
    var result = ""
    // Cut only after the secrets are out: half a URL does not look like one.
    for scalar in text.unicodeScalars.prefix(16 * limit) {
      switch scalar.properties.generalCategory {
      // Bidirectional overrides and the like are of the category "format".
      case .control where scalar != "\n" && scalar != "\t", .format: result += "?"
      default: result.unicodeScalars.append(scalar)
      }
    }
    let clean = withoutTokens(withoutCredentials(result))
    return String(String.UnicodeScalarView(clean.unicodeScalars.prefix(limit)))
  }

  /// The text without what looks like a token, a password or a header that carries one.
  static func withoutTokens(_ text: String) -> String {
    let mask = Secrets.mask
    return
      text
      .replacing(
        /(authorization|private-token|job-token|deploy-token|x-api-key)(\s*:\s*)[^\n]+/
          .ignoresCase()
      ) { "\($0.1)\($0.2)\(mask)" }
      .replacing(/(basic|bearer)(\s+)([A-Za-z0-9+\/_.~-]{12,}=*)/.ignoresCase()) {
        "\($0.1)\($0.2)\(mask)"
      }
      .replacing(/(password|passwd|secret|token)(=)[^\s&'"]+/.ignoresCase()) {
        "\($0.1)\($0.2)\(mask)"
      }
      .replacing(/gh[a-z]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,}|gl[a-z]{2,6}-[\w-]{16,}/) {
        _ in mask
      }
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
