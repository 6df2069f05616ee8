extension AllowedSigners {
  /// The options of a line: `namespaces`, `valid-after` and `valid-before`, apart by commas, each
  /// at most once, each value in quotes (OpenSSH refuses it without).
  struct Options {
    private(set) var validAfter: Int64?
    private(set) var validBefore: Int64?

    init() {}

    init(parsing field: ArraySlice<UInt8>) throws(LineError) {
      var seen: Set<String> = []
      var rest = field
      while true {
        let (name, value) = try Self.takeOption(from: &rest)
        guard seen.insert(name).inserted else {
          throw LineError("The option \(name) is given twice.")
        }
        switch name {
        case "namespaces": try Self.checkNamespaces(value)
        case "valid-after": validAfter = try Self.time(value, option: name)
        default: validBefore = try Self.time(value, option: name)
        }
        guard !rest.isEmpty else { break }
        guard rest.removeFirst() == UInt8(ascii: ","), !rest.isEmpty else {
          throw LineError("Options are apart by one comma, with no space.")
        }
      }
      if let validAfter, let validBefore, validBefore <= validAfter {
        throw LineError("valid-before is not later than valid-after.")
      }
    }

    /// Takes `name="value"`.
    private static func takeOption(
      from rest: inout ArraySlice<UInt8>
    ) throws(LineError) -> (name: String, value: ArraySlice<UInt8>) {
      let spelling = rest.prefix { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ",") }
      let name = String(decoding: spelling, as: UTF8.self)
      guard name != "cert-authority" else {
        throw LineError("cert-authority is not allowed; list each person's own key.")
      }
      guard ["namespaces", "valid-after", "valid-before"].contains(name) else {
        throw LineError(
          "\(quoted(spelling)) is not an option; there are namespaces, valid-after and "
            + "valid-before.")
      }
      rest = rest.dropFirst(spelling.count)
      guard rest.starts(with: "=\"".utf8) else {
        throw LineError("The option \(name) needs a value in double quotes.")
      }
      rest = rest.dropFirst(2)
      guard let quote = rest.firstIndex(of: UInt8(ascii: "\"")) else {
        throw LineError("The value of \(name) has no closing quote, or holds a space.")
      }
      let value = rest[..<quote]
      rest = rest[(quote + 1)...]
      return (name, value)
    }

    /// A comma list of literal namespaces, `git` among them.
    private static func checkNamespaces(_ value: ArraySlice<UInt8>) throws(LineError) {
      let names = value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
      for name in names {
        guard !name.isEmpty, name.allSatisfy(Self.isNamespaceCharacter) else {
          throw LineError("\(quoted(name)) is not a plain namespace.")
        }
      }
      guard names.contains(where: { $0.elementsEqual("git".utf8) }) else {
        throw LineError("The namespaces do not include git.")
      }
    }

    private static func isNamespaceCharacter(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "._@+-".utf8.contains(byte)
      }
    }

    private static func time(
      _ value: ArraySlice<UInt8>, option: String
    ) throws(LineError) -> Int64 {
      guard value.last == UInt8(ascii: "Z") else {
        throw LineError("The time of \(option) must end in Z: without it, it is a local time.")
      }
      guard let seconds = CompactTime.seconds(value.dropLast()) else {
        throw LineError(
          "\(quoted(value)) is not a time after 1970 as YYYYMMDD, YYYYMMDDHHMM or "
            + "YYYYMMDDHHMMSS and Z.")
      }
      return seconds
    }
  }
}
