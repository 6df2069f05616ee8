import Grants
import Testing

@testable import Policies

/// What the table of rules has no room for.
@Suite struct DecisionTests {
  @Test func reasonsNameTheLineThatSaysSo() throws {
    let policy = try Sample.policy(role: Sample.role + "duration:\n  max: PT4H\n")
    let decision = policy.decideRequest(
      try Sample.grant(duration: "PT6H"), facts: RequestFacts(known: []))
    #expect(decision.refusals.map(\.source?.description) == ["policies/roles/ops.yaml:4"])
  }

  /// One rule, one line: in `roles`, in a request's sheet and in each refusal.
  @Test func approvalIsSaidAtOneLine() throws {
    let policy = try Sample.policy()
    let grant = try Sample.grant()
    let role = try #require(policy.roles[grant.role])
    let lines = [
      role.approvalSource, policy.quorum(of: grant)?.source,
      policy.decideApproval(of: grant, by: try Sample.person("erin"), duration: nil).refusals
        .first { $0.rule == .approver }?.source,
      policy.decideRejection(of: grant, by: try Sample.person("erin")).refusals.first?.source,
      policy.decideActivation(of: grant).refusals.first { $0.rule == .quorum }?.source,
    ]
    #expect(Set(lines) == [role.stages[0].source])
  }

  @Test func allRefusalsAreGivenAtOnce() throws {
    let policy = try Sample.policy(
      settings: "enabled: false", role: Sample.role + "ticket: {required: true}\n")
    var grant = try Sample.grant(
      requester: "erin", subject: "ci", scope: ["a": "b"], justification: "", duration: "PT9H")
    grant.startAt = grant.requestedAt
    grant.renews = grant.id
    let decision = policy.decideRequest(grant, facts: RequestFacts(known: [], open: []))
    #expect(
      Set(decision.refusals.map(\.rule)) == [
        .enabled, .supported, .requesterEligible, .subjectAllowed, .subjectKnown, .scope,
        .durationCap, .justification, .ticket,
      ])
    #expect(
      decision.refusals.contains { $0.sentence.hasPrefix("startAt, renews is not supported") })
  }

  @Test func theGrantItselfIsNoDuplicate() throws {
    let policy = try Sample.policy(role: Sample.role + "maxActivePerPerson: 1\n")
    let grant = try Sample.grant()
    let facts = RequestFacts(known: [], open: [grant])
    #expect(policy.decideRequest(grant, facts: facts).isAllowed)
  }

  @Test func otherPeoplesGrantsAreNoDuplicates() throws {
    let policy = try Sample.policy(role: Sample.role + "maxActivePerPerson: 1\n")
    let facts = RequestFacts(known: [], open: [try Sample.grant(number: 2, requester: "bob")])
    #expect(policy.decideRequest(try Sample.grant(), facts: facts).isAllowed)
  }

  @Test(arguments: ["alice", "erin"])
  func nobodyRejectsTheirOwn(_ name: String) throws {
    let policy = try Sample.policy(
      role: """
        requestable: {groups: [sre]}
        onBehalfOf: {globs: ["*"]}
        approval: {stages: [{from: {principals: [alice@example.com, erin@example.com]}, quorum: 1}]}
        """)
    let grant = try Sample.grant(subject: "erin")
    let refusals = policy.decideRejection(of: grant, by: try Sample.person(name)).refusals
    #expect(refusals.map(\.rule) == [name == "alice" ? .notRequester : .notSubject])
  }

  @Test func endingsOutliveTheRole() throws {
    let policy = try Sample.policy()
    let grant = try Sample.grant(role: "gone", approvals: ["dave"])
    for name in ["alice", "carol", "dave"] {
      #expect(policy.decideRevocation(of: grant, by: try Sample.person(name)).isAllowed)
    }
    #expect(policy.decideRejection(of: grant, by: try Sample.person("carol")).isAllowed)
    #expect(!policy.decideRejection(of: grant, by: try Sample.person("bob")).isAllowed)
  }

  @Test func reconcilersAreNobody() throws {
    let policy = try Sample.policy(
      role: """
        requestable: {principals: [ci@example.com], globs: ["*"]}
        onBehalfOf: {principals: [ci@example.com], globs: ["*"]}
        approval: {stages: [{from: {principals: [ci@example.com, bob@example.com]}, quorum: 1}]}
        """)
    let ci = try Sample.person("ci")
    let facts = RequestFacts(known: [ci])
    #expect(!policy.isApprover(ci, of: try Sample.role("ops")))
    #expect(
      policy.decideRequest(try Sample.grant(requester: "ci"), facts: facts).refusals.map(\.rule)
        == [
          .requesterEligible, .subjectAllowed,
        ])
    #expect(
      policy.decideRequest(try Sample.grant(subject: "ci"), facts: facts).refusals.map(\.rule)
        == [.subjectAllowed])
    let grant = try Sample.grant(approvals: ["ci"])
    #expect(policy.decideActivation(of: grant).refusals.map(\.rule) == [.quorum])
    #expect(policy.decideApproval(of: grant, by: ci, duration: nil).isAllowed == false)
  }

  @Test func aRoleWithoutApprovalHasNoApprovers() throws {
    let policy = try Sample.policy(
      settings: "requireApproval: false",
      role: "requestable: {groups: [sre]}\napproval: {none: true}\n")
    let grant = try Sample.grant()
    let bob = try Sample.person("bob")
    let refusals = policy.decideApproval(of: grant, by: bob, duration: nil).refusals
    #expect(refusals.map(\.sentence) == ["ops needs no approval"])
    #expect(policy.decideActivation(of: grant).isAllowed)
    #expect(policy.canBeApproved(grant))
  }

  @Test func zeroIsNoShortening() throws {
    let decision = try Sample.policy().decideApproval(
      of: try Sample.grant(), by: try Sample.person("bob"), duration: TimeSpan(seconds: 0))
    #expect(decision.refusals.map(\.rule) == [.shortensOnly, .durationMinimum])
  }

  @Test func textFromAttackersIsShownHarmless() throws {
    let policy = try Sample.policy(role: Sample.role + "ticket: {pattern: \"a\"}\n")
    let decision = policy.decideRequest(
      try Sample.grant(ticket: "\u{1b}[2J"), facts: RequestFacts(known: []))
    #expect(decision.refusals.allSatisfy { !$0.sentence.contains("\u{1b}") })
  }
}
