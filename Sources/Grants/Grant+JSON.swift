extension Grant {
  /// The file's only legal bytes.
  package var canonicalBytes: [UInt8] { json.canonicalBytes }

  private var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("schema", .string(Self.schema)),
      ("repository", .string(repository)),
      ("id", .string(id.description)),
      ("requester", .string(requester.name)),
      ("subject", .string(subject.name)),
      ("role", .string(role.name)),
      ("justification", .string(justification)),
      ("requestedAt", .string(requestedAt.description)),
      ("duration", .string(duration.iso)),
      ("approvals", .array(approvals.map(\.json))),
    ]
    if !scope.isEmpty { members.append(("scope", .object(scope.map { ($0, .string($1)) }))) }
    if let ticket { members.append(("ticket", .string(ticket))) }
    if let startAt { members.append(("startAt", .string(startAt.description))) }
    if let renews { members.append(("renews", .string(renews.description))) }
    if breakGlass { members.append(("breakGlass", .bool(true))) }
    if let activatedAt { members.append(("activatedAt", .string(activatedAt.description))) }
    if let expiresAt { members.append(("expiresAt", .string(expiresAt.description))) }
    if let closed { members.append(("closed", closed.json)) }
    if !reviews.isEmpty { members.append(("reviews", .array(reviews.map(\.json)))) }
    return .object(members)
  }

  /// Reads a grant file, which has one legal spelling.
  ///
  /// - Throws: ``GrantFormatError`` for a file larger than ``largestFile``, one that
  ///   ``init(lenient:)`` refuses, or one whose bytes are not ``canonicalBytes`` of what it says.
  package init(canonical bytes: [UInt8]) throws(GrantFormatError) {
    if let plain = Grant(plainCanonical: bytes) {
      self = plain
      return
    }
    let grant = try Grant(lenient: bytes)
    guard grant.canonicalBytes == bytes else {
      throw GrantFormatError("is not in canonical form; run `daypass fmt` on it")
    }
    self = grant
  }

  /// Reads a grant file in any layout of JSON and any spelling of durations, as `daypass fmt` does.
  ///
  /// - Throws: ``GrantFormatError`` for a missing or unknown key, a value of the wrong type or out
  ///   of bounds, an unknown schema.
  package init(lenient bytes: [UInt8]) throws(GrantFormatError) {
    guard bytes.count <= Self.largestFile else {
      throw GrantFormatError("is larger than \(Self.largestFile / 1_024) KiB")
    }
    var members = try JSONMembers(JSONValue(parsing: bytes), of: "the grant")
    let schema = try members.string("schema")
    guard schema == Self.schema else {
      throw GrantFormatError("has schema \"\(Text.printable(schema))\"; expected \(Self.schema)")
    }
    repository = try members.text("repository", longest: 128)
    id = try members.value("id", "a grant id such as 20261123T181502Z-k3f9q2xw") { GrantID($0) }
    requester = try members.principal("requester")
    subject = try members.principal("subject")
    role = try members.value("role", "a role name") { RoleName($0) }
    scope = try members.optionalScope("scope")
    justification = try members.text("justification", multiline: true)
    ticket = try members.optional("ticket") { (m, k) throws(GrantFormatError) in
      try m.text(k, longest: 256)
    }
    let requestedAt = try members.moment("requestedAt")
    guard requestedAt == id.requestedAt else {
      throw GrantFormatError("has a requestedAt other than the time in its id")
    }
    duration = try members.span("duration")
    startAt = try members.optional("startAt") { (m, k) throws(GrantFormatError) in
      try m.moment(k)
    }
    renews = try members.optional("renews") { (m, k) throws(GrantFormatError) in
      try m.value(k, "a grant id") { GrantID($0) }
    }
    breakGlass = try members.flag("breakGlass")
    approvals = try members.list("approvals", required: true) { (m) throws(GrantFormatError) in
      try Approval(&m)
    }
    activatedAt = try members.optional("activatedAt") { (m, k) throws(GrantFormatError) in
      try m.moment(k)
    }
    expiresAt = try members.optional("expiresAt") { (m, k) throws(GrantFormatError) in
      try m.moment(k)
    }
    closed = try members.optional("closed") { (m, k) throws(GrantFormatError) in
      try m.nested(k) { (inner) throws(GrantFormatError) in try Closure(&inner) }
    }
    reviews = try members.list("reviews", required: false) { (m) throws(GrantFormatError) in
      try Review(&m)
    }
    try members.finish()
  }

  /// Why the grant cannot lie in that state, or nil if it can.
  package func objection(in state: GrantState) -> String? {
    let dated = (activatedAt != nil, expiresAt != nil)
    switch state {
    case .pending:
      return dated == (false, false) && closed == nil
        ? nil : "a pending grant has no activatedAt, expiresAt or closed"
    case .active:
      return dated == (true, true) && closed == nil
        ? nil : "an active grant has activatedAt and expiresAt, and no closed"
    case .closed:
      return closed != nil && dated.0 == dated.1
        ? nil : "a closed grant has closed, and both or neither of activatedAt and expiresAt"
    }
  }
}

extension Approval {
  fileprivate var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("by", .string(by.name)), ("at", .string(at.description)), ("comment", .string(comment)),
    ]
    if let duration { members.append(("duration", .string(duration.iso))) }
    return .object(members)
  }

  fileprivate init(_ members: inout JSONMembers) throws(GrantFormatError) {
    by = try members.principal("by")
    at = try members.moment("at")
    comment = try members.text("comment", multiline: true)
    duration = try members.optional("duration") { (m, k) throws(GrantFormatError) in
      try m.span(k)
    }
  }
}

extension Closure {
  fileprivate var json: JSONValue {
    .object([
      ("outcome", .string(outcome.rawValue)), ("by", .string(by.name)),
      ("at", .string(at.description)), ("reason", .string(reason)),
    ])
  }

  fileprivate init(_ members: inout JSONMembers) throws(GrantFormatError) {
    let names = Outcome.allCases.map(\.rawValue).joined(separator: ", ")
    outcome = try members.value("outcome", "one of \(names)") { Outcome(rawValue: $0) }
    by = try members.principal("by")
    at = try members.moment("at")
    reason = try members.text("reason", multiline: true)
  }
}

extension Review {
  fileprivate var json: JSONValue {
    .object([
      ("by", .string(by.name)), ("at", .string(at.description)), ("comment", .string(comment)),
    ])
  }

  fileprivate init(_ members: inout JSONMembers) throws(GrantFormatError) {
    by = try members.principal("by")
    at = try members.moment("at")
    comment = try members.text("comment", multiline: true)
  }
}
