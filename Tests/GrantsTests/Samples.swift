import Grants
import Testing

/// Grants and files that tests start from.
enum Samples {
  static let moment = Timestamp("2026-11-23T18:15:02Z") ?? .latest

  static func person(_ name: String) throws -> Principal { try #require(Principal(name)) }

  /// As asked for, with nothing optional.
  static func plain(justification: String = "because") throws -> Grant {
    Grant(
      repository: "world", id: GrantID(requestedAt: moment, random: 0x1f_3579_abcd),
      requester: try person("alice@example.com"), subject: try person("erin@example.com"),
      role: try #require(RoleName("db-read")), justification: justification,
      duration: .hours(1))
  }

  /// With everything a file can have.
  static func full() throws -> Grant {
    var grant = try plain(justification: "Zeile eins\n\t\"zwei\" \\ drei / é 日本 🙂\u{7e}")
    grant.scope = ["cluster": "prod", "Zone": "a b", "a.b-c_d": "x"]
    grant.ticket = "OPS-1"
    grant.startAt = moment + .minutes(1)
    grant.renews = GrantID(requestedAt: moment - .days(1), random: 7)
    grant.breakGlass = true
    grant.approvals = [
      Approval(by: try person("bob"), at: moment + .minutes(1), comment: "", duration: .minutes(5)),
      Approval(by: try person("dave"), at: moment + .minutes(2), comment: "fine\nby me"),
    ]
    grant.activatedAt = moment + .minutes(2)
    grant.expiresAt = moment + .minutes(7)
    grant.closed = Closure(
      outcome: .revoked, by: try person("carol"), at: moment + .minutes(3), reason: "done")
    grant.reviews = [Review(by: try person("carol"), at: moment + .days(1), comment: "ok")]
    return grant
  }

  /// The plain grant's file.
  static func text() throws -> String {
    String(decoding: try plain().canonicalBytes, as: UTF8.self)
  }
}
