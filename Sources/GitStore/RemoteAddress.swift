/// Looks at a remote's URL before git does.
///
/// git hands parts of a URL to other programs, where a host that begins with `-` is an option; a
/// helper (`ext::`) is a program to be run. A URL may come from a file somebody else wrote.
enum RemoteAddress {
  private static let schemes: Set<Substring> = [
    "ssh", "git", "http", "https", "file", "git+ssh", "ssh+git",
  ]

  /// - Returns: what is wrong with it, as it goes on after "the URL": nil if nothing is.
  static func fault(in url: String) -> String? {
    if url.isEmpty { return "is empty" }
    if hasControl(url) { return "contains a control character" }
    if url.hasPrefix("-") { return "begins with a dash" }
    if let mark = index(of: "://", in: url) {
      let scheme = url[..<mark]
      guard schemes.contains(scheme) else { return "asks for a transport git should not run" }
      let rest = url[url.index(mark, offsetBy: 3)...]
      if scheme == "file" { return nil }
      guard let decoded = percentDecoded(rest) else { return "is wrongly encoded" }
      // Both readings, as it may be one program that decodes and another that does not.
      for reading in [String(rest), decoded] {
        if hasControl(reading) { return "contains a control character" }
        if let fault = fault(inAuthority: reading.prefix { $0 != "/" }) { return fault }
      }
      return nil
    }
    if index(of: "::", in: url).map({ isHelper(url[..<$0]) }) == true {
      return "asks for a transport git should not run"
    }
    // user@host:path, unless a slash comes first: then it is a path here.
    guard let colon = url.firstIndex(of: ":"), !url[..<colon].contains("/") else { return nil }
    if url[url.index(after: colon)...].hasPrefix("-") {
      return "has a path that begins with a dash"
    }
    return fault(inAuthority: url[..<colon])
  }

  /// A faulty URL, fit to be shown: whatever a password in it is made of, everything up to the last
  /// `@` is left out.
  static func shown(_ url: String) -> String {
    guard let mark = index(of: "://", in: url), let at = url.lastIndex(of: "@"), at > mark else {
      return Words.shown(url)
    }
    return Words.shown(url[..<mark] + "://" + url[url.index(after: at)...])
  }

  private static func fault(inAuthority authority: Substring) -> String? {
    if authority.isEmpty { return "names no host" }
    let parts = authority.split(separator: "@", omittingEmptySubsequences: false)
    for part in parts where part.hasPrefix("-") {
      return "has a user or host that begins with a dash"
    }
    return nil
  }

  private static func isHelper(_ name: Substring) -> Bool {
    !name.isEmpty && name.allSatisfy { $0.isLetter || $0.isNumber || "+-.".contains($0) }
  }

  private static func hasControl(_ text: String) -> Bool {
    text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7f }
  }

  private static func percentDecoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = rest.prefix(2)
      guard digits.count == 2,
        let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
      else { return nil }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  static func index(of mark: String, in text: some StringProtocol) -> String.Index? {
    var place = text.startIndex
    while place < text.endIndex {
      if text[place...].hasPrefix(mark) { return place }
      place = text.index(after: place)
    }
    return nil
  }
}
