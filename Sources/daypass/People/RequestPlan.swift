import Grants
import Ledger
import Policies

/// What a request, or an amended one, will come to: which cap applies, who decides, until when.
struct RequestPlan {
  let grant: Grant
  /// Pending, or active at once where the role needs no approval.
  let state: GrantState
  /// Whether the duration is the role's default rather than what was asked.
  let isDefault: Bool
  let belief: Belief
  let now: Timestamp

  private var policy: Policy { belief.policy.policy }

  var sheet: Sheet {
    var sheet = Sheet()
    let role = policy.roles[grant.role]
    sheet.add("role", RoleWords.title(grant.role, role))
    if grant.subject != grant.requester {
      sheet.add("for", "\(grant.subject), on whose behalf \(grant.requester) asks")
    }
    sheet.add("why", grant.justification)
    sheet.add("ticket", grant.ticket)
    sheet.add("scope", Words.scope(grant.scope))
    sheet.add("duration", duration)
    if let limit = policy.durationLimit(of: grant.role) {
      sheet.add("at most", "\(Words.exact(limit.cap)), set by \(limit.source)")
    }
    if state == .active {
      sheet.add("approval", "none is needed: it is active at once")
      sheet.add("ends", grant.expiresAt.map { Words.full($0, at: now) })
    } else {
      addApproval(&sheet)
    }
    return sheet
  }

  private var duration: String {
    let text = Words.exact(grant.duration)
    guard isDefault, let role = policy.roles[grant.role] else { return text }
    let source =
      role.defaultDuration == nil
      ? policy.settings.source(of: .defaultDuration) : role.source(of: "duration.default")
    return "\(text), the default (\(source))"
  }

  private func addApproval(_ sheet: inout Sheet) {
    guard let quorum = policy.quorum(of: grant) else { return }
    sheet.add("approvals", "\(quorum.need) needed: \(quorum.words) (\(quorum.source))")
    sheet.add("approvers", Words.names(quorum.suppliers))
    let deadline = belief.decisionDeadline(of: grant)
    sheet.add("decided by", "\(Words.full(deadline, at: now)); undecided it lapses")
  }

  /// Whether too few approvers are left without requester and subject: then it will only lapse.
  var isHopeless: Bool { state == .pending && !policy.canBeApproved(grant) }

  func outcome(_ views: [GrantView]) -> String {
    let grant = views.first?.grant ?? grant
    let whose = grant.subject == grant.requester ? "" : " for \(grant.subject)"
    if let end = grant.expiresAt {
      return "\(Words.role(grant))\(whose) is active until \(Words.both(end)): \(grant.id)"
    }
    return "asked for \(Words.role(grant))\(whose) for \(Words.exact(grant.duration)): \(grant.id)"
  }

  /// The reviewer's next command, or the holder's.
  func next(_ views: [GrantView]) -> NextStep? {
    let grant = views.first?.grant ?? grant
    guard grant.expiresAt == nil else {
      return NextStep(command: "daypass revoke \(grant.id.short)", note: "to end it early")
    }
    guard !isHopeless else {
      return NextStep(command: "daypass withdraw \(grant.id.short)", note: "nobody can grant it")
    }
    let approvers = policy.quorum(of: grant)?.suppliers ?? []
    return NextStep(command: "daypass approve \(grant.id.short)", by: approvers)
  }
}

/// How a role is said.
enum RoleWords {
  /// `prod-admin, high risk: Administer the production cluster`.
  static func title(_ name: RoleName, _ role: Role?) -> String {
    guard let role else { return "\(name), which the policy no longer has" }
    let risk = role.risk.map { ", \($0.rawValue) risk" } ?? ""
    return "\(name)\(risk)" + (role.description.isEmpty ? "" : ": \(role.description)")
  }

  /// `1 of leads, and 2 of security`; `none` for a role that goes without.
  static func approval(_ role: Role) -> String {
    role.isAutomatic
      ? "none" : role.stages.map { "\($0.quorum) of \($0.whom)" }.joined(separator: ", and ")
  }
}
