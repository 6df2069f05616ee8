import Glibc
import Grants

/// How daypass says times, durations and foreign text.
enum Words {
  /// Foreign text on one line, harmless for a terminal.
  static func safe(_ text: String) -> String { Text.printable(text) }

  /// `2026-11-23T18:15:02Z`, and the same moment on the reader's clock if that is another.
  static func both(_ moment: Timestamp) -> String {
    let local = local(moment)
    return local.map { "\(moment) (\($0))" } ?? moment.description
  }

  /// `2026-11-23 19:15 CET`; nil where the reader's zone is UTC.
  static func local(_ moment: Timestamp) -> String? {
    // The C library knows the zone's own short name; Foundation says GMT+1 for CET.
    var seconds = time_t(moment.seconds)
    var parts = tm()
    tzset()
    guard localtime_r(&seconds, &parts) != nil, let zone = parts.tm_zone else { return nil }
    let name = String(cString: zone)
    if parts.tm_gmtoff == 0, ["UTC", "GMT", "Universal"].contains(name) { return nil }
    let pad = { (number: Int32) in number < 10 ? "0\(number)" : "\(number)" }
    return "\(parts.tm_year + 1900)-\(pad(parts.tm_mon + 1))-\(pad(parts.tm_mday)) "
      + "\(pad(parts.tm_hour)):\(pad(parts.tm_min)) \(name)"
  }

  /// `1h30m`, `45s`, `2d4h`: at most two units.
  static func span(_ span: TimeSpan) -> String {
    let units: [(Int64, String)] = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")]
    var rest = abs(span.seconds)
    var parts: [String] = []
    for (size, name) in units where rest >= size && parts.count < 2 {
      parts.append("\(rest / size)\(name)")
      rest %= size
    }
    return parts.isEmpty ? "0s" : parts.joined()
  }

  /// A duration exactly, in the shortest human spelling: `1h30m`, `90s` is `1m30s`.
  static func exact(_ span: TimeSpan) -> String { span.words }

  /// `in 35m`, `3h ago`.
  static func relative(_ moment: Timestamp, to now: Timestamp) -> String {
    moment == now
      ? "now" : moment > now ? "in \(span(moment - now))" : "\(span(now - moment)) ago"
  }

  /// A duration of days as days, which people type for long ones: `90d`; else exactly.
  static func long(_ span: TimeSpan) -> String {
    let (days, rest) = span.seconds.quotientAndRemainder(dividingBy: TimeSpan.days(1).seconds)
    return days > 1 && rest == 0 ? "\(days)d" : exact(span)
  }

  /// A sentence as a part of another: it begins small, unless with what may be a name, and has no
  /// full stop.
  static func clause(_ sentence: String) -> String {
    let word = String(sentence.prefix { $0.isLetter })
    var clause =
      openings.contains(word)
      ? word.lowercased() + sentence.dropFirst(word.count) : sentence
    // Of several lines the others are what some other program said.
    if clause.hasSuffix("."), !clause.contains(where: \.isNewline), !clause.contains(". ") {
      clause.removeLast()
    }
    return clause
  }

  /// The words that sentences of errors begin with, here and in the parser of arguments.
  private static let openings: Set<String> = [
    "A", "An", "Cannot", "Either", "Missing", "More", "Neither", "No", "Only", "Something", "The",
    "There", "This", "Unexpected", "Unknown", "Value", "What",
  ]

  /// One or many: `1 grant`, `2 grants`.
  static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }
}
