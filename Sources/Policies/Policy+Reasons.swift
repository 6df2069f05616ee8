import Grants

/// The reasons that more than one decision needs.
extension Policy {
  /// A reason, in words unless nobody will read them.
  func reason(
    _ rule: PolicyRule, isMet: Bool, _ sentence: @autoclosure () -> String,
    source: @autoclosure () -> SourceLine? = nil, missing: @autoclosure () -> String? = nil,
    suppliers: @autoclosure () -> [Principal] = []
  ) -> Reason {
    if isMet, isTerse { return Reason(rule, isMet: true, "") }
    return Reason(
      rule, isMet: isMet, sentence(), source: source(), missing: missing(),
      suppliers: suppliers())
  }

  func enabledReason() -> Reason {
    reason(
      .enabled, isMet: settings.enabled,
      settings.enabled
        ? "the policy admits requests and approvals"
        : "the policy admits no requests or approvals at present",
      source: settings.source(of: .enabled), missing: "\"enabled: true\" in the settings",
      suppliers: admins)
  }

  func roleReason(_ name: RoleName) -> Reason {
    let exists = roles[name] != nil
    return reason(
      .roleExists, isMet: exists,
      exists ? "there is a role \(name)" : "there is no role \(name)",
      source: exists ? SourceLine(file: PolicyFile.role(name), line: 1) : nil,
      missing: "a file \(PolicyFile.role(name))", suppliers: admins)
  }

  func requesterReason(_ grant: Grant, _ role: Role) -> Reason {
    let isMachine = isReconciler(grant.requester)
    let isMet = !isMachine && role.requestable.contains(grant.requester)
    return reason(
      .requesterEligible, isMet: isMet,
      isMet
        ? "\(grant.requester) may ask for \(role.name)"
        : isMachine
          ? "\(grant.requester) is a reconciler, which may ask for nothing"
          : "\(grant.requester) may not ask for \(role.name)",
      source: isMachine ? source(of: "reconcilers") : role.source(of: "requestable"),
      missing: isMachine
        ? nil : "\(grant.requester) among those who may ask: \(role.requestable.words)",
      suppliers: isMachine ? [] : admins)
  }

  func subjectReason(_ grant: Grant, _ role: Role) -> Reason {
    let subject = grant.subject
    if isReconciler(subject) {
      return reason(
        .subjectAllowed, isMet: false, "\(subject) is a reconciler, which may hold nothing",
        source: source(of: "reconcilers"))
    }
    if subject == grant.requester {
      return reason(
        .subjectAllowed, isMet: true, "\(subject) would hold the role",
        source: role.source(of: "requestable"))
    }
    guard let others = role.onBehalfOf else {
      return reason(
        .subjectAllowed, isMet: false,
        "\(role.name) can be asked for oneself only, not on behalf of \(subject)",
        source: role.source(of: "onBehalfOf"), missing: "a request by \(subject)",
        suppliers: [subject])
    }
    let isMet = others.contains(subject)
    return reason(
      .subjectAllowed, isMet: isMet,
      "\(role.name) \(isMet ? "may" : "may not") be asked for on behalf of \(subject)",
      source: role.source(of: "onBehalfOf"),
      missing: "\(subject) among those it may be asked for: \(others.words)", suppliers: admins)
  }

  func knownReason(_ subject: Principal, known: (Principal) -> Bool) -> Reason {
    let isMet = groupMembers.contains(subject) || known(subject)
    return reason(
      .subjectKnown, isMet: isMet,
      isMet ? "\(subject) is known" : "\(subject) has no key and is in no group",
      missing: "\(subject) in \(PolicyFile.signers) or in a group", suppliers: admins)
  }

  /// - Parameter grant: with the approvals it has.
  func quorumReason(_ grant: Grant, _ role: Role) -> Reason {
    if role.isAutomatic {
      return reason(
        .quorum, isMet: true, "\(role.name) needs no approval", source: role.approvalSource)
    }
    if isTerse, places(of: grant, role).places.areFilled {
      return Reason(.quorum, isMet: true, "")
    }
    let state = quorum(of: grant)
    let have = state?.have ?? 0
    let need = state?.need ?? 0
    return reason(
      .quorum, isMet: state?.isFilled ?? true,
      "\(role.name) has \(have) of \(need) approvals; it needs \(state?.words ?? "none")",
      source: state?.source, missing: state?.missing, suppliers: state?.suppliers ?? [])
  }
}
