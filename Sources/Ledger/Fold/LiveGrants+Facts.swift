import Grants

extension LiveGrants {
  /// Who holds what, and who asked for it: what eligibility is decided by.
  package struct Holding: Sendable, Hashable {
    package let role: RoleName
    package let subject: Principal
    package let requester: Principal

    package init(role: RoleName, subject: Principal, requester: Principal) {
      (self.role, self.subject, self.requester) = (role, subject, requester)
    }

    package init(of grant: Grant) {
      self.init(role: grant.role, subject: grant.subject, requester: grant.requester)
    }
  }

  /// What a grant says without its words: enough to tell who holds what now, and until when.
  package struct Fact: Sendable {
    package let id: GrantID
    package let state: GrantState
    package let holding: Holding
    package let activatedAt: Timestamp?
    package let expiresAt: Timestamp?
    package let scope: [String: String]
  }

  /// Of all of them, in no order; the words of what the checkpoint has kept are passed over.
  package var facts: [Fact] {
    var facts = changed.values.map { live in
      Fact(
        id: live.grant.id, state: live.state, holding: Holding(of: live.grant),
        activatedAt: live.grant.activatedAt, expiresAt: live.grant.expiresAt,
        scope: live.grant.scope)
    }
    guard let kept else { return facts }
    facts.reserveCapacity(count)
    for index in 0..<kept.count where gone.isEmpty || !gone.contains(kept.id(at: index)) {
      facts.append(kept.fact(at: index))
    }
    return facts
  }
}
