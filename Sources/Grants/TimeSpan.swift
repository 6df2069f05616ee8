/// A length of time in whole seconds.
package struct TimeSpan: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let seconds: Int64

  package init(seconds: Int64) { self.seconds = seconds }

  package static func hours(_ count: Int64) -> TimeSpan { TimeSpan(seconds: count * 3_600) }
  package static func minutes(_ count: Int64) -> TimeSpan { TimeSpan(seconds: count * 60) }
  package static func days(_ count: Int64) -> TimeSpan { TimeSpan(seconds: count * 86_400) }

  /// The longest span a file may state: a hundred years of 365 days.
  package static let longest = TimeSpan.days(36_500)

  /// Reads an ISO 8601 duration of whole weeks, days, hours, minutes and seconds: `PT1H30M`, `P2D`.
  ///
  /// - Returns: nil for years and months (their length varies), fractions, signs, an empty
  ///   duration, units out of order, or more than ``longest``.
  package init?(iso text: some StringProtocol) {
    var rest = Array(text.utf8)[...]
    guard rest.popFirst() == UInt8(ascii: "P"), !rest.isEmpty else { return nil }
    var units: [(UInt8, Int64)] = [(UInt8(ascii: "W"), 604_800), (UInt8(ascii: "D"), 86_400)]
    var inTime = false
    var total: Int64 = 0
    while let first = rest.first {
      if first == UInt8(ascii: "T") {
        guard !inTime, rest.count > 1 else { return nil }
        inTime = true
        units = [(UInt8(ascii: "H"), 3_600), (UInt8(ascii: "M"), 60), (UInt8(ascii: "S"), 1)]
        rest = rest.dropFirst()
        continue
      }
      let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      rest = rest.dropFirst(digits.count)
      guard (1...12).contains(digits.count), let unit = rest.popFirst(),
        let index = units.firstIndex(where: { $0.0 == unit }),
        let count = Int64(String(decoding: digits, as: UTF8.self))
      else { return nil }
      let (product, overflow) = count.multipliedReportingOverflow(by: units[index].1)
      guard !overflow else { return nil }
      total += product
      guard total <= Self.longest.seconds else { return nil }
      units.removeSubrange(...index)
    }
    self.seconds = total
  }

  /// The one spelling files use: hours, minutes and seconds, zero parts left out; `PT0S` for none.
  package var iso: String {
    let (hours, minutes, rest) = (seconds / 3_600, seconds % 3_600 / 60, seconds % 60)
    var text = "PT"
    if hours != 0 { text += "\(hours)H" }
    if minutes != 0 { text += "\(minutes)M" }
    if rest != 0 || text == "PT" { text += "\(rest)S" }
    return text
  }

  /// As people type and read it: `1h30m`, `45s`, `0s` for none. Days stay hours, so that it is exact
  /// and compares at a glance.
  package var words: String {
    String(iso.dropFirst("PT".count)).lowercased()
  }

  package var description: String { iso }

  package static func < (left: TimeSpan, right: TimeSpan) -> Bool { left.seconds < right.seconds }
}
