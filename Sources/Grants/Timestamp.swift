/// A moment: whole seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
package struct Timestamp: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Seconds since 1970, UTC.
  package let seconds: Int64

  package init(seconds: Int64) { self.seconds = seconds }

  /// The last second daypass can write: 9999-12-31T23:59:59Z.
  package static let latest = Timestamp(seconds: 253_402_300_799)

  /// Reads the one legal spelling, `2026-11-23T18:15:02Z`.
  ///
  /// - Returns: nil for any other spelling, a date that does not exist, or a leap second.
  package init?(_ text: some StringProtocol) {
    var text = String(text)
    guard let moment = text.withUTF8({ Timestamp(ascii: $0) }) else { return nil }
    self = moment
  }

  /// As ``init(_:)``, from bytes.
  init?(ascii bytes: UnsafeBufferPointer<UInt8>) {
    guard bytes.count == 20, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"),
      bytes[16] == UInt8(ascii: ":"), bytes[19] == UInt8(ascii: "Z"),
      let civil = Self.civil(in: bytes, year: 0, month: 5, day: 8, hour: 11, minute: 14, second: 17)
    else { return nil }
    self = civil
  }

  /// Reads the compact spelling that begins a grant id, `20261123T181502Z`.
  package init?(compact text: some StringProtocol) {
    var text = String(text)
    guard let moment = text.withUTF8({ Timestamp(compactASCII: $0) }) else { return nil }
    self = moment
  }

  /// As ``init(compact:)``, from bytes.
  init?(compactASCII bytes: UnsafeBufferPointer<UInt8>) {
    guard bytes.count == 16, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z"),
      let civil = Self.civil(in: bytes, year: 0, month: 4, day: 6, hour: 9, minute: 11, second: 13)
    else { return nil }
    self = civil
  }

  package var description: String {
    let fields = fields
    guard (0...9_999).contains(fields.0) else {
      // No file holds such a one; a hostile commit's date may be shown as one.
      return "\(fields.0)-\(Self.pad(fields.1))-\(Self.pad(fields.2))"
        + "T\(Self.pad(fields.3)):\(Self.pad(fields.4)):\(Self.pad(fields.5))Z"
    }
    return Self.spell(fields, dash: UInt8(ascii: "-"), colon: UInt8(ascii: ":"))
  }

  /// `20261123T181502Z`.
  package var compact: String {
    let fields = fields
    return (0...9_999).contains(fields.0)
      ? Self.spell(fields, dash: nil, colon: nil)
      : description.filter { $0 != "-" && $0 != ":" }
  }

  /// Written digit by digit: a replay spells several for each commit.
  private static func spell(
    _ fields: (Int, Int, Int, Int, Int, Int), dash: UInt8?, colon: UInt8?
  ) -> String {
    String(unsafeUninitializedCapacity: 20) { out in
      var count = 0
      func put(_ byte: UInt8?) {
        guard let byte else { return }
        out[count] = byte
        count += 1
      }
      func put(pair number: Int) {
        put(UInt8(ascii: "0") + UInt8(number / 10))
        put(UInt8(ascii: "0") + UInt8(number % 10))
      }
      put(pair: fields.0 / 100)
      put(pair: fields.0 % 100)
      put(dash)
      put(pair: fields.1)
      put(dash)
      put(pair: fields.2)
      put(UInt8(ascii: "T"))
      put(pair: fields.3)
      put(colon)
      put(pair: fields.4)
      put(colon)
      put(pair: fields.5)
      put(UInt8(ascii: "Z"))
      return count
    }
  }

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.seconds < right.seconds
  }

  package static func + (moment: Timestamp, span: TimeSpan) -> Timestamp {
    let (sum, overflow) = moment.seconds.addingReportingOverflow(span.seconds)
    return Timestamp(seconds: overflow ? .max : sum)
  }

  package static func - (moment: Timestamp, span: TimeSpan) -> Timestamp {
    let (difference, overflow) = moment.seconds.subtractingReportingOverflow(span.seconds)
    return Timestamp(seconds: overflow ? .min : difference)
  }

  package static func - (later: Timestamp, earlier: Timestamp) -> TimeSpan {
    let (difference, overflow) = later.seconds.subtractingReportingOverflow(earlier.seconds)
    return TimeSpan(seconds: overflow ? (later < earlier ? .min : .max) : difference)
  }

  /// Year, month, day, hour, minute, second in UTC; proleptic Gregorian.
  package var fields: (Int, Int, Int, Int, Int, Int) {
    var days = Int(seconds / 86_400)
    var rest = Int(seconds % 86_400)
    if rest < 0 {
      rest += 86_400
      days -= 1
    }
    // Howard Hinnant's civil_from_days: years begin in March so that the leap day comes last.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, day, rest / 3_600, rest % 3_600 / 60, rest % 60)
  }

  /// - Parameters: where in the bytes each number begins.
  private static func civil(
    in bytes: UnsafeBufferPointer<UInt8>, year: Int, month: Int, day: Int, hour: Int, minute: Int,
    second: Int
  ) -> Timestamp? {
    guard let century = pair(bytes, at: year), let ofCentury = pair(bytes, at: year + 2),
      let month = pair(bytes, at: month), let day = pair(bytes, at: day),
      let hour = pair(bytes, at: hour), let minute = pair(bytes, at: minute),
      let second = pair(bytes, at: second),
      (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60
    else { return nil }
    let year = 100 * century + ofCentury
    let marchYear = month <= 2 ? year - 1 : year
    let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
    let yearOfEra = marchYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let days = era * 146_097 + dayOfEra - 719_468
    let result = Timestamp(
      seconds: Int64(days) * 86_400 + Int64(hour * 3_600 + minute * 60 + second))
    // 31 February and the like come back as another date.
    let back = result.fields
    return (back.0, back.1, back.2) == (year, month, day) ? result : nil
  }

  private static func pair(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Int? {
    let (tens, ones) = (
      bytes[start] &- UInt8(ascii: "0"), bytes[start + 1] &- UInt8(ascii: "0")
    )
    guard tens < 10, ones < 10 else { return nil }
    return 10 * Int(tens) + Int(ones)
  }

  /// Two digits.
  static func pad(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
