import Grants
import History
import Ledger
import TestSupport

/// When attacks begin.
let t = World.start + .hours(1)
let soon = t + .minutes(5)

extension World {
  static let hank = "hank@example.com"

  /// What ``World`` has, with hank, who approves for a role `sibling` and nothing else.
  static func wide(
    policy changes: [String: String?] = [:], keys extra: [String: TestKey] = [:]
  ) throws -> World {
    var files: [String: String?] = [
      "groups.yaml": """
      groups:
        engineers: [\(alice), \(bob), \(dave), \(erin), \(hank)]
        leads: [\(bob), \(dave)]
        others: [\(hank)]

      """,
      "roles/sibling.yaml": role(quorum: 1)
        .replacing("from: {groups: [leads]}", with: "from: {groups: [others]}"),
    ]
    files.merge(changes) { _, new in new }
    return try World(policy: files, keys: [hank: TestKey()].merging(extra) { $1 })
  }

  /// alice's request, landed.
  func asked(
    role: String = "db-read", duration: TimeSpan = .hours(1), by person: String = World.alice,
    on parent: ObjectID? = nil
  ) throws -> (grant: Grant, head: ObjectID) {
    let grant = try grant(by: person, role: role, at: t, duration: duration)
    return (grant, try request(grant, on: parent ?? root, by: person))
  }

  /// alice's request, approved by bob a minute later.
  func activated(duration: TimeSpan = .hours(1)) throws -> (grant: Grant, head: ObjectID) {
    let (grant, head) = try asked(duration: duration)
    let (commit, active) = try approve(grant, on: head, by: World.bob, at: t + .minutes(1))
    return (active, commit)
  }

  /// A commit by hand, its bytes changed after signing.
  func showing(
    _ grant: Grant, _ state: GrantState, on parent: ObjectID, by signer: String?,
    at moment: Timestamp, key: TestKey? = nil, transform: (([UInt8]) -> [UInt8])? = nil
  ) throws -> ObjectID {
    try commit(
      on: parent, edits: World.place(grant, state), by: signer, at: moment, key: key,
      transform: transform)
  }

  /// A consent that changes no file.
  func consent(
    to new: ObjectID, from old: ObjectID, on parent: ObjectID, by admin: String,
    at moment: Timestamp
  ) throws -> ObjectID {
    try commit(
      on: parent, by: admin, at: moment, message: "Yes\n\nDaypass-Policy: \(old)..\(new)\n")
  }

  /// The lines of `allowed_signers` for everybody but some.
  func signers(without people: String...) -> String {
    keys.filter { !people.contains($0.key) }.map { "\($0.key) \($0.value.line)\n" }.sorted()
      .joined()
  }
}

/// The armored signature of a commit, with its header and continuation spaces.
func signatureHeader(of bytes: [UInt8]) -> String {
  let text = String(decoding: bytes, as: UTF8.self)
  guard let start = text.range(of: "gpgsig "), let end = text.range(of: "END SSH SIGNATURE-----\n")
  else { return "" }
  return String(text[start.lowerBound..<end.upperBound])
}
