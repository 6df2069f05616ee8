import Grants

/// Reads one role file; `daypass.yaml` and `groups.yaml` have been read into the policy before.
struct RoleReader {
  private(set) var role: Role
  private let members: Members
  private let policy: Policy
  private let context: LoadingContext

  init?(_ name: RoleName, _ value: YAMLValue, policy: Policy, context: LoadingContext) {
    guard
      let members = Members(
        value, file: PolicyFile.role(name), keys: PolicyFile.roleKeys,
        unsupported: PolicyFile.unsupportedRoleKeys, context: context)
    else { return nil }
    self.members = members
    self.policy = policy
    self.context = context
    role = Role(name: name)
    members.require("requestable", "approval")
    role.lines = members.lines
    readDescription()
    role.requestable = people("requestable") ?? People()
    role.onBehalfOf = people("onBehalfOf")
    readDuration()
    readApproval()
    readTexts()
    role.maxActivePerPerson = members.count("maxActivePerPerson", 1...1_000_000)
    readScope()
  }

  private mutating func readDescription() {
    role.description = members.text("description", longest: 4_096, multiline: true) ?? ""
    if let text = members.text("risk", longest: 16) {
      role.risk = Risk(rawValue: text)
      if role.risk == nil {
        members.report(
          "risk", "must be one of \(Risk.allCases.map(\.rawValue).joined(separator: ", "))")
      }
    }
    role.permissions =
      members.entries("permissions", "text of at most 256 bytes on one line") {
        !$0.isEmpty && Text.objection(to: $0, multiline: false, longest: 256) == nil ? $0 : nil
      }?.map(\.0) ?? []
  }

  private func people(_ key: String) -> People? {
    guard let inner = members.nested(key, keys: PolicyFile.peopleKeys) else { return nil }
    var people = People()
    people.principals = inner.principals("principals") ?? []
    people.groups = groups(inner)
    people.globs =
      inner.entries("globs", "glob: letters, digits and . _ @ + - * ?", { Glob($0) })?
      .map(\.0) ?? []
    people.members = membership(people.principals, people.groups)
    let isEmpty = ["principals", "groups", "globs"].allSatisfy {
      inner.list($0)?.isEmpty ?? !inner.has($0)
    }
    if isEmpty { members.report(key, "must have at least one of principals, groups and globs") }
    return people
  }

  private func groups(_ inner: Members) -> [String] {
    let found =
      inner.entries("groups", "name of a group", { Policy.isGroupName($0) ? $0 : nil }) ?? []
    for (group, source) in found
    where policy.groups[group] == nil && !context.hasUnreadGroups {
      context.report(source, "there is no group \(group) in \(PolicyFile.groups)")
    }
    return found.map(\.0)
  }

  private func membership(_ principals: [Principal], _ groups: [String]) -> Set<Principal> {
    groups.reduce(into: Set(principals)) { $0.formUnion(policy.groups[$1] ?? []) }
      .subtracting(policy.reconcilers)
  }

  private mutating func readDuration() {
    if let inner = members.nested("duration", keys: PolicyFile.durationKeys) {
      role.lines.merge(inner.lines) { own, _ in own }
      role.minDuration = inner.span("min")
      role.defaultDuration = inner.span("default")
      role.maxDuration = inner.span("max")
      let stated = [("min", role.minDuration), ("default", role.defaultDuration)]
      for (key, span) in stated {
        if let span, let longest = role.maxDuration, span > longest {
          inner.report(key, "(\(span)) is longer than the role's max (\(longest))")
        } else if let span, key == "min", span > policy.settings.maxDuration {
          inner.report(
            key, "(\(span)) is longer than settings.maxDuration (\(policy.settings.maxDuration))")
        }
      }
      if let least = role.minDuration, let usual = role.defaultDuration, usual < least {
        inner.report("default", "(\(usual)) is shorter than the role's min (\(least))")
      }
    }
    role.approvalWindow = members.span("approvalWindow")
    if let window = role.approvalWindow, window > policy.settings.approvalTimeout {
      members.report(
        "approvalWindow",
        "(\(window)) is longer than settings.approvalTimeout (\(policy.settings.approvalTimeout))")
    }
  }

  private mutating func readTexts() {
    if let inner = members.nested("justification", keys: PolicyFile.justificationKeys) {
      role.lines.merge(inner.lines) { own, _ in own }
      role.justification = TextRule(
        minLength: inner.count("minLength", 0...Text.longest), pattern: inner.pattern("pattern"))
    }
    if let inner = members.nested("ticket", keys: PolicyFile.ticketKeys) {
      role.lines.merge(inner.lines) { own, _ in own }
      role.ticket = TicketRule(
        isRequired: inner.flag("required") ?? false, pattern: inner.pattern("pattern"))
    }
  }

  private mutating func readScope() {
    guard let value = members.value("scope") else { return }
    guard case .mapping(let found, _) = value, !found.isEmpty else {
      members.report("scope", "must be a mapping of keys to lists of allowed values")
      return
    }
    for member in found where !Names.isWord(member.key, longest: 64, extra: "._-") {
      context.report(
        members.file, member.line,
        "\"\(Text.printable(member.key))\" is no name for a scope: letters, digits and . _ -")
    }
    guard let inner = members.nested("scope", keys: found.map(\.key)) else { return }
    role.lines.merge(inner.lines) { own, _ in own }
    for key in found.map(\.key) {
      let values = inner.entries(key, "text of at most 256 bytes on one line") {
        !$0.isEmpty && Text.objection(to: $0, multiline: false, longest: 256) == nil ? $0 : nil
      }
      if values?.isEmpty == true { inner.report(key, "must allow at least one value") }
      role.scope[key] = values?.map(\.0) ?? []
    }
  }
}

extension RoleReader {
  private mutating func readApproval() {
    guard let inner = members.nested("approval", keys: PolicyFile.approvalKeys) else { return }
    role.lines.merge(inner.lines) { own, _ in own }
    guard inner.has("none") != inner.has("stages") else {
      members.report("approval", "must have either \"none: true\" or \"stages\"")
      return
    }
    if inner.has("none") {
      role.isAutomatic = inner.flag("none") ?? false
      if inner.value("none")?.flag == false {
        inner.report("none", "can only be true; list stages instead")
      } else if policy.settings.requireApproval {
        inner.report(
          "none", "is not possible while settings.requireApproval is true in daypass.yaml")
      }
      return
    }
    guard let list = inner.list("stages") else { return }
    guard (1...16).contains(list.count) else {
      inner.report("stages", "must list 1 to 16 stages")
      return
    }
    role.stages = list.compactMap(stage)
    guard role.stages.count == list.count,
      role.stages.allSatisfy({ $0.quorum <= $0.members.count })
    else { return }
    var places = Places(role.stages)
    for person in Set(role.stages.flatMap(\.members)).sorted() where !places.areFilled {
      places.seat(person)
    }
    if !places.areFilled {
      inner.report(
        "stages",
        "can never be filled: one person counts in one stage only, and "
          + "\(places.missing) more would be needed")
    }
  }

  private func stage(_ value: YAMLValue) -> Stage? {
    guard
      let inner = Members(
        value, file: members.file, prefix: "stages.", keys: PolicyFile.stageKeys,
        context: context)
    else { return nil }
    inner.require("from", "quorum")
    guard let quorum = inner.count("quorum", 1...100),
      let from = inner.nested("from", keys: PolicyFile.approverKeys)
    else { return nil }
    let principals = from.principals("principals") ?? []
    let groups = groups(from)
    let stage = Stage(
      principals: principals, groups: groups, quorum: quorum,
      members: membership(principals, groups), source: inner.source(of: "quorum"))
    if context.hasUnreadGroups, !groups.isEmpty { return stage }
    if stage.members.isEmpty {
      inner.report("from", "names nobody who could approve")
    } else if stage.members.count < quorum {
      inner.report(
        "quorum", "is \(quorum), but only \(stage.members.count) can ever approve here")
    }
    return stage
  }
}
