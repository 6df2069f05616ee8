import Grants
import Ledger
import Policies

/// A role as one person should see it: what it lends, on which terms, and whether they may ask.
struct RoleView {
  let role: Role
  let limit: Limit?
  /// Whether the person may ask for it now, whatever they will say in the request.
  let decision: Decision
  let policy: Policy

  /// What does not depend on how the request is worded.
  private static let standing: Set<PolicyRule> = [
    .enabled, .roleExists, .requesterEligible, .subjectAllowed, .subjectKnown, .duplicate,
    .maxActivePerPerson,
  ]
  /// What an own open grant, or a policy that is switched off, gets in the way of for a while only.
  private static let passing: Set<PolicyRule> = [.enabled, .duplicate, .maxActivePerPerson]

  init(_ role: Role, for person: Principal, in replay: Replay) {
    self.role = role
    policy = replay.belief.policy.policy
    limit = policy.durationLimit(of: role.name)
    // What is asked of a request that nobody has made yet.
    let probe = Grant(
      repository: policy.name, id: GrantID(requestedAt: replay.now, random: 0), requester: person,
      subject: person, role: role.name, justification: "",
      duration: limit?.default ?? policy.settings.defaultDuration)
    decision = Decision(
      replay.decideRequest(probe, at: replay.now).reasons.filter {
        Self.standing.contains($0.rule)
      })
  }

  /// Whether the person is among those the role is for.
  var isForThem: Bool { decision.refusals.allSatisfy { Self.passing.contains($0.rule) } }

  /// `yes`, `not now`, `no`.
  var answer: String { decision.isAllowed ? "yes" : isForThem ? "not now" : "no" }

  var approval: String { RoleWords.approval(role) }

  /// Everybody who is in some stage.
  var approvers: [Principal] {
    role.stages.reduce(into: Set<Principal>()) { $0.formUnion($1.members) }.sorted()
  }

  func text(_ style: Style) -> String {
    var sheet = Sheet()
    sheet.add("role", RoleWords.title(role.name, role), paint: style.bold)
    sheet.add("adds", lines: role.permissions)
    sheet.add("who may ask", sourced(role.requestable.words, "requestable"))
    sheet.add("for others", role.onBehalfOf.map { sourced($0.words, "onBehalfOf") })
    if let limit {
      sheet.add("longest", "\(Words.exact(limit.cap)) (\(limit.source))")
      sheet.add("usual", Words.exact(limit.default))
      sheet.add("shortest", role.minDuration.map { sourced(Words.exact($0), "duration.min") })
    }
    sheet.add("approval", "\(approval) (\(role.approvalSource))")
    if !role.isAutomatic {
      sheet.add("approvers", Words.names(approvers))
      sheet.add("waits", "\(Words.exact(policy.approvalWindow(of: role.name))) for them")
    }
    sheet.add("why", justification)
    sheet.add("ticket", ticket)
    sheet.add(
      "scope",
      lines: role.scope.sorted { $0.key < $1.key }.map {
        sourced("\($0.key)= one of \($0.value.joined(separator: ", "))", "scope.\($0.key)")
      })
    sheet.add(
      "per person",
      role.maxActivePerPerson.map { sourced("at most \($0) open at once", "maxActivePerPerson") })
    return sheet.render(style)
  }

  private func sourced(_ text: String, _ key: String) -> String {
    "\(text) (\(role.source(of: key)))"
  }

  private var justification: String {
    var parts: [String] = []
    if let least = role.justification?.minLength {
      parts.append(sourced("at least \(least) characters", "justification.minLength"))
    }
    if let pattern = role.justification?.pattern {
      parts.append(sourced("like \(pattern)", "justification.pattern"))
    }
    if !parts.isEmpty { return parts.joined(separator: ", ") }
    return policy.settings.requireJustification
      ? "needed (\(policy.settings.source(of: .requireJustification)))" : "not needed"
  }

  private var ticket: String? {
    guard let rule = role.ticket else { return nil }
    let pattern = rule.pattern.map { ", " + sourced("like \($0)", "ticket.pattern") } ?? ""
    return sourced(rule.isRequired ? "needed" : "may be given", "ticket.required") + pattern
  }

  var output: OutputValue {
    let scope = role.scope.sorted { $0.key < $1.key }.map { key, values in
      (key, OutputValue.list(values.map { .string($0) }))
    }
    return .object([
      ("role", .string(role.name.name)), ("description", .string(role.description)),
      ("risk", .optional(role.risk?.rawValue)),
      ("permissions", .list(role.permissions.map { .string($0) })),
      ("requestable", .string(role.requestable.words)),
      ("onBehalfOf", .optional(role.onBehalfOf?.words)),
      ("maxDuration", .optional(limit?.cap.iso)),
      ("maxDurationSource", .optional(limit?.source.description)),
      ("defaultDuration", .optional(limit?.default.iso)),
      ("minDuration", .optional(limit?.min.iso)), ("automatic", .bool(role.isAutomatic)),
      ("stages", .list(role.stages.map(Self.output))),
      ("approvalWindow", .string(policy.approvalWindow(of: role.name).iso)),
      ("justificationMinLength", (role.justification?.minLength).map { .int($0) } ?? .null),
      ("justificationPattern", .optional(role.justification?.pattern?.text)),
      ("ticketRequired", .bool(role.ticket?.isRequired ?? false)),
      ("ticketPattern", .optional(role.ticket?.pattern?.text)), ("scope", .object(scope)),
      ("maxActivePerPerson", role.maxActivePerPerson.map { .int($0) } ?? .null),
      ("mayAsk", DecisionWords.output(decision)),
    ])
  }

  private static func output(_ stage: Stage) -> OutputValue {
    .object([
      ("quorum", .int(stage.quorum)), ("from", .string(stage.whom)),
      ("members", .list(stage.members.sorted().map { .string($0.name) })),
    ])
  }
}
