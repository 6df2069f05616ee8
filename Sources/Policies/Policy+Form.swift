import Grants

/// A policy in a form that is read at once: its files are YAML, which takes longer to read than all
/// else that most commands do.
///
/// Nobody but daypass writes it, and only where it keeps what it has read itself. It says the same
/// as the files, except what depends on who asks (``Policy/isTerse``).
extension Policy {
  /// Raised whenever the form, or what is made of a file, changes: who finds another one reads the
  /// files again.
  package static let formVersion = 1
}

extension FieldWriter {
  package mutating func put(_ policy: Policy, _ names: inout NameTable) {
    put(policy.name)
    put(Int64(policy.serial))
    put(policy.landing.rawValue)
    put(policy.settings)
    put(policy.admins, &names)
    put(Int64(policy.adminQuorum))
    put(policy.reconcilers, &names)
    put(small: policy.groups.count)
    for (name, members) in policy.groups.sorted(by: Self.precedes) {
      put(name)
      put(members, &names)
    }
    put(small: policy.roles.count)
    for role in policy.roles.values.sorted(by: { $0.name < $1.name }) { put(role, &names) }
    put(small: policy.people.count)
    for (person, source) in policy.people.sorted(by: { $0.key < $1.key }) {
      put(small: names.number(of: person.name))
      put(source)
    }
    put(policy.groupMembers, &names)
    put(lines: policy.lines)
  }

  private static func precedes<Value>(_ one: (String, Value), _ other: (String, Value)) -> Bool {
    one.0.utf8.lexicographicallyPrecedes(other.0.utf8)
  }

  private mutating func put(_ people: some Collection<Principal>, _ names: inout NameTable) {
    put(small: people.count)
    for person in people { put(small: names.number(of: person.name)) }
  }

  private mutating func put(_ people: Set<Principal>, _ names: inout NameTable) {
    put(people.sorted(), &names)
  }

  private mutating func put(lines: [String: Int]) {
    put(all: lines.sorted(by: { Self.precedes(($0.key, 0), ($1.key, 0)) })) { writer, line in
      writer.put(line.key)
      writer.put(small: line.value)
    }
  }

  private mutating func put(_ source: SourceLine) {
    put(source.file)
    put(small: source.line)
  }

  private mutating func put(_ settings: Settings) {
    put(settings.enabled)
    put(settings.requireJustification)
    put(settings.requireApproval)
    for span in [
      settings.maxDuration, settings.defaultDuration, settings.approvalTimeout, settings.skew,
      settings.landingWindow, settings.policyLandingWindow, settings.heartbeat,
      settings.retention, settings.freshness,
    ] { put(span.seconds) }
    for setting in Setting.allCases {
      put(optional: settings.lines[setting]) { $0.put(small: $1) }
    }
    put(small: settings.line)
  }

  private mutating func put(_ role: Role, _ names: inout NameTable) {
    put(small: names.number(of: role.name.name))
    put(role.description)
    put(optional: role.risk) { $0.put($1.rawValue) }
    put(all: role.permissions) { $0.put($1) }
    put(role.requestable, &names)
    put(role.onBehalfOf != nil)
    if let people = role.onBehalfOf { put(people, &names) }
    for span in [
      role.minDuration, role.defaultDuration, role.maxDuration, role.approvalWindow,
    ] { put(optional: span) { $0.put($1.seconds) } }
    put(small: role.stages.count)
    for stage in role.stages {
      put(stage.principals, &names)
      put(all: stage.groups) { $0.put($1) }
      put(small: stage.quorum)
      put(stage.members, &names)
      put(stage.source)
    }
    put(role.isAutomatic)
    put(optional: role.justification) { writer, rule in
      writer.put(optional: rule.minLength) { $0.put(small: $1) }
      writer.put(optional: rule.pattern) { $0.put($1.text) }
    }
    put(optional: role.ticket) { writer, rule in
      writer.put(rule.isRequired)
      writer.put(optional: rule.pattern) { $0.put($1.text) }
    }
    put(optional: role.maxActivePerPerson) { $0.put(small: $1) }
    put(all: role.scope.sorted(by: Self.precedes)) { writer, scope in
      writer.put(scope.key)
      writer.put(all: scope.value) { $0.put($1) }
    }
    put(lines: role.lines)
  }

  private mutating func put(_ people: People, _ names: inout NameTable) {
    put(people.principals, &names)
    put(all: people.groups) { $0.put($1) }
    put(all: people.globs) { $0.put($1.text) }
    put(people.members, &names)
  }
}
