import Grants

extension Policy {
  /// May this be asked for? Also asked of an amendment.
  package func decideRequest(_ grant: Grant, facts: RequestFacts) -> Decision {
    var reasons = [enabledReason(), roleReason(grant.role)]
    guard let role = roles[grant.role] else { return Decision(reasons) }
    reasons += [
      supportedReason(grant),
      requesterReason(grant, role),
      subjectReason(grant, role),
      knownReason(grant.subject) { facts.known.contains($0) },
      scopeReason(grant, role),
      minimumReason(grant, role),
      capReason(grant, role),
      justificationReason(grant, role),
      ticketReason(grant, role),
    ]
    let open = facts.open.filter {
      $0.id != grant.id && $0.subject == grant.subject && $0.role == grant.role
    }
    reasons += [duplicateReason(grant, open), perPersonReason(grant, role, open)]
    return Decision(reasons)
  }

  private func supportedReason(_ grant: Grant) -> Reason {
    let unsupported = [
      grant.startAt == nil ? nil : "startAt", grant.renews == nil ? nil : "renews",
      grant.breakGlass ? "breakGlass" : nil,
    ].compactMap(\.self)
    let words = unsupported.joined(separator: ", ")
    return reason(
      .supported, isMet: unsupported.isEmpty,
      unsupported.isEmpty
        ? "this version supports everything the request asks for"
        : "\(words) is not supported by this version",
      missing: "a request without \(words)", suppliers: [grant.requester])
  }

  private func minimumReason(_ grant: Grant, _ role: Role) -> Reason {
    let least = durationLimit(of: role.name)?.min ?? TimeSpan(seconds: 1)
    return reason(
      .durationMinimum, isMet: grant.duration >= least,
      "\(grant.requester) asked for \(grant.duration.words); the shortest is \(least.words)",
      source: role.source(of: "duration.min"), missing: "a duration of \(least.words) or more",
      suppliers: [grant.requester])
  }

  private func capReason(_ grant: Grant, _ role: Role) -> Reason {
    let limit = durationLimit(of: role.name)
    let cap = limit?.cap ?? settings.maxDuration
    return reason(
      .durationCap, isMet: grant.duration <= cap,
      "\(grant.requester) asked for \(grant.duration.words); the longest is \(cap.words)",
      source: limit?.source, missing: "a duration of \(cap.words) or less",
      suppliers: [grant.requester])
  }

  private func scopeReason(_ grant: Grant, _ role: Role) -> Reason {
    func refused(_ sentence: String, _ missing: String, key: String = "scope") -> Reason {
      reason(
        .scope, isMet: false, sentence, source: role.source(of: key), missing: missing,
        suppliers: [grant.requester])
    }
    for key in grant.scope.keys.sorted() where role.scope[key] == nil {
      let name = Text.printable(key)
      return refused(
        "\(role.name) has no scope \"\(name)\"", "a request without the scope \"\(name)\"")
    }
    for (key, allowed) in role.scope.sorted(by: { $0.key < $1.key }) {
      let choice = "\(key) as one of \(allowed.joined(separator: ", "))"
      guard let value = grant.scope[key] else {
        return refused("the request lacks the scope \"\(key)\"", choice, key: "scope.\(key)")
      }
      guard allowed.contains(where: { $0.utf8.elementsEqual(value.utf8) }) else {
        return refused(
          "\"\(Text.printable(value))\" is not allowed as \(key)", choice, key: "scope.\(key)")
      }
    }
    return reason(
      .scope, isMet: true,
      role.scope.isEmpty ? "\(role.name) has no scope to choose" : "the scope is allowed",
      source: role.source(of: "scope"))
  }

  private func justificationReason(_ grant: Grant, _ role: Role) -> Reason {
    let text = Trimming.trimmed(grant.justification)
    func refused(_ sentence: String, _ missing: String, _ source: SourceLine) -> Reason {
      reason(
        .justification, isMet: false, sentence, source: source, missing: missing,
        suppliers: [grant.requester])
    }
    if settings.requireJustification, text.isEmpty {
      return refused(
        "the justification is blank", "a justification",
        settings.source(of: .requireJustification))
    }
    let length = text.unicodeScalars.count
    if let least = role.justification?.minLength, length < least {
      return refused(
        "the justification has \(length) characters; \(role.name) asks for \(least)",
        "a justification of \(least) characters or more",
        role.source(of: "justification.minLength"))
    }
    if let pattern = role.justification?.pattern, !pattern.matches(text) {
      return refused(
        "the justification does not match \(pattern)", "a justification that matches \(pattern)",
        role.source(of: "justification.pattern"))
    }
    return reason(
      .justification, isMet: true, "the justification is good enough",
      source: role.justification == nil
        ? settings.source(of: .requireJustification) : role.source(of: "justification"))
  }

  private func ticketReason(_ grant: Grant, _ role: Role) -> Reason {
    let ticket = grant.ticket.flatMap { Trimming.trimmed($0).isEmpty ? nil : $0 }
    func answer(_ isMet: Bool, _ sentence: String, _ missing: String, _ key: String) -> Reason {
      reason(
        .ticket, isMet: isMet, sentence, source: role.ticket == nil ? nil : role.source(of: key),
        missing: missing, suppliers: [grant.requester])
    }
    guard let ticket else {
      return role.ticket?.isRequired == true
        ? answer(false, "\(role.name) asks for a ticket", "a ticket", "ticket.required")
        : answer(true, "\(role.name) asks for no ticket", "", "ticket.required")
    }
    guard let pattern = role.ticket?.pattern else {
      return answer(true, "there is a ticket", "", "ticket")
    }
    if pattern.matches(ticket) {
      return answer(true, "the ticket matches \(pattern)", "", "ticket.pattern")
    }
    let example = pattern.example.map { ", for example \($0)" } ?? ""
    return answer(
      false, "the ticket \(Text.printable(ticket)) does not match \(pattern)",
      "a ticket that matches \(pattern)\(example)", "ticket.pattern")
  }

  private func duplicateReason(_ grant: Grant, _ open: [Grant]) -> Reason {
    let same = open.filter { $0.scope == grant.scope }.min { $0.id < $1.id }
    return reason(
      .duplicate, isMet: same == nil,
      same.map {
        "\(grant.subject) has an open request or grant for the same role and scope already: \($0.id)"
      } ?? "\(grant.subject) has no open request or grant for the same role and scope",
      missing: same.map { "an end to \($0.id): withdraw it, revoke it, or wait for it" },
      suppliers: [grant.requester, grant.subject])
  }

  private func perPersonReason(_ grant: Grant, _ role: Role, _ open: [Grant]) -> Reason {
    guard let most = role.maxActivePerPerson else {
      return reason(
        .maxActivePerPerson, isMet: true, "\(role.name) sets no number of grants per person")
    }
    return reason(
      .maxActivePerPerson, isMet: open.count < most,
      "\(grant.subject) has \(open.count) open grant\(open.count == 1 ? "" : "s") of \(role.name); "
        + "the most is \(most)",
      source: role.source(of: "maxActivePerPerson"), missing: "the end of one of them",
      suppliers: [grant.subject])
  }
}
