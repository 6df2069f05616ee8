import Emitters
import Foundation
import Grants
import History
import Ledger
import Reconciler
import TestSupport
import Testing

/// Sets of several repositories, none of which says anything about another's roles.
@Suite struct EffectiveUnionTests {
  /// A repository of that name, with alice holding db-read for that long from ``t`` on.
  fileprivate func member(
    _ name: String, minutes: Int64 = 60, at now: Timestamp = t + .minutes(5)
  ) throws -> EffectiveUnion.Member {
    let world = try World(policy: ["daypass.yaml": World.policyHead(serial: 1, name: name)])
    let grant = try world.grant(at: t, duration: .minutes(minutes), repository: name)
    let asked = try world.request(grant, on: world.root)
    let head = try world.approve(grant, on: asked, by: World.bob, at: t).commit
    return EffectiveUnion.Member(root: world.root, set: try world.effective(head, at: now))
  }

  private func text(_ emitter: Emitter, _ union: EffectiveUnion) -> String {
    String(decoding: emitter.bytes(of: union), as: UTF8.self)
  }

  @Test func rolesOfOneNameStayTwoRoles() throws {
    let union = try EffectiveUnion([member("web"), member("payments")])
    let json = text(.json, union)
    #expect(json.contains("\"payments/db-read\": {"), "\(json)")
    #expect(json.contains("\"web/db-read\": {"))
    // Who looks for a role as a single repository's set names it finds none.
    #expect(!json.contains("\"db-read\""))
    for name in ["payments", "web"] {
      #expect(json.components(separatedBy: "\"repository\": \"\(name)\"").count == 2)
    }
    let rows = text(.csv, union).split(separator: "\n")
    #expect(rows.first == "repository,role,holder,grant,expires_at,scope")
    #expect(rows.count == 3)
    #expect(rows.dropFirst().first?.hasPrefix("payments,db-read,alice@example.com,") == true)
    #expect(rows.last?.hasPrefix("web,db-read,alice@example.com,") == true)
  }

  @Test(arguments: Emitter.allCases)
  func theOrderInWhichTheyAreNamedDoesNotMatter(_ emitter: Emitter) throws {
    let members = try ["web", "payments", "Ops"].map { try member($0) }
    let one = try EffectiveUnion(members)
    let other = try EffectiveUnion(members.reversed())
    #expect(emitter.bytes(of: one) == emitter.bytes(of: other))
    #expect(one.members.map(\.set.repository) == ["Ops", "payments", "web"])
  }

  @Test func theEarliestEndIsTheUnions() throws {
    let (early, late) = (t + .minutes(1), t + .minutes(9))
    let union = try EffectiveUnion([member("web", at: late), member("payments", at: early)])
    #expect(union.generatedAt == early)
    #expect(union.validUntil == early + .minutes(15))
    #expect(text(.json, union).contains("\"validUntil\": \"\(late + .minutes(15))\""))
  }

  @Test func oneNameOrOneRootIsThereOnce() throws {
    let web = try member("web")
    let twin = try member("web")
    #expect(throws: EffectiveUnionError.sameName("web")) { try EffectiveUnion([web, twin]) }
    #expect(throws: EffectiveUnionError.sameRoot(web.root)) { try EffectiveUnion([web, web]) }
    // What is left out keeps its name: else another could speak in its place meanwhile.
    let absent = EffectiveUnion.LeftOut(
      repository: "web", root: twin.root, status: 3, sentence: "it is broken")
    #expect(throws: EffectiveUnionError.sameName("web")) {
      try EffectiveUnion([web], leavingOut: [absent])
    }
    #expect(throws: EffectiveUnionError.nothingLeft) {
      try EffectiveUnion([], leavingOut: [absent])
    }
  }

  @Test func whatIsLeftOutIsNamed() throws {
    let absent = EffectiveUnion.LeftOut(
      repository: "payments", root: try member("payments").root, status: 6, sentence: "too old")
    let union = try EffectiveUnion([member("web")], leavingOut: [absent])
    let json = text(.json, union)
    #expect(json.contains("\"exitCode\": \"6\""), "\(json)")
    #expect(json.contains("\"sentence\": \"too old\""))
    #expect(!json.contains("payments/"))
  }
}

/// The schema and the emitter know the same keys.
@Suite struct EffectiveUnionSchemaTests {
  private typealias Object = [String: Any]

  private static func object(_ text: Data) throws -> Object {
    try #require(try JSONSerialization.jsonObject(with: text) as? Object)
  }

  private static func keys(_ schema: Any?) throws -> [String] {
    let schema = try #require(schema as? Object)
    #expect(schema["additionalProperties"] as? Bool == false)
    return try #require(schema["properties"] as? Object).keys.sorted()
  }

  @Test func everyKeyIsInBoth() throws {
    let folder = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let path = folder + "/docs/schemas/effective-union.schema.json"
    let schema = try Self.object(try #require(FileManager.default.contents(atPath: path)))
    let definitions = try #require(schema["$defs"] as? Object)
    let tests = EffectiveUnionTests()
    let absent = EffectiveUnion.LeftOut(
      repository: "payments", root: try tests.member("payments").root, status: 6, sentence: "old")
    let union = try EffectiveUnion([tests.member("web")], leavingOut: [absent])
    let json = try Self.object(Data(Emitter.json.bytes(of: union)))
    #expect(json.keys.sorted() == (try Self.keys(schema)))
    let properties = try #require(schema["properties"] as? Object)
    let stated = try #require(properties["schema"] as? Object)
    #expect(stated["const"] as? String == EffectiveUnion.schema)
    let repositories = try #require(json["repositories"] as? [String: Object])
    #expect(
      try #require(repositories["web"]).keys.sorted() == (try Self.keys(definitions["repository"])))
    let left = try #require(json["leftOut"] as? [String: Object])
    #expect(try #require(left["payments"]).keys.sorted() == (try Self.keys(definitions["leftOut"])))
    let roles = try #require(json["roles"] as? [String: [String: [Object]]])
    let support = try #require(roles["web/db-read"]?["alice@example.com"]?.first)
    let known = try Self.keys(definitions["support"])
    #expect(known.filter { $0 != "scope" } == support.keys.sorted())
  }
}
