/// The name of a grant: the time it was requested and 40 random bits, `20261123T181502Z-k3f9q2xw`.
///
/// Ids order by time. An id never comes back after its grant was closed.
package struct GrantID: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let requestedAt: Timestamp
  /// Forty bits, written as eight Crockford base32 digits in lowercase.
  private let tail: UInt64

  private static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
  /// The value of each byte that is a digit.
  private static let values = (0..<256).map { byte in
    digits.firstIndex(of: UInt8(byte)).map { UInt64($0) }
  }

  /// - Parameter random: of which the lower 40 bits are used.
  package init(requestedAt: Timestamp, random: UInt64) {
    self.requestedAt = requestedAt
    self.tail = random & 0xff_ffff_ffff
  }

  /// - Returns: nil for anything but the one legal spelling.
  package init?(_ text: some StringProtocol) {
    var text = String(text)
    guard let id = text.withUTF8({ GrantID(ascii: $0) }) else { return nil }
    self = id
  }

  /// As ``init(_:)``, from bytes.
  init?(ascii bytes: UnsafeBufferPointer<UInt8>) {
    guard bytes.count == 25, bytes[16] == UInt8(ascii: "-"),
      let moment = Timestamp(compactASCII: UnsafeBufferPointer(rebasing: bytes[..<16]))
    else { return nil }
    var tail: UInt64 = 0
    for byte in bytes[17...] {
      guard let value = Self.values[Int(byte)] else { return nil }
      tail = tail << 5 | value
    }
    self.requestedAt = moment
    self.tail = tail
  }

  /// The random bits, for who keeps ids in a form of his own.
  package var random: UInt64 { tail }

  package var description: String { "\(requestedAt.compact)-\(short)" }

  /// The eight random digits, which people type.
  package var short: String {
    String(unsafeUninitializedCapacity: 8) { out in
      for index in 0..<8 { out[index] = Self.digits[Int(tail >> UInt64(35 - 5 * index) & 31)] }
      return 8
    }
  }

  package static func < (left: GrantID, right: GrantID) -> Bool {
    (left.requestedAt, left.tail) < (right.requestedAt, right.tail)
  }
}

/// The three places a grant's file can lie in.
package enum GrantState: String, Sendable, Hashable, CaseIterable {
  case pending, active, closed
}

/// Some of the three places.
package struct GrantStates: OptionSet, Sendable, Hashable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package init(_ state: GrantState) {
    switch state {
    case .pending: rawValue = 1
    case .active: rawValue = 2
    case .closed: rawValue = 4
    }
  }

  package func contains(_ state: GrantState) -> Bool { contains(GrantStates(state)) }
}

/// Where a grant's file lies: a pure function of state and id.
package struct GrantPath: Hashable, Sendable, CustomStringConvertible {
  package let state: GrantState
  package let id: GrantID

  package init(state: GrantState, id: GrantID) {
    self.state = state
    self.id = id
  }

  /// Reads `grants/<state>/YYYY/MM/DD/HH/<id>.json`; nil for any other path.
  package init?(components: [String]) {
    guard components.count == 7, components[0] == "grants",
      let state = GrantState(rawValue: components[1]),
      components[6].utf8.count == 30, components[6].hasSuffix(".json"),
      let id = GrantID(components[6].dropLast(5))
    else { return nil }
    self.init(state: state, id: id)
    // The directories say again what the name begins with: 20261123T18.
    let name = components[6].utf8
    guard components[2].utf8.elementsEqual(name.prefix(4)),
      components[3].utf8.elementsEqual(name.dropFirst(4).prefix(2)),
      components[4].utf8.elementsEqual(name.dropFirst(6).prefix(2)),
      components[5].utf8.elementsEqual(name.dropFirst(9).prefix(2))
    else { return nil }
  }

  package init?(_ text: some StringProtocol) {
    let parts = String(text).utf8.split(
      separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    self.init(components: parts.map { String(decoding: $0, as: UTF8.self) })
  }

  /// `grants`, the state, year, month, day, hour, file name.
  package var components: [String] {
    let (year, month, day, hour, _, _) = id.requestedAt.fields
    // Ids have years of four digits.
    return [
      "grants", state.rawValue, Timestamp.pad(year / 100) + Timestamp.pad(year % 100),
      Timestamp.pad(month), Timestamp.pad(day), Timestamp.pad(hour), "\(id).json",
    ]
  }

  /// The components of a grant's path in each state, in the order of the states.
  package static func components(of id: GrantID) -> [(state: GrantState, components: [String])] {
    var components = GrantPath(state: .pending, id: id).components
    return GrantState.allCases.map { state in
      components[1] = state.rawValue
      return (state, components)
    }
  }

  package var description: String { components.joined(separator: "/") }
}
