import Grants
import Submission
import TestSupport

/// The people, roles and policy files of a made-up company.
struct Company {
  struct Person {
    let principal: Principal
    let author: Author
    let key: TestKey
  }

  struct Role {
    let name: RoleName
    /// The groups of which one member each must approve, as indices into ``people``.
    let approvers: [Range<Int>]
    let wantsTicket: Bool
    /// Whether one may ask for another.
    let isDelegable: Bool
  }

  static let systems = [
    "billing", "search", "mail", "ledger", "orders", "stock", "crm", "wiki", "ci", "metrics",
    "backup", "vault",
  ]

  private static let firstNames = [
    "ana", "ben", "chloe", "dmitri", "emma", "farid", "greta", "hugo", "ines", "jonas", "kemal",
    "lena", "mateo", "nina", "oskar", "priya", "quentin", "rosa", "samir", "tomas", "ulla",
    "victor",
    "wanda", "yuki", "zoe",
  ]

  private static let lastNames = [
    "berg", "costa", "dubois", "ekman", "fischer", "garcia", "haas", "ivanov", "jansen", "kowalski",
    "larsen", "moreau", "novak", "olsen", "petrov", "quinn", "rossi", "silva", "tanaka", "weber",
  ]

  /// Leads first, then security, then admins, then everybody else; the reconciler is the last.
  let people: [Person]
  let roles: [Role]
  let leads: Range<Int>
  private let security: Range<Int>
  let admins: Range<Int>
  var engineers: Range<Int> { 0..<(people.count - 1) }
  var reconciler: Int { people.count - 1 }

  init(_ plan: RepositoryPlan) throws {
    func require<Value>(_ value: Value?) throws -> Value {
      guard let value else { throw ToolFailure(arguments: ["company"], words: "a bad name") }
      return value
    }
    var people: [Person] = []
    for number in 0...plan.people {
      var name = "reconciler"
      if number < plan.people {
        let first = Self.firstNames[number % Self.firstNames.count]
        let rest = number / Self.firstNames.count
        let round = rest / Self.lastNames.count
        name = "\(first).\(Self.lastNames[rest % Self.lastNames.count])"
        if round > 0 { name += "\(round + 1)" }
      }
      let key = TestKey(seed: plan.seed &* 1_000_003 &+ UInt64(number))
      let principal = try require(Principal("\(name)@example.com"))
      let words = name.split(separator: ".").map { $0.prefix(1).uppercased() + $0.dropFirst() }
      people.append(
        Person(
          principal: principal,
          author: Author(name: words.joined(separator: " "), email: principal.name), key: key))
    }
    self.people = people
    let leads = 0..<max(5, plan.people / 8)
    let security = leads.upperBound..<(leads.upperBound + max(4, plan.people / 20))
    self.leads = leads
    self.security = security
    admins = security.upperBound..<(security.upperBound + 3)
    roles = try (0..<plan.roles).map { number in
      let kind = ["read", "operate", "deploy", "admin"][number % 4]
      return Role(
        name: try require(RoleName("area-\(number / 4 + 1)-\(kind)")),
        approvers: kind == "admin" ? [leads, security] : [leads],
        wantsTicket: number % 4 >= 2, isDelegable: number % 5 == 0)
    }
  }

  /// The files below `policies/`.
  var policies: [String: String] {
    func names(_ range: Range<Int>) -> String {
      range.map { people[$0].principal.name }.joined(separator: ", ")
    }
    var files = [
      "daypass.yaml": """
      schema: daypass/policy/v1
      name: bench
      serial: 1
      admins: [\(names(admins))]
      adminQuorum: 2
      reconcilers: [\(people[reconciler].principal)]
      settings:
        maxDuration: P3D

      """,
      "groups.yaml": """
      groups:
        engineers: [\(names(engineers))]
        leads: [\(names(leads))]
        security: [\(names(security))]

      """,
      "allowed_signers": people.map {
        "\($0.principal) namespaces=\"git\" \($0.key.line)\n"
      }.joined(),
    ]
    for role in roles { files["roles/\(role.name).yaml"] = text(of: role) }
    return files
  }

  private func text(of role: Role) -> String {
    var text = """
      description: What \(role.name) lends
      risk: \(role.approvers.count > 1 ? "high" : "medium")
      permissions: ["\(role.name):use"]
      requestable: {groups: [engineers]}
      duration: {min: PT15M, default: PT4H, max: P3D}
      justification: {minLength: 10}
      scope:
        system: [\(Self.systems.joined(separator: ", "))]
      approval:
        stages:
          - from: {groups: [leads]}
            quorum: 1

      """
    if role.approvers.count > 1 {
      text += "    - from: {groups: [security]}\n      quorum: 1\n"
    }
    if role.isDelegable { text += "onBehalfOf: {groups: [engineers]}\n" }
    if role.wantsTicket { text += "ticket: {required: true, pattern: \"[A-Z]+-[0-9]+\"}\n" }
    return text
  }
}
