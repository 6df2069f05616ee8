import Grants

/// Taking away is never switched off and asks for no more than standing: a role that is gone or a
/// policy that is disabled keeps nobody from ending what they may end.
extension Policy {
  /// May that person end the active grant?
  ///
  /// The holder, the requester, an approver of the role, an admin, or whoever's approval the grant
  /// carries.
  package func decideRevocation(of grant: Grant, by person: Principal) -> Decision {
    let standing: String? =
      if person == grant.subject {
        "holds the role"
      } else if person == grant.requester {
        "asked for it"
      } else if isApprover(person, of: grant.role) {
        "is an approver of \(grant.role)"
      } else if isAdmin(person) {
        "is an admin"
      } else if grant.approval(by: person) != nil {
        "approved it"
      } else {
        nil
      }
    return Decision([
      Reason(
        .revoker, isMet: standing != nil,
        standing.map { "\(person) \($0)" }
          ?? "\(person) does not hold the role, did not ask for it or approve it, and is neither "
          + "an approver of \(grant.role) nor an admin",
        source: sourceOfApprovers(grant.role), missing: "a revocation by somebody who may",
        suppliers: approvers(of: grant)
          .union([grant.subject, grant.requester])
          .union(admins)
          .union(grant.approvals.map(\.by)))
    ])
  }

  /// May that person reject the pending grant?
  ///
  /// An approver of the role or an admin; requester and subject withdraw or revoke instead.
  package func decideRejection(of grant: Grant, by person: Principal) -> Decision {
    let others = approvers(of: grant).union(admins).subtracting([grant.requester, grant.subject])
    let isMet = isApprover(person, of: grant.role) || isAdmin(person)
    return Decision([
      Reason(
        .rejector, isMet: isMet,
        isMet
          ? "\(person) may reject requests for \(grant.role)"
          : "\(person) is neither an approver of \(grant.role) nor an admin",
        source: sourceOfApprovers(grant.role), missing: "a rejection by somebody who may",
        suppliers: others),
      Reason(
        .notRequester, isMet: person != grant.requester,
        person == grant.requester
          ? "\(person) asked for it, and withdraws instead of rejecting"
          : "\(person) did not ask for it",
        missing: "a withdrawal instead", suppliers: [grant.requester]),
      Reason(
        .notSubject, isMet: person != grant.subject,
        person == grant.subject
          ? "\(person) would hold the role, and cannot reject it"
          : "\(person) would not hold the role",
        missing: "a rejection by somebody else, or a withdrawal",
        suppliers: others.union([grant.requester])),
    ])
  }

  private func sourceOfApprovers(_ role: RoleName) -> SourceLine {
    roles[role]?.approvalSource ?? source(of: "admins")
  }
}
