import Grants

extension Policy {
  /// Reads the files of a policy.
  ///
  /// - Parameter files: every file below `policies/`, by its path there: `roles/db-read.yaml`.
  /// - Throws: ``PolicyError`` with everything that is wrong.
  package init(files: [String: [UInt8]]) throws(PolicyError) {
    let context = LoadingContext()
    self.init()
    guard loadDaypass(files["daypass.yaml"], context) else { throw PolicyError(context.problems) }
    if files["allowed_signers"] == nil {
      context.report(PolicyFile.signers, 1, "the file is missing")
    }
    loadGroups(files["groups.yaml"], context)
    for path in files.keys.sorted() { loadOther(path, files[path] ?? [], context) }
    settings.fitWindows(of: roles, context: context)
    people = context.people
    guard context.problems.isEmpty else { throw PolicyError(context.problems) }
  }

  /// - Returns: false when the schema is another version's: then nothing else is looked at.
  private mutating func loadDaypass(_ bytes: [UInt8]?, _ context: LoadingContext) -> Bool {
    let file = PolicyFile.daypass
    guard let bytes else {
      context.report(file, 1, "the file is missing")
      return true
    }
    guard let value = YAMLFile.read(bytes, name: file, context: context) else { return true }
    if case .mapping(let found, _) = value,
      let schema = found.first(where: { $0.key == "schema" }),
      let text = schema.value.text, text != PolicyFile.schema
    {
      context.report(
        file, schema.line,
        "the schema \"\(Text.printable(text))\" is not known to this version; it reads "
          + PolicyFile.schema, code: .unknownSchema)
      return false
    }
    guard
      let members = Members(value, file: file, keys: PolicyFile.daypassKeys, context: context)
    else { return true }
    members.require("schema", "name", "serial", "admins", "adminQuorum", "reconcilers")
    if members.has("schema"), members.value("schema")?.text == nil {
      members.report("schema", "must be \(PolicyFile.schema)")
    }
    lines = members.lines
    name = members.text("name", longest: 128) ?? ""
    if !name.isEmpty, !Names.isWord(name, longest: 128, extra: "._-") {
      members.report("name", "must be a letter or digit followed by letters, digits and . _ -")
    }
    serial = members.count("serial", 1...(1 << 53)) ?? 0
    loadPeople(members)
    loadLanding(members)
    let inner = members.nested("settings", keys: Setting.allCases.map(\.rawValue))
    settings = Settings(inner, line: lines["settings"] ?? 1)
    return true
  }

  private mutating func loadLanding(_ members: Members) {
    guard let text = members.text("landing", longest: 32) else { return }
    if let known = Landing(rawValue: text) {
      landing = known
    } else {
      let all = Landing.allCases.map(\.rawValue).joined(separator: " or ")
      members.report("landing", "must be \(all)")
    }
  }

  private mutating func loadPeople(_ members: Members) {
    admins = members.principals("admins") ?? []
    if members.list("admins")?.isEmpty == true {
      members.report("admins", "must name at least one principal")
    }
    adminQuorum = members.count("adminQuorum", 1...1_000) ?? 0
    if adminQuorum > admins.count, !admins.isEmpty {
      members.report("adminQuorum", "is \(adminQuorum), but there are \(admins.count) admins")
    }
    let machines = members.principals("reconcilers") ?? []
    if members.list("reconcilers")?.isEmpty == true {
      members.report("reconcilers", "must name at least one principal")
    }
    for machine in machines where admins.contains(machine) {
      members.report("reconcilers", "names \(machine), who is an admin; nobody can be both")
    }
    reconcilers = Set(machines)
  }

  private mutating func loadGroups(_ bytes: [UInt8]?, _ context: LoadingContext) {
    let file = PolicyFile.groups
    guard let bytes else { return }
    context.hasUnreadGroups = true
    guard let value = YAMLFile.read(bytes, name: file, context: context),
      let outer = Members(value, file: file, keys: PolicyFile.groupsKeys, context: context)
    else { return }
    outer.require("groups")
    guard let value = outer.value("groups") else { return }
    guard case .mapping(let found, _) = value else {
      outer.report("groups", "must be a mapping of group names to lists of principals")
      return
    }
    context.hasUnreadGroups = false
    let names = found.map(\.key)
    for member in found where !Self.isGroupName(member.key) {
      context.report(
        file, member.line,
        "\"\(Text.printable(member.key))\" is no name for a group: lowercase letters, digits and "
          + ". _ -")
    }
    guard
      let inner = Members(value, file: file, prefix: "groups.", keys: names, context: context)
    else { return }
    for name in names {
      let list = inner.principals(name) ?? []
      for machine in list where reconcilers.contains(machine) {
        inner.report(name, "has the member \(machine), which is a reconciler")
      }
      groups[name] = Set(list)
      groupMembers.formUnion(list)
    }
  }

  /// Group names follow the same rule as role names.
  static func isGroupName(_ text: String) -> Bool { RoleName(text) != nil }

  private mutating func loadOther(_ path: String, _ bytes: [UInt8], _ context: LoadingContext) {
    let known = ["daypass.yaml", "groups.yaml", "allowed_signers", "README.md"]
    let file = PolicyFile.folder + "/" + path
    if known.contains(path) { return }
    let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.count == 2, path.hasPrefix("roles/"), path.hasSuffix(".yaml") else {
      context.report(
        Text.printable(file), 1,
        "the file does not belong here; expected \(known.joined(separator: ", ")), roles/NAME.yaml")
      return
    }
    guard let name = RoleName(path.dropFirst(6).dropLast(5)) else {
      context.report(
        Text.printable(file), 1,
        "the file name gives no name for a role: lowercase letters, digits and . _ -")
      return
    }
    guard let value = YAMLFile.read(bytes, name: file, context: context),
      let role = RoleReader(name, value, policy: self, context: context)?.role
    else { return }
    roles[name] = role
  }
}
