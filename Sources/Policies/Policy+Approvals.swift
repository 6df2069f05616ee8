import Grants

extension Policy {
  /// May that person approve the grant, and for that long?
  ///
  /// Whether the approval window is still open is a question of time, which a policy cannot answer.
  ///
  /// - Parameter duration: what the approver allows instead of what was asked; nil for all of it.
  package func decideApproval(
    of grant: Grant, by approver: Principal, duration: TimeSpan?
  ) -> Decision {
    var reasons = [enabledReason(), roleReason(grant.role)]
    guard let role = roles[grant.role] else { return Decision(reasons) }
    var others: [Principal] {
      Array(approvers(of: grant).subtracting(grant.approvals.map(\.by)))
    }
    reasons += [
      approverReason(approver, role, others: others),
      reason(
        .notRequester, isMet: approver != grant.requester,
        approver == grant.requester
          ? "\(approver) asked for it, and nobody approves what they asked for"
          : "\(approver) did not ask for it",
        missing: "an approval by somebody else", suppliers: others),
      reason(
        .notSubject, isMet: approver != grant.subject,
        approver == grant.subject
          ? "\(approver) would hold the role, and nobody approves what they would hold"
          : "\(approver) would not hold the role",
        missing: "an approval by somebody else", suppliers: others),
      reason(
        .approvesOnce, isMet: grant.approval(by: approver) == nil,
        grant.approval(by: approver) == nil
          ? "\(approver) has not approved it yet" : "\(approver) has approved it already",
        missing: "an approval by somebody else", suppliers: others),
      shorteningReason(grant, approver, duration),
    ]
    let effective = duration ?? grant.duration
    let limit = durationLimit(of: role.name)
    let least = limit?.min ?? TimeSpan(seconds: 1)
    let cap = limit?.cap ?? settings.maxDuration
    reasons += [
      reason(
        .durationMinimum, isMet: effective >= least,
        "\(approver) approves \(effective.words); the shortest is \(least.words)",
        source: role.source(of: "duration.min"), missing: "an approval for \(least.words) or more",
        suppliers: [approver]),
      // Only when the cap was lowered after the request: then the approver must shorten.
      reason(
        .durationCap, isMet: effective <= cap,
        "\(approver) approves \(effective.words); the longest is \(cap.words)",
        source: limit?.source,
        missing: "an approval for \(cap.words) or less", suppliers: [approver]),
    ]
    return Decision(reasons)
  }

  private func approverReason(
    _ person: Principal, _ role: Role, others: @autoclosure () -> [Principal]
  ) -> Reason {
    let isMet = isApprover(person, of: role.name)
    return reason(
      .approver, isMet: isMet,
      isMet
        ? "\(person) may approve \(role.name)"
        : role.isAutomatic
          ? "\(role.name) needs no approval" : "\(person) may not approve \(role.name)",
      source: role.approvalSource,
      missing: role.isAutomatic ? nil : "an approval by one of those who may", suppliers: others())
  }

  private func shorteningReason(
    _ grant: Grant, _ approver: Principal, _ duration: TimeSpan?
  ) -> Reason {
    guard let duration else {
      return reason(
        .shortensOnly, isMet: true, "\(approver) approves the \(grant.duration.words) asked for")
    }
    let isMet = duration.seconds >= 1 && duration <= grant.duration
    return reason(
      .shortensOnly, isMet: isMet,
      isMet
        ? "\(approver) approves \(duration.words) of the \(grant.duration.words) asked for"
        : "\(approver) approves \(duration.words), but \(grant.duration.words) was asked for; an approver "
          + "may shorten, never lengthen",
      missing: "an approval for \(grant.duration.words) or less", suppliers: [approver])
  }

  /// Is the grant, with the approvals it carries, ready to be active?
  ///
  /// A grant longer than the cap of today is not, unless an approver shortened it: the cap may have
  /// been lowered since the request.
  package func decideActivation(of grant: Grant) -> Decision {
    var reasons = [enabledReason(), roleReason(grant.role)]
    guard let role = roles[grant.role] else { return Decision(reasons) }
    let limit = durationLimit(of: role.name)
    let cap = limit?.cap ?? settings.maxDuration
    reasons += [
      requesterReason(grant, role),
      subjectReason(grant, role),
      reason(
        .durationCap, isMet: grant.approvedDuration <= cap,
        "the grant would last \(grant.approvedDuration.words); the longest is \(cap.words)",
        source: limit?.source, missing: "an approval for \(cap.words) or less",
        suppliers: Array(approvers(of: grant))),
      quorumReason(grant, role),
    ]
    return Decision(reasons)
  }

  /// Could the grant ever have the approvals it needs, if everybody approved who may?
  ///
  /// A role can need two of three leads: when one of them asks on behalf of another, nobody can
  /// grant it.
  package func canBeApproved(_ grant: Grant) -> Bool {
    guard let role = roles[grant.role] else { return false }
    var places = Places(role.stages)
    for person in approvers(of: grant).sorted() where !places.areFilled { places.seat(person) }
    return places.areFilled
  }

  /// Are the role and its people still what the grant was made for?
  ///
  /// - Parameter known: whether the principal has a key; members of groups are known anyway.
  package func decideEligibility(
    of grant: Grant, known: (Principal) -> Bool
  ) -> Decision {
    var reasons = [roleReason(grant.role)]
    guard let role = roles[grant.role] else { return Decision(reasons) }
    reasons += [
      requesterReason(grant, role), subjectReason(grant, role),
      knownReason(grant.subject, known: known),
    ]
    return Decision(reasons)
  }

  /// The same of any grant by which that person holds the role, asked for by that requester:
  /// nothing else of it matters.
  package func decideEligibility(
    of role: RoleName, for subject: Principal, askedForBy requester: Principal,
    known: (Principal) -> Bool
  ) -> Decision {
    let grant = Grant(
      repository: name, id: GrantID(requestedAt: Timestamp(seconds: 0), random: 0),
      requester: requester, subject: subject, role: role, justification: "",
      duration: TimeSpan(seconds: 1))
    return decideEligibility(of: grant, known: known)
  }
}
