/// A grant: who shall hold which role, why, how long, and what has become of it.
///
/// The *request* is every field down to ``breakGlass``; the rest is bookkeeping that later
/// transitions add. `docs/format.md` describes the file.
package struct Grant: Sendable, Hashable {
  /// The value of `schema` in every file this version reads and writes.
  package static let schema = "daypass/grant/v1"
  /// The largest file, in bytes.
  package static let largestFile = 65_536
  /// The largest file of a grant that is not closed; the rest is room for the closing entry, whose
  /// reason can take twice ``Text/longest`` bytes.
  package static let largestOpenFile = largestFile - 10_240

  /// The `name` of the policy the grant was requested under, so that a signature made in a copy of
  /// a repository counts nowhere else.
  package var repository: String
  package var id: GrantID
  package var requester: Principal
  /// Who shall hold the role; the requester unless the role allows asking for others.
  package var subject: Principal
  package var role: RoleName
  package var scope: [String: String]
  package var justification: String
  package var ticket: String?
  package var duration: TimeSpan
  package var startAt: Timestamp?
  package var renews: GrantID?
  package var breakGlass: Bool

  package var approvals: [Approval]
  package var activatedAt: Timestamp?
  package var expiresAt: Timestamp?
  package var closed: Closure?
  package var reviews: [Review]

  package init(
    repository: String, id: GrantID, requester: Principal, subject: Principal, role: RoleName,
    scope: [String: String] = [:], justification: String, ticket: String? = nil,
    duration: TimeSpan, startAt: Timestamp? = nil, renews: GrantID? = nil,
    breakGlass: Bool = false, approvals: [Approval] = [], activatedAt: Timestamp? = nil,
    expiresAt: Timestamp? = nil, closed: Closure? = nil, reviews: [Review] = []
  ) {
    self.repository = repository
    self.id = id
    self.requester = requester
    self.subject = subject
    self.role = role
    self.scope = scope
    self.justification = justification
    self.ticket = ticket
    self.duration = duration
    self.startAt = startAt
    self.renews = renews
    self.breakGlass = breakGlass
    self.approvals = approvals
    self.activatedAt = activatedAt
    self.expiresAt = expiresAt
    self.closed = closed
    self.reviews = reviews
  }

  /// When it was asked for: the time in the id, and equal to it in the file.
  package var requestedAt: Timestamp { id.requestedAt }

  /// The grant as it was asked for, without what came after: what an approval binds.
  package var request: Grant {
    var bare = self
    bare.approvals = []
    bare.activatedAt = nil
    bare.expiresAt = nil
    bare.closed = nil
    bare.reviews = []
    return bare
  }

  /// The approval that person gave, if any.
  package func approval(by person: Principal) -> Approval? { approvals.first { $0.by == person } }

  /// When the clock starts once the approvals suffice: the last approval's time.
  package var lastApprovedAt: Timestamp? { approvals.map(\.at).max() }

  /// The shortest of what was asked and what each approver allowed.
  package var approvedDuration: TimeSpan {
    approvals.compactMap(\.duration).min().map { min($0, duration) } ?? duration
  }

  /// Whether the grant has run out: `now >= expiresAt` is expired, everywhere.
  package func isExpired(at now: Timestamp) -> Bool {
    expiresAt.map { now >= $0 } ?? false
  }
}

/// One person's consent to a request.
package struct Approval: Sendable, Hashable {
  package var by: Principal
  package var at: Timestamp
  package var comment: String
  /// Set when the approver allows less than was asked.
  package var duration: TimeSpan?

  package init(by: Principal, at: Timestamp, comment: String = "", duration: TimeSpan? = nil) {
    self.by = by
    self.at = at
    self.comment = comment
    self.duration = duration
  }
}

/// How and why a grant ended.
package struct Closure: Sendable, Hashable {
  package enum Outcome: String, Sendable, Hashable, CaseIterable {
    case rejected, withdrawn, lapsed, revoked, expired, ineligible
  }

  package var outcome: Outcome
  package var by: Principal
  package var at: Timestamp
  package var reason: String

  package init(outcome: Outcome, by: Principal, at: Timestamp, reason: String) {
    self.outcome = outcome
    self.by = by
    self.at = at
    self.reason = reason
  }
}

/// A look back at a break-glass grant.
package struct Review: Sendable, Hashable {
  package var by: Principal
  package var at: Timestamp
  package var comment: String

  package init(by: Principal, at: Timestamp, comment: String) {
    self.by = by
    self.at = at
    self.comment = comment
  }
}
