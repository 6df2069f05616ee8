import Foundation
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

  /// `19:15 CET`, with the date where it differs; nil where the reader's zone is UTC.
  static func local(_ moment: Timestamp) -> String? {
    let zone = TimeZone.current
    let date = Date(timeIntervalSince1970: TimeInterval(moment.seconds))
    guard zone.secondsFromGMT(for: date) != 0 || zone.abbreviation(for: date) != "GMT" else {
      return nil
    }
    let shifted = Timestamp(
      seconds: moment.seconds + Int64(zone.secondsFromGMT(for: date)))
    let (year, month, day, hour, minute, _) = shifted.fields
    let name = zone.abbreviation(for: date) ?? zone.identifier
    if name == "UTC" || name == "GMT" { return nil }
    let pad = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
    return "\(year)-\(pad(month))-\(pad(day)) \(pad(hour)):\(pad(minute)) \(name)"
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
  static func exact(_ span: TimeSpan) -> String {
    let (hours, minutes, rest) = (
      span.seconds / 3_600, span.seconds % 3_600 / 60, span.seconds % 60
    )
    var text = ""
    if hours != 0 { text += "\(hours)h" }
    if minutes != 0 { text += "\(minutes)m" }
    if rest != 0 || text.isEmpty { text += "\(rest)s" }
    return text
  }

  /// `in 35m`, `3h ago`.
  static func relative(_ moment: Timestamp, to now: Timestamp) -> String {
    moment > now ? "in \(span(moment - now))" : "\(span(now - moment)) ago"
  }

  /// One or many: `1 grant`, `2 grants`.
  static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }
}
