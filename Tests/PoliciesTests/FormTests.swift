import Grants
import Testing

@testable import Policies

/// A policy in the form that a checkpoint keeps says what its files say.
@Suite struct FormTests {
  private func read(_ policy: Policy) -> Policy? {
    var names = NameTable()
    var writer = FieldWriter()
    writer.put(policy, &names)
    var reader = FieldReader(writer.bytes, 0..<writer.bytes.count)
    guard let read = reader.policy(names.names), reader.isAtEnd else { return nil }
    return read
  }

  private static let full = """
    description: "Reads: \\"everything\\" caf\u{e9}"
    risk: critical
    permissions: [one, two]
    requestable: {principals: [erin@example.com], groups: [sre], globs: ["*@contractor.example"]}
    onBehalfOf: {groups: [leads]}
    duration: {min: PT5M, default: PT30M, max: PT2H}
    approval:
      stages:
        - from: {groups: [leads], principals: [erin@example.com]}
          quorum: 2
        - from: {groups: [sre]}
          quorum: 1
    approvalWindow: PT4H
    justification: {minLength: 10, pattern: "[A-Z].*"}
    ticket: {required: true, pattern: "[A-Z]+-[0-9]+"}
    maxActivePerPerson: 3
    scope: {region: [eu, us], tier: [gold]}

    """

  @Test func ofEveryKey() throws {
    let settings = """
      maxDuration: PT6H, defaultDuration: PT2H, requireJustification: false, approvalTimeout: PT8H,
      skew: PT1M, landingWindow: PT12H, policyLandingWindow: P3D, heartbeat: PT1H, retention: P30D,
      freshness: PT10M, requireApproval: false, enabled: false
      """
    for landing in ["", "landing: reconciler\n"] {
      for role in [Self.full, Sample.role, Sample.role + "ticket: {required: false}\n"] {
        let policy = try Sample.policy(
          daypass: Sample.daypass + landing + "settings: {\(settings)}\n", role: role)
        #expect(read(policy) == policy)
      }
    }
    let plain = try Sample.policy()
    #expect(read(plain) == plain)
    #expect(read(try Sample.policy(role: Self.full)) != plain)
  }

  @Test func ofTheExample() throws {
    let policy = try Sample.policy(role: Self.full)
    let role = try #require(policy.roles.values.first)
    let again = try #require(read(policy)?.roles[role.name])
    #expect(again.source(of: "duration.max") == role.source(of: "duration.max"))
    #expect(again.ticket?.pattern?.matches("OPS-1") == true)
    #expect(again.requestable.words == role.requestable.words)
  }

  @Test func cutShortItIsNone() throws {
    let policy = try Sample.policy(role: Self.full)
    var names = NameTable()
    var writer = FieldWriter()
    writer.put(policy, &names)
    for count in 0..<writer.bytes.count {
      var reader = FieldReader(writer.bytes, 0..<count)
      #expect(reader.policy(names.names) == nil)
    }
  }
}
