import Grants

extension FieldReader {
  /// The policy that was written there; nil where it makes no sense.
  package mutating func policy(_ names: [String]) -> Policy? {
    var policy = Policy()
    guard let name = text(), let serial = number(), let landing = text().flatMap(Landing.init),
      let settings = settings(), let admins = people(names), let adminQuorum = number(),
      let reconcilers = people(names),
      let groups = list({ reader in
        reader.text().flatMap { name in reader.people(names).map { (name, Set($0)) } }
      }),
      let roles = list({ $0.role(names) }),
      let people = list({ reader in
        reader.name(names).flatMap { name in
          reader.source().map { (Principal(trusted: name), $0) }
        }
      }),
      let groupMembers = self.people(names), let lines = lines()
    else { return nil }
    policy.name = name
    policy.serial = Int(serial)
    policy.landing = landing
    policy.settings = settings
    policy.admins = admins
    policy.adminQuorum = Int(adminQuorum)
    policy.reconcilers = Set(reconcilers)
    policy.groups = Dictionary(groups, uniquingKeysWith: { first, _ in first })
    policy.roles = Dictionary(
      roles.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    policy.people = Dictionary(people, uniquingKeysWith: { first, _ in first })
    policy.groupMembers = Set(groupMembers)
    policy.lines = lines
    return policy
  }

  private mutating func people(_ names: [String]) -> [Principal]? {
    list { $0.name(names).map { Principal(trusted: $0) } }
  }

  private mutating func lines() -> [String: Int]? {
    list { reader in reader.text().flatMap { key in reader.small().map { (key, $0) } } }
      .map { Dictionary($0, uniquingKeysWith: { first, _ in first }) }
  }

  private mutating func source() -> SourceLine? {
    text().flatMap { file in small().map { SourceLine(file: file, line: $0) } }
  }

  private mutating func settings() -> Settings? {
    var settings = Settings()
    guard let enabled = flag(), let requireJustification = flag(), let requireApproval = flag(),
      let maxDuration = span(), let defaultDuration = span(), let approvalTimeout = span(),
      let skew = span(), let landingWindow = span(), let policyLandingWindow = span(),
      let heartbeat = span(), let retention = span(), let freshness = span()
    else { return nil }
    for setting in Setting.allCases {
      guard let line = optional({ $0.small() }) else { return nil }
      settings.lines[setting] = line
    }
    guard let line = small() else { return nil }
    settings.enabled = enabled
    settings.requireJustification = requireJustification
    settings.requireApproval = requireApproval
    settings.maxDuration = maxDuration
    settings.defaultDuration = defaultDuration
    settings.approvalTimeout = approvalTimeout
    settings.skew = skew
    settings.landingWindow = landingWindow
    settings.policyLandingWindow = policyLandingWindow
    settings.heartbeat = heartbeat
    settings.retention = retention
    settings.freshness = freshness
    settings.line = line
    return settings
  }

  private mutating func role(_ names: [String]) -> Role? {
    guard let name = name(names), let description = text(),
      let risk = optional({ $0.text().flatMap(Risk.init) }), let permissions = list({ $0.text() }),
      let requestable = group(names), let onBehalfOf = optional({ $0.group(names) }),
      let minDuration = optional({ $0.span() }), let defaultDuration = optional({ $0.span() }),
      let maxDuration = optional({ $0.span() }), let approvalWindow = optional({ $0.span() }),
      let stages = list({ $0.stage(names) }), let isAutomatic = flag(),
      let justification = optional({ reader in
        reader.optional({ $0.small() }).flatMap { least in
          reader.pattern().map { TextRule(minLength: least, pattern: $0) }
        }
      }),
      let ticket = optional({ reader in
        reader.flag().flatMap { isRequired in
          reader.pattern().map { TicketRule(isRequired: isRequired, pattern: $0) }
        }
      }),
      let maxActivePerPerson = optional({ $0.small() }),
      let scope = list({ reader in
        reader.text().flatMap { key in reader.list({ $0.text() }).map { (key, $0) } }
      }), let lines = lines()
    else { return nil }
    var role = Role(name: RoleName(trusted: name))
    role.description = description
    role.risk = risk
    role.permissions = permissions
    role.requestable = requestable
    role.onBehalfOf = onBehalfOf
    role.minDuration = minDuration
    role.defaultDuration = defaultDuration
    role.maxDuration = maxDuration
    role.approvalWindow = approvalWindow
    role.stages = stages
    role.isAutomatic = isAutomatic
    role.justification = justification
    role.ticket = ticket
    role.maxActivePerPerson = maxActivePerPerson
    role.scope = Dictionary(scope, uniquingKeysWith: { first, _ in first })
    role.lines = lines
    return role
  }

  private mutating func stage(_ names: [String]) -> Stage? {
    guard let principals = people(names), let groups = list({ $0.text() }), let quorum = small(),
      let members = people(names), let source = source()
    else { return nil }
    return Stage(
      principals: principals, groups: groups, quorum: quorum, members: Set(members),
      source: source)
  }

  private mutating func group(_ names: [String]) -> People? {
    guard let principals = people(names), let groups = list({ $0.text() }),
      let globs = list({ $0.text().flatMap { Glob($0) } }), let members = people(names)
    else { return nil }
    var people = People()
    people.principals = principals
    people.groups = groups
    people.globs = globs
    people.members = Set(members)
    return people
  }

  private mutating func pattern() -> Pattern?? {
    optional { $0.text().flatMap { try? Pattern($0) } }
  }
}
