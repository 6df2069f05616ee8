import Grants
import Testing

@testable import Policies

/// Each rule: one decision in which it is met and one in which it alone is not.
@Suite struct RuleTests {
  struct Case: Sendable {
    /// `request`, `approval`, `activation`, `eligibility`, `revocation` or `rejection`.
    let kind: String
    var settings = "enabled: true"
    var role = Sample.role
    var met = Facts()
    var unmet = Facts()
    /// What the unmet reason says, misses, and who could supply it.
    let sentence: String
    var missing: String?
    var suppliers: [String] = []
  }

  struct Facts: Sendable {
    var requester = "alice"
    var subject: String?
    var role = "ops"
    var scope: [String: String] = [:]
    var justification = "the disk is full"
    var ticket: String?
    var duration = "PT1H"
    var approvals: [String] = []
    var by = "bob"
    var approved: String?
    /// Grants of the same subject that are open: role and scope.
    var open: [(String, [String: String])] = []
    var breakGlass = false
    var settings: String?
  }

  private func decide(_ test: Case, _ facts: Facts) throws -> Decision {
    let policy = try Sample.policy(settings: facts.settings ?? test.settings, role: test.role)
    var grant = try Sample.grant(
      requester: facts.requester, subject: facts.subject, role: facts.role, scope: facts.scope,
      justification: facts.justification, ticket: facts.ticket, duration: facts.duration,
      approvals: facts.approvals)
    grant.breakGlass = facts.breakGlass
    let person = try Sample.person(facts.by)
    switch test.kind {
    case "request":
      let open = try facts.open.enumerated().map { index, other in
        try Sample.grant(
          number: UInt64(index) + 2, requester: grant.subject.name, role: other.0, scope: other.1)
      }
      return policy.decideRequest(
        grant, facts: RequestFacts(known: [try Sample.person("erin")], open: open))
    case "approval":
      let approved = try facts.approved.map { try #require(TimeSpan(iso: $0)) }
      return policy.decideApproval(of: grant, by: person, duration: approved)
    case "activation": return policy.decideActivation(of: grant)
    case "eligibility":
      let erin = try Sample.person("erin")
      return policy.decideEligibility(of: grant) { $0 == erin }
    case "revocation": return policy.decideRevocation(of: grant, by: person)
    default: return policy.decideRejection(of: grant, by: person)
    }
  }

  @Test(arguments: PolicyRule.allCases)
  func eachRule(_ rule: PolicyRule) throws {
    for test in cases(of: rule) {
      let allowed = try decide(test, test.met)
      #expect(allowed.isAllowed, "\(test.kind): \(allowed.refusals)")
      #expect(allowed.refusals.isEmpty)
      #expect(allowed.reasons.contains { $0.rule == rule })
      #expect(allowed.reasons.allSatisfy { $0.missing == nil && $0.suppliers.isEmpty })
      let refused = try decide(test, test.unmet)
      #expect(!refused.isAllowed)
      #expect(refused.refusals.map(\.rule) == [rule], "\(test.kind): \(refused.refusals)")
      let reason = try #require(refused.refusals.first)
      #expect(reason.sentence == test.sentence)
      #expect(reason.missing == test.missing)
      #expect(reason.suppliers == (try test.suppliers.map { try Sample.person($0) }))
    }
  }

  private static let onBehalf = Sample.role + "onBehalfOf: {globs: [\"*@example.com\"]}\n"
  private static let off = "the policy admits no requests or approvals at present"

  private func cases(of rule: PolicyRule) -> [Case] {
    switch rule {
    case .enabled:
      [("request", []), ("approval", []), ("activation", ["bob"])].map { kind, approvals in
        Case(
          kind: kind, met: Facts(approvals: approvals),
          unmet: Facts(approvals: approvals, settings: "enabled: false"), sentence: Self.off,
          missing: "\"enabled: true\" in the settings", suppliers: ["carol"])
      }
    case .roleExists:
      [("request", []), ("approval", []), ("activation", ["bob"]), ("eligibility", [])].map {
        Case(
          kind: $0, met: Facts(approvals: $1), unmet: Facts(role: "gone", approvals: $1),
          sentence: "there is no role gone", missing: "a file policies/roles/gone.yaml",
          suppliers: ["carol"])
      }
    case .supported:
      [
        Case(
          kind: "request", unmet: Facts(breakGlass: true),
          sentence: "breakGlass is not supported by this version",
          missing: "a request without breakGlass", suppliers: ["alice"])
      ]
    case .requesterEligible: eligibilityCases
    case .subjectAllowed: subjectCases
    case .subjectKnown:
      ["request", "eligibility"].map {
        Case(
          kind: $0, role: Self.onBehalf, met: Facts(subject: "erin"),
          unmet: Facts(subject: "frank"),
          sentence: "frank@example.com has no key and is in no group",
          missing: "frank@example.com in policies/allowed_signers or in a group",
          suppliers: ["carol"])
      }
    case .scope: scopeCases
    case .durationMinimum:
      [
        Case(
          kind: "request", role: Sample.role + "duration: {min: PT5M}\n",
          met: Facts(duration: "PT5M"), unmet: Facts(duration: "PT4M59S"),
          sentence: "alice@example.com asked for 4m59s; the shortest is 5m",
          missing: "a duration of 5m or more", suppliers: ["alice"]),
        Case(
          kind: "approval", role: Sample.role + "duration: {min: PT5M}\n",
          met: Facts(approved: "PT5M"), unmet: Facts(approved: "PT1M"),
          sentence: "bob@example.com approves 1m; the shortest is 5m",
          missing: "an approval for 5m or more", suppliers: ["bob"]),
      ]
    case .durationCap: capCases
    case .justification: justificationCases
    case .ticket: ticketCases
    case .duplicate, .maxActivePerPerson: openCases(rule)
    case .approver, .notRequester, .notSubject, .approvesOnce, .shortensOnly: approvalCases(rule)
    case .quorum: quorumCases
    case .revoker, .rejector: endingCases(rule)
    }
  }

  private var eligibilityCases: [Case] {
    ["request", "activation", "eligibility"].flatMap { kind in
      [
        Case(
          kind: kind, met: Facts(requester: "alice", approvals: ["dave"]),
          unmet: Facts(requester: "erin", approvals: ["dave"]),
          sentence: "erin@example.com may not ask for ops",
          missing: "erin@example.com among those who may ask: group sre", suppliers: ["carol"])
      ]
    } + [
      // Globs match everybody but reconcilers.
      Case(
        kind: "request",
        role: Sample.role.replacing("{groups: [sre]}", with: "{globs: [\"*\"]}")
          + "onBehalfOf: {globs: [\"*\"]}\n",
        met: Facts(requester: "erin"), unmet: Facts(requester: "ci", subject: "erin"),
        sentence: "ci@example.com is a reconciler, which may ask for nothing")
    ]
  }

  private var subjectCases: [Case] {
    ["request", "activation", "eligibility"].map { kind in
      Case(
        kind: kind, met: Facts(approvals: ["dave"]),
        unmet: Facts(subject: "bob", approvals: ["dave"]),
        sentence: "ops can be asked for oneself only, not on behalf of bob@example.com",
        missing: "a request by bob@example.com", suppliers: ["bob"])
    } + [
      Case(
        kind: "request", role: Sample.role + "onBehalfOf: {groups: [leads]}\n",
        met: Facts(subject: "dave"), unmet: Facts(subject: "erin"),
        sentence: "ops may not be asked for on behalf of erin@example.com",
        missing: "erin@example.com among those it may be asked for: group leads",
        suppliers: ["carol"])
    ]
  }

  private var scopeCases: [Case] {
    let role = Sample.role + "scope: {cluster: [prod, staging], zone: [a]}\n"
    let good = Facts(scope: ["cluster": "prod", "zone": "a"])
    return [
      Case(
        kind: "request", role: role, met: good,
        unmet: Facts(scope: ["cluster": "test", "zone": "a"]),
        sentence: "\"test\" is not allowed as cluster",
        missing: "cluster as one of prod, staging", suppliers: ["alice"]),
      Case(
        kind: "request", role: role, met: good, unmet: Facts(scope: ["cluster": "prod"]),
        sentence: "the request lacks the scope \"zone\"", missing: "zone as one of a",
        suppliers: ["alice"]),
      Case(
        kind: "request", role: role, met: good,
        unmet: Facts(scope: ["cluster": "prod", "zone": "a", "x": "y"]),
        sentence: "ops has no scope \"x\"", missing: "a request without the scope \"x\"",
        suppliers: ["alice"]),
      Case(
        kind: "request", unmet: Facts(scope: ["x": "y"]), sentence: "ops has no scope \"x\"",
        missing: "a request without the scope \"x\"", suppliers: ["alice"]),
    ]
  }

  private var capCases: [Case] {
    [
      Case(
        kind: "request", met: Facts(duration: "PT8H"), unmet: Facts(duration: "PT8H1S"),
        sentence: "alice@example.com asked for 8h1s; the longest is 8h",
        missing: "a duration of 8h or less", suppliers: ["alice"]),
      Case(
        kind: "request", role: Sample.role + "duration: {max: PT4H}\n",
        met: Facts(duration: "PT4H"), unmet: Facts(duration: "PT6H"),
        sentence: "alice@example.com asked for 6h; the longest is 4h",
        missing: "a duration of 4h or less", suppliers: ["alice"]),
      // The cap was lowered after the request: an approver can shorten it.
      Case(
        kind: "approval", settings: "maxDuration: PT1H",
        met: Facts(duration: "PT2H", approved: "PT1H"), unmet: Facts(duration: "PT2H"),
        sentence: "bob@example.com approves 2h; the longest is 1h",
        missing: "an approval for 1h or less", suppliers: ["bob"]),
      Case(
        kind: "activation", settings: "maxDuration: PT1H", met: Facts(approvals: ["bob"]),
        unmet: Facts(duration: "PT2H", approvals: ["bob"]),
        sentence: "the grant would last 2h; the longest is 1h",
        missing: "an approval for 1h or less", suppliers: ["bob", "dave"]),
    ]
  }

  private var justificationCases: [Case] {
    let role = Sample.role + "justification: {minLength: 5, pattern: \"[a-zé]+\"}\n"
    return [
      Case(
        kind: "request", unmet: Facts(justification: " \n\t "),
        sentence: "the justification is blank", missing: "a justification", suppliers: ["alice"]),
      Case(
        kind: "request", role: role, met: Facts(justification: "  abcdé\n"),
        unmet: Facts(justification: "  abé  \n"),
        sentence: "the justification has 3 characters; ops asks for 5",
        missing: "a justification of 5 characters or more", suppliers: ["alice"]),
      Case(
        kind: "request", role: role, met: Facts(justification: "abcde"),
        unmet: Facts(justification: "abc de"),
        sentence: "the justification does not match [a-zé]+",
        missing: "a justification that matches [a-zé]+", suppliers: ["alice"]),
      Case(
        kind: "request", met: Facts(justification: "", settings: "requireJustification: false"),
        unmet: Facts(justification: ""), sentence: "the justification is blank",
        missing: "a justification", suppliers: ["alice"]),
    ]
  }

  private var ticketCases: [Case] {
    let pattern = Sample.role + "ticket: {pattern: \"[A-Z]+-[0-9]+\"}\n"
    let required = Sample.role + "ticket: {required: true}\n"
    return [
      Case(
        kind: "request", role: pattern, unmet: Facts(ticket: "ops-1"),
        sentence: "the ticket ops-1 does not match [A-Z]+-[0-9]+",
        missing: "a ticket that matches [A-Z]+-[0-9]+, for example ABC-123", suppliers: ["alice"]),
      Case(
        kind: "request", role: required, met: Facts(ticket: "anything"), unmet: Facts(ticket: " "),
        sentence: "ops asks for a ticket", missing: "a ticket", suppliers: ["alice"]),
      Case(
        kind: "request", role: required, met: Facts(ticket: "anything"),
        sentence: "ops asks for a ticket", missing: "a ticket", suppliers: ["alice"]),
    ]
  }

  private func openCases(_ rule: PolicyRule) -> [Case] {
    let scoped = Sample.role + "scope: {cluster: [prod, staging]}\n"
    let prod = ["cluster": "prod"]
    if rule == .duplicate {
      return [
        Case(
          kind: "request", role: scoped,
          met: Facts(scope: prod, open: [("ops", ["cluster": "staging"]), ("other", prod)]),
          unmet: Facts(scope: prod, open: [("ops", prod)]),
          sentence: "alice@example.com has an open request or grant for the same role and scope "
            + "already: 20261123T181502Z-00000002",
          missing: "an end to 20261123T181502Z-00000002: withdraw it, revoke it, or wait for it",
          suppliers: ["alice"])
      ]
    }
    return [
      Case(
        kind: "request", role: scoped + "maxActivePerPerson: 1\n",
        met: Facts(scope: prod, open: [("other", prod)]),
        unmet: Facts(scope: prod, open: [("ops", ["cluster": "staging"])]),
        sentence: "alice@example.com has 1 open grant of ops; the most is 1",
        missing: "the end of one of them", suppliers: ["alice"])
    ]
  }

  private func approvalCases(_ rule: PolicyRule) -> [Case] {
    let elsewhere = "an approval by somebody else"
    switch rule {
    case .approver:
      return ["alice2", "carol", "ci"].map {
        Case(
          kind: "approval", unmet: Facts(by: $0), sentence: "\($0)@example.com may not approve ops",
          missing: "an approval by one of those who may", suppliers: ["bob", "dave"])
      }
    case .notRequester:
      return [
        Case(
          kind: "approval", role: Self.onBehalf, unmet: Facts(requester: "bob", subject: "erin"),
          sentence: "bob@example.com asked for it, and nobody approves what they asked for",
          missing: elsewhere, suppliers: ["dave"])
      ]
    case .notSubject:
      return [
        Case(
          kind: "approval", role: Self.onBehalf, unmet: Facts(subject: "bob"),
          sentence: "bob@example.com would hold the role, and nobody approves what they would hold",
          missing: elsewhere, suppliers: ["dave"])
      ]
    case .approvesOnce:
      return [
        Case(
          kind: "approval", met: Facts(approvals: ["dave"]), unmet: Facts(approvals: ["bob"]),
          sentence: "bob@example.com has approved it already", missing: elsewhere,
          suppliers: ["dave"])
      ]
    default:
      return [
        Case(
          kind: "approval", met: Facts(approved: "PT1H"), unmet: Facts(approved: "PT1H1S"),
          sentence: "bob@example.com approves 1h1s, but 1h was asked for; an approver may "
            + "shorten, never lengthen", missing: "an approval for 1h or less", suppliers: ["bob"]
        )
      ]
    }
  }

  private var quorumCases: [Case] {
    let two = """
      requestable: {groups: [sre]}
      approval: {stages: [{from: {groups: [leads]}, quorum: 1}, {from: {principals: [carol@example.com, dave@example.com]}, quorum: 1}]}

      """
    let needs = "it needs 1 of leads, and 1 of carol@example.com, dave@example.com"
    return [
      Case(
        kind: "activation", met: Facts(approvals: ["bob"]),
        sentence: "ops has 0 of 1 approvals; it needs 1 of leads", missing: "1 more of leads",
        suppliers: ["bob", "dave"]),
      // Neither strangers, nor the requester, nor two entries by one person count.
      Case(
        kind: "activation", role: two, met: Facts(approvals: ["dave", "bob"]),
        unmet: Facts(approvals: ["dave", "dave", "erin", "alice", "ci"]),
        sentence: "ops has 1 of 2 approvals; \(needs)",
        missing: "1 more of carol@example.com, dave@example.com", suppliers: ["bob", "carol"]),
      Case(
        kind: "activation", role: two, met: Facts(approvals: ["dave", "carol"]),
        unmet: Facts(approvals: ["bob"]), sentence: "ops has 1 of 2 approvals; \(needs)",
        missing: "1 more of carol@example.com, dave@example.com", suppliers: ["carol", "dave"]),
      Case(
        kind: "activation", met: Facts(requester: "bob", approvals: ["dave"]),
        unmet: Facts(requester: "bob", approvals: ["bob"]),
        sentence: "ops has 0 of 1 approvals; it needs 1 of leads", missing: "1 more of leads",
        suppliers: ["dave"]),
    ]
  }

  private func endingCases(_ rule: PolicyRule) -> [Case] {
    if rule == .rejector {
      return ["bob", "carol"].map {
        Case(
          kind: "rejection", met: Facts(by: $0), unmet: Facts(by: "erin"),
          sentence: "erin@example.com is neither an approver of ops nor an admin",
          missing: "a rejection by somebody who may", suppliers: ["bob", "carol", "dave"])
      }
    }
    // Holder, requester, approver, admin, and whoever approved; a switched-off policy stops none.
    return ["erin", "alice", "dave", "carol", "frank"].map {
      Case(
        kind: "revocation", settings: "enabled: false",
        met: Facts(subject: "erin", approvals: ["frank"], by: $0),
        unmet: Facts(subject: "erin", approvals: ["frank"], by: "ci"),
        sentence: "ci@example.com does not hold the role, did not ask for it or approve it, and is "
          + "neither an approver of ops nor an admin",
        missing: "a revocation by somebody who may",
        suppliers: ["alice", "bob", "carol", "dave", "erin", "frank"])
    }
  }
}
