/// The times of an `allowed_signers` file (ssh-keygen(1), "valid-after").
enum CompactTime {
  /// Reads `YYYYMMDD[HHMM[SS]]` as UTC.
  ///
  /// OpenSSH takes 31 February for 3 March and 23:59:60 for the next day, and cannot read what is
  /// not after the start of 1970; all of that is refused.
  ///
  /// - Returns: seconds since 1970, above zero; nil for anything else.
  static func seconds(_ digits: ArraySlice<UInt8>) -> Int64? {
    guard [8, 12, 14].contains(digits.count),
      digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    var rest = digits
    func take(_ count: Int) -> Int {
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count).reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }
    let year = take(4)
    let month = take(2)
    let day = take(2)
    let hour = take(2)
    let minute = take(2)
    let second = take(2)
    guard year >= 1970, (1...12).contains(month), (1...days(in: month, of: year)).contains(day),
      hour < 24, minute < 60, second < 60
    else { return nil }
    var passed = (1970..<year).reduce(0) { $0 + (isLeap($1) ? 366 : 365) }
    passed += (1..<month).reduce(0) { $0 + days(in: $1, of: year) }
    passed += day - 1
    let result = Int64(passed) * 86_400 + Int64(hour * 3_600 + minute * 60 + second)
    return result > 0 ? result : nil
  }

  private static func isLeap(_ year: Int) -> Bool {
    year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
  }

  private static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}
