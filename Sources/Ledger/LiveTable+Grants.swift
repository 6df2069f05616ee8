import Grants

/// What a grant says beside the fields of its record.
extension FieldWriter {
  mutating func put(rest grant: Grant, _ names: inout NameTable) {
    // First, so that it is found without the words.
    let scope = grant.scope.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    put(all: scope) { writer, pair in
      writer.put(pair.key)
      writer.put(pair.value)
    }
    put(small: names.number(of: grant.repository))
    put(grant.duration.seconds)
    put(grant.justification)
    put(optional: grant.ticket) { $0.put($1) }
    put(optional: grant.startAt) { $0.put($1) }
    put(optional: grant.renews) { $0.put($1.description) }
    put(grant.breakGlass)
    put(small: grant.approvals.count)
    for approval in grant.approvals {
      put(small: names.number(of: approval.by.name))
      put(approval.at)
      put(approval.comment)
      put(optional: approval.duration) { $0.put($1.seconds) }
    }
    put(small: grant.reviews.count)
    for review in grant.reviews {
      put(small: names.number(of: review.by.name))
      put(review.at)
      put(review.comment)
    }
  }
}

extension FieldReader {
  /// The scope of a grant whose other fields are left unread.
  mutating func scopeAlone() -> [String: String]? {
    list({ reader in
      reader.text().flatMap { key in reader.text().map { (key, $0) } }
    }).map { $0.isEmpty ? [:] : Dictionary($0, uniquingKeysWith: { first, _ in first }) }
  }

  /// What ``FieldWriter/put(rest:_:)`` has written.
  mutating func grant(
    _ id: GrantID, requester: Principal, subject: Principal, role: RoleName, names: [String]
  ) -> Grant? {
    guard let scope = scopeAlone(), let repository = name(names), let duration = span(),
      let justification = text(),
      let ticket = optional({ $0.text() }), let startAt = optional({ $0.moment() }),
      let renews = optional({ $0.text().flatMap { GrantID($0) } }), let breakGlass = flag(),
      let approvals = list({ $0.approval(names) }), let reviews = list({ $0.review(names) })
    else { return nil }
    return Grant(
      repository: repository, id: id, requester: requester, subject: subject, role: role,
      scope: scope,
      justification: justification, ticket: ticket, duration: duration, startAt: startAt,
      renews: renews, breakGlass: breakGlass, approvals: approvals, reviews: reviews)
  }

  private mutating func approval(_ names: [String]) -> Approval? {
    guard let by = name(names).map({ Principal(trusted: $0) }), let at = moment(),
      let comment = text(), let duration = optional({ $0.span() })
    else { return nil }
    return Approval(by: by, at: at, comment: comment, duration: duration)
  }

  private mutating func review(_ names: [String]) -> Review? {
    guard let by = name(names).map({ Principal(trusted: $0) }), let at = moment(),
      let comment = text()
    else { return nil }
    return Review(by: by, at: at, comment: comment)
  }
}
