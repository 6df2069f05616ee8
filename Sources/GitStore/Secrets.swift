import FoundationEssentials

/// The secrets known to be about, to be taken out of whatever is shown.
///
/// ``Words`` takes out what looks like a secret; this one knows the secrets themselves, wherever a
/// server or a helper may repeat them.
struct Secrets {
  /// Longest first, so that no part of a longer one stays behind.
  private let known: [String]

  static let mask = "***"

  /// - Parameters:
  ///   - environment: of its variables those that are named like a token or a password count.
  ///   - urls: of the remote; what stands before the `@` counts.
  ///   - headers: values of `http.extraHeader`.
  init(environment: [String: String] = [:], urls: [String] = [], headers: [String] = []) {
    var found: Set<String> = []
    for (name, value) in environment where Self.namesSecret(name) && value.count >= 6 {
      found.insert(value)
    }
    for url in urls { found.formUnion(Self.inURL(url)) }
    for header in headers { found.formUnion(Self.inHeader(header)) }
    known = found.sorted { ($0.count, $0) > ($1.count, $1) }
  }

  func redacted(_ text: String) -> String {
    known.reduce(text) { $0.replacing($1, with: Self.mask) }
  }

  private static func namesSecret(_ name: String) -> Bool {
    let name = name.uppercased()
    return ["TOKEN", "PASSWORD", "PASSWD", "SECRET", "_PAT", "APIKEY", "API_KEY"]
      .contains { name.hasSuffix($0) || name.contains($0 + "_") }
  }

  private static func inURL(_ url: String) -> [String] {
    guard let mark = RemoteAddress.index(of: "://", in: url) else { return [] }
    let rest = url[url.index(mark, offsetBy: 3)...]
    // Up to the last `@` of all: a slash or a space in a password does not belong there, and still
    // the password must not be shown.
    guard let at = rest.lastIndex(of: "@") else { return [] }
    let user = rest[..<at]
    let colon = user.firstIndex(of: ":")
    // A token may stand alone, as the user; over ssh a user is no secret.
    if colon == nil && url[..<mark].contains("ssh") { return [] }
    let secret = colon.map { user[user.index(after: $0)...] } ?? user
    let readings = [String(secret), secret.removingPercentEncoding ?? ""]
    return readings.filter { $0.count >= 4 }
  }

  private static func inHeader(_ header: String) -> [String] {
    guard let colon = header.firstIndex(of: ":") else { return [] }
    let value = header[header.index(after: colon)...].drop { $0 == " " }
    var found = value.split(separator: " ").map(String.init).filter { $0.count >= 6 }
    if let coded = found.last, let data = Data(base64Encoded: coded) {
      let pair = String(decoding: data, as: UTF8.self)
      if let colon = pair.firstIndex(of: ":") {
        found.append(String(pair[pair.index(after: colon)...]))
      }
    }
    return found.filter { $0.count >= 4 }
  }
}
