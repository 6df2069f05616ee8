import Grants

extension GrantView {
  /// The grant for programs: the file's fields, and what follows from clock and policy.
  var output: OutputValue { .object(members) }

  /// The same of a grant that nobody has signed for: the id it was drafted with will not be its id.
  var outputWithoutID: OutputValue {
    .object(members.map { ["id", "short"].contains($0.0) ? ($0.0, .null) : $0 })
  }

  var members: [(String, OutputValue)] {
    [
      ("id", .string(grant.id.description)), ("short", .string(grant.id.short)),
      ("state", .string(state.rawValue)), ("status", .string(status.word)),
      ("branch", .optional(lane)), ("awaitsReconciler", .bool(isAwaitingPin)),
      ("role", .string(grant.role.name)),
      ("subject", .string(grant.subject.name)),
      ("requester", .string(grant.requester.name)),
      ("scope", Self.output(scope: grant.scope)),
      ("justification", .string(grant.justification)), ("ticket", .optional(grant.ticket)),
      ("requestedAt", .string(grant.requestedAt.description)),
      ("duration", .string(grant.duration.iso)),
      ("decideBefore", .optional(deadline?.description)),
      ("approvals", .list(grant.approvals.map(Self.output))),
      ("approvalsHave", quorum.map { .int($0.have) } ?? .null),
      ("approvalsNeed", quorum.map { .int($0.need) } ?? .null),
      ("couldApprove", .list((quorum?.suppliers ?? []).map { .string($0.name) })),
      ("activatedAt", .optional(grant.activatedAt?.description)),
      ("expiresAt", .optional(grant.expiresAt?.description)),
      ("secondsLeft", secondsLeft),
      ("closed", grant.closed.map(Self.output) ?? .null),
    ]
  }

  static func output(scope: [String: String]) -> OutputValue {
    .object(scope.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
  }

  /// Of an active grant until its end, of a pending one until it lapses.
  private var secondsLeft: OutputValue {
    guard let moment, state != .closed else { return .null }
    return .int(max(0, Int((moment - now).seconds)))
  }

  private static func output(_ approval: Approval) -> OutputValue {
    .object([
      ("by", .string(approval.by.name)), ("at", .string(approval.at.description)),
      ("comment", .string(approval.comment)), ("duration", .optional(approval.duration?.iso)),
    ])
  }

  private static func output(_ closure: Closure) -> OutputValue {
    .object([
      ("outcome", .string(closure.outcome.rawValue)), ("by", .string(closure.by.name)),
      ("at", .string(closure.at.description)), ("reason", .string(closure.reason)),
    ])
  }
}
