import Foundation
import Grants
import Testing

@testable import Policies

/// The JSON Schemas and the readers know the same keys.
@Suite struct SchemaTests {
  /// A schema file, or a part of it, with `$ref` followed.
  private struct Schema {
    let root: [String: Any]
    let node: [String: Any]

    init(_ name: String) throws {
      let file = Sample.root.appending(path: "docs/schemas/\(name).schema.json")
      let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
      root = try #require(json as? [String: Any])
      node = root
    }

    init(root: [String: Any], node: [String: Any]) {
      self.root = root
      guard let reference = node["$ref"] as? String,
        let definitions = root["$defs"] as? [String: Any],
        let target = definitions[String(reference.dropFirst(8))] as? [String: Any]
      else {
        self.node = node
        return
      }
      self.node = target
    }

    func at(_ path: String...) throws -> Schema {
      try path.reduce(self) { schema, key in
        let place =
          key == "items" || key == "additionalProperties"
          ? schema.node : try #require(schema.node["properties"] as? [String: Any])
        return Schema(root: root, node: try #require(place[key] as? [String: Any]))
      }
    }

    var keys: [String] {
      ((node["properties"] as? [String: Any])?.keys.sorted()) ?? []
    }

    var required: [String] { (node["required"] as? [String])?.sorted() ?? [] }

    var isClosed: Bool { node["additionalProperties"] as? Bool == false }
  }

  @Test func daypass() throws {
    let schema = try Schema("daypass")
    #expect(schema.keys == PolicyFile.daypassKeys.sorted())
    #expect(schema.isClosed)
    #expect(
      schema.required
        == PolicyFile.daypassKeys.filter { !["landing", "settings"].contains($0) }.sorted())
    let settings = try schema.at("settings")
    #expect(settings.keys == Setting.allCases.map(\.rawValue).sorted())
    #expect(settings.isClosed)
    #expect(try schema.at("schema").node["const"] as? String == PolicyFile.schema)
  }

  @Test func theDefaultsAreThoseOfTheReader() throws {
    let usual = Settings()
    let spans: [Setting: TimeSpan] = [
      .maxDuration: usual.maxDuration, .defaultDuration: usual.defaultDuration,
      .approvalTimeout: usual.approvalTimeout, .skew: usual.skew,
      .landingWindow: usual.landingWindow, .policyLandingWindow: usual.policyLandingWindow,
      .heartbeat: usual.heartbeat, .retention: usual.retention, .freshness: usual.freshness,
    ]
    let json = try Schema("daypass").at("settings").node["properties"]
    let properties = try #require(json as? [String: [String: Any]])
    for setting in Setting.allCases {
      let stated = properties[setting.rawValue]?["default"]
      if let span = spans[setting] {
        #expect((stated as? String).flatMap { TimeSpan(iso: $0) } == span)
      } else {
        #expect(stated as? Bool == true)
      }
    }
  }

  @Test func groups() throws {
    let schema = try Schema("groups")
    #expect(schema.keys == PolicyFile.groupsKeys)
    #expect(schema.required == PolicyFile.groupsKeys)
    #expect(schema.isClosed)
  }

  @Test func role() throws {
    let schema = try Schema("role")
    let stage = try schema.at("approval", "stages", "items")
    let parts: [(Schema, [String])] = [
      (schema, PolicyFile.roleKeys), (try schema.at("requestable"), PolicyFile.peopleKeys),
      (try schema.at("onBehalfOf"), PolicyFile.peopleKeys),
      (try schema.at("duration"), PolicyFile.durationKeys),
      (try schema.at("approval"), PolicyFile.approvalKeys), (stage, PolicyFile.stageKeys),
      (try stage.at("from"), PolicyFile.approverKeys),
      (try schema.at("justification"), PolicyFile.justificationKeys),
      (try schema.at("ticket"), PolicyFile.ticketKeys),
    ]
    for (part, keys) in parts {
      #expect(part.keys == keys.sorted())
      #expect(part.isClosed)
    }
    #expect(schema.required == ["approval", "requestable"])
    #expect(stage.required == PolicyFile.stageKeys.sorted())
    #expect(try schema.at("risk").node["enum"] as? [String] == Risk.allCases.map(\.rawValue))
  }

  /// Every key is known to the reader: none of them is called unknown.
  @Test func theReaderKnowsTheKeysOfTheSchema() throws {
    for key in try Schema("role").keys {
      let problems = Sample.problems(Sample.files(role: "\(key): \"x\"\n"))
      #expect(!problems.contains { $0.contains("unknown key") || $0.contains("not supported") })
    }
  }

  @Test func grant() throws {
    var grant = try Sample.grant(scope: ["a": "b"], ticket: "T-1")
    let (by, at) = (grant.requester, grant.requestedAt)
    grant.approvals = [Approval(by: by, at: at, duration: .minutes(1))]
    grant.startAt = at
    grant.renews = grant.id
    grant.breakGlass = true
    grant.activatedAt = at
    grant.expiresAt = at
    grant.closed = Closure(outcome: .expired, by: by, at: at, reason: "")
    grant.reviews = [Review(by: by, at: at, comment: "")]
    let json = try JSONSerialization.jsonObject(with: Data(grant.canonicalBytes))
    let object = try #require(json as? [String: Any])
    let schema = try Schema("grant")
    #expect(schema.keys == object.keys.sorted())
    #expect(schema.isClosed)
    let bare = try JSONSerialization.jsonObject(with: Data(try Sample.grant().canonicalBytes))
    #expect(schema.required == (try #require(bare as? [String: Any])).keys.sorted())
    for list in ["approvals", "reviews"] {
      let entries = try #require(object[list] as? [[String: Any]])
      let items = try schema.at(list, "items")
      #expect(items.keys == entries.first?.keys.sorted())
      #expect(items.isClosed)
    }
    #expect(try schema.at("closed").keys == (object["closed"] as? [String: Any])?.keys.sorted())
    let outcomes = try schema.at("closed", "outcome").node["enum"] as? [String]
    #expect(outcomes == Closure.Outcome.allCases.map(\.rawValue))
  }
}
