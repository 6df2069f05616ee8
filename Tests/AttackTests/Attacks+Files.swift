import Grants
import History
import Ledger
import TestSupport

/// Texts that two readers may read in two ways.
extension Attack {
  /// alice's own request, signed, its text changed before signing.
  static func file(
    _ name: String, _ from: String, _ to: String, refused rule: TrustRule = .readableFile
  ) -> Attack {
    Attack(name) {
      let world = try World()
      let grant = try world.grant(at: t)
      let text = String(decoding: grant.canonicalBytes, as: UTF8.self)
      let changed = text.replacing(from, with: to)
      let path = GrantPath(state: .pending, id: grant.id).description
      guard changed != text else { throw ToolFailure(arguments: [name], words: "no change") }
      let head = try world.commit(
        on: world.root, edits: [path: World.File(changed)], by: World.alice, at: t)
      return Scene(world, head, at: soon, accepted: world.root, .only(refused: rule))
    }
  }

  static let onFiles: [Attack] = [
    file("duplicate key in JSON", "  \"role\"", "  \"role\": \"prod-admin\",\n  \"role\""),
    file("leap second", ":20Z\",\n  \"requester\"", ":60Z\",\n  \"requester\""),
    file("negative duration", "\"PT1H\"", "\"-PT1H\""),
    file("negative duration inside", "\"PT1H\"", "\"PT-1H\""),
    file("overflowing duration", "\"PT1H\"", "\"PT9223372036854775807S\""),
    file("overflowing duration of twelve digits", "\"PT1H\"", "\"P999999999999W\""),
    file("offset instead of Z", "Z\",\n  \"requester\"", "+00:00\",\n  \"requester\""),
    file("time without a zone", "Z\",\n  \"requester\"", "\",\n  \"requester\""),
    file(
      "year 9999", "\n  \"subject\"",
      "\n  \"startAt\": \"9999-12-31T23:59:59Z\",\n  \"subject\"",
      refused: .policyAllows),
    file(
      "year 10000", "\n  \"subject\"",
      "\n  \"startAt\": \"10000-01-01T00:00:00Z\",\n  \"subject\""),
    file("byte order mark", "{\n  \"approvals\"", "\u{feff}{\n  \"approvals\""),
    file("terminal escapes in justification", "because", "\\u001b[2Jbecause"),
    file("raw terminal escapes in justification", "because", "\u{1b}[2Jbecause"),
    file("bidi characters in justification", "because", "\u{202e}because"),
    file("NFD in justification", "because", "e\u{301}because"),
    file("terminal escapes in a role's name", "db-read", "\\u001b[2Jdb-read"),
    file("newline in a person's name", "\"alice@", "\"root\\nalice@"),
  ]

  /// A policy that an admin consents to and nobody may bring in.
  static func policy(
    _ name: String, _ edits: @escaping @Sendable (World) -> [String: String?]
  ) -> Attack {
    Attack(name) {
      let world = try World()
      let edits = ["daypass.yaml": World.policyHead(serial: 2)].merging(edits(world)) { $1 }
      let head = try world.changePolicy(on: world.root, edits: edits, by: World.carol, at: t)
      return Scene(world, head, at: soon, accepted: world.root, .only(refused: .policyValid))
    }
  }

  static func policy(_ name: String, _ file: String, _ text: String) -> Attack {
    policy(name) { _ in [file: text] }
  }

  static let onYAML: [Attack] = [
    policy(
      "YAML alias bomb", "groups.yaml",
      "groups:\n  a: &a [x, x, x, x, x, x, x, x, x]\n"
        + (0..<20).map {
          "  a\($0): &a\($0) [\(Array(repeating: "*a", count: 9).joined(separator: ", "))]\n"
        }
        .joined()),
    policy(
      "YAML duplicate key", "roles/db-read.yaml",
      World.role(quorum: 1) + "description: Another\n"),
    policy(
      "YAML nested without end", "groups.yaml",
      "groups: " + String(repeating: "[", count: 50_000) + "\n"),
    policy("YAML of two documents", "groups.yaml", "groups: {}\n---\ngroups: {}\n"),
    policy("YAML tag", "groups.yaml", "groups: !!python/object/apply:os.system [id]\n"),
  ]
}
