extension Grant {
  /// Reads nearly every grant file in one pass: one in canonical form, of printable ASCII and
  /// accented Latin letters without escapes, and of the keys that are in use.
  ///
  /// - Returns: nil for any other file, which ``init(canonical:)`` then reads in full: this accepts
  ///   nothing that would be refused there, and refuses nothing.
  package init?(plainCanonical bytes: [UInt8]) {
    guard bytes.count <= Self.largestFile else { return nil }
    let grant = bytes.withUnsafeBufferPointer { buffer in
      var reader = PlainReader(buffer)
      return reader.grant()
    }
    guard let grant else { return nil }
    self = grant
  }
}

/// Takes a grant file's parts in the one order they can have.
private struct PlainReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  mutating func grant() -> Grant? {
    guard take("{\n") else { return nil }
    var activatedAt: Timestamp?
    if take("  \"activatedAt\": ") {
      guard let moment = moment(), take(",\n") else { return nil }
      activatedAt = moment
    }
    guard take("  \"approvals\": ["), let approvals = approvals() else { return nil }
    var closed: Closure?
    if take("  \"closed\": {\n") {
      guard let closure = closure() else { return nil }
      closed = closure
    }
    guard take("  \"duration\": "), let duration = span(), take(",\n") else { return nil }
    var expiresAt: Timestamp?
    if take("  \"expiresAt\": ") {
      guard let moment = moment(), take(",\n") else { return nil }
      expiresAt = moment
    }
    guard take("  \"id\": "), let id = string(), let id = GrantID(ascii: id),
      take(",\n  \"justification\": "), let justification = text(),
      take(",\n  \"repository\": "), let repository = text(longest: 128),
      take(",\n  \"requestedAt\": "), let requestedAt = moment(), requestedAt == id.requestedAt,
      take(",\n  \"requester\": "), let requester = principal(),
      take(",\n  \"role\": "), let role = text().flatMap({ RoleName($0) }),
      take(",\n  \"schema\": \"daypass/grant/v1\",\n"), let scope = scope(),
      take("  \"subject\": "), let subject = principal()
    else { return nil }
    var ticket: String?
    if take(",\n  \"ticket\": ") {
      guard let text = text(longest: 256) else { return nil }
      ticket = text
    }
    guard take("\n}\n"), position == bytes.count else { return nil }
    return Grant(
      repository: repository, id: id, requester: requester, subject: subject, role: role,
      scope: scope, justification: justification, ticket: ticket, duration: duration,
      approvals: approvals, activatedAt: activatedAt, expiresAt: expiresAt, closed: closed)
  }

  /// The rest of a list of approvals, after its bracket.
  private mutating func approvals() -> [Approval]? {
    var approvals: [Approval] = []
    if take("],\n") { return approvals }
    repeat {
      guard take("\n    {\n      \"at\": "), let at = moment(),
        take(",\n      \"by\": "), let by = principal(),
        take(",\n      \"comment\": "), let comment = text()
      else { return nil }
      var approval = Approval(by: by, at: at, comment: comment)
      if take(",\n      \"duration\": ") {
        guard let duration = span() else { return nil }
        approval.duration = duration
      }
      guard take("\n    }") else { return nil }
      approvals.append(approval)
    } while take(",")
    return take("\n  ],\n") ? approvals : nil
  }

  private mutating func closure() -> Closure? {
    guard take("    \"at\": "), let at = moment(), take(",\n    \"by\": "), let by = principal(),
      take(",\n    \"outcome\": "), let outcome = text().flatMap(Closure.Outcome.init),
      take(",\n    \"reason\": "), let reason = text(), take("\n  },\n")
    else { return nil }
    return Closure(outcome: outcome, by: by, at: at, reason: reason)
  }

  /// The scope, if the file has one here: none is empty.
  private mutating func scope() -> [String: String]? {
    guard take("  \"scope\": {") else { return [:] }
    var scope: [String: String] = [:]
    var last: String?
    repeat {
      guard take("\n    "), let key = text(), Names.isWord(key, longest: 64, extra: "._-"),
        last.map({ $0.utf8.lexicographicallyPrecedes(key.utf8) }) ?? true,
        take(": "), let value = text(longest: 256)
      else { return nil }
      scope[key] = value
      last = key
    } while take(",")
    return take("\n  },\n") ? scope : nil
  }

  private mutating func principal() -> Principal? { text(longest: 128).flatMap { Principal($0) } }

  private mutating func moment() -> Timestamp? { string().flatMap { Timestamp(ascii: $0) } }

  private mutating func span() -> TimeSpan? {
    guard let text = text(longest: 64), let span = TimeSpan(iso: text), span.seconds > 0,
      span.iso == text
    else { return nil }
    return span
  }

  private mutating func text(longest: Int = Text.longest) -> String? {
    guard let bytes = string(), bytes.count <= longest else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What stands between two quotes: printable ASCII without escapes, and letters of U+00C0 to
  /// U+017F, which stand for themselves whatever follows that can follow here.
  private mutating func string() -> UnsafeBufferPointer<UInt8>? {
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { return nil }
    let start = position + 1
    var end = start
    while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
      let byte = bytes[end]
      if byte >= 0xc3, byte <= 0xc5 {
        guard end + 1 < bytes.count, bytes[end + 1] & 0xc0 == 0x80 else { return nil }
        end += 2
        continue
      }
      guard byte >= 0x20, byte < 0x7f, byte != UInt8(ascii: "\\") else { return nil }
      end += 1
    }
    guard end < bytes.count else { return nil }
    position = end + 1
    return UnsafeBufferPointer(rebasing: bytes[start..<end])
  }

  /// Takes exactly that; moves on only then.
  private mutating func take(_ literal: StaticString) -> Bool {
    let count = literal.utf8CodeUnitCount
    guard position + count <= bytes.count else { return false }
    for index in 0..<count where bytes[position + index] != literal.utf8Start[index] {
      return false
    }
    position += count
    return true
  }
}
