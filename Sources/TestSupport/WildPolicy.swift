import Grants

/// A policy that changes at random, mostly into another valid one.
struct WildPolicy: Sendable {
  /// Holders of keys beside ``World``'s people: second keys and people whom only some policies know.
  static let others = [
    "alice@example.com#2", "ci@example.com#2", "frank@example.com", "ci2@example.com",
  ]
  private static let choices: [[String]] = [
    [],
    ["approvalTimeout: PT30M", "heartbeat: PT10M", "landingWindow: PT20M", "retention: PT50M"],
    ["approvalTimeout: PT30M", "heartbeat: PT10M"], ["skew: PT1S"], ["skew: PT1H"],
    ["landingWindow: PT20M", "heartbeat: PT20M"], ["landingWindow: PT2H", "heartbeat: PT1H"],
    ["maxDuration: PT30M", "defaultDuration: PT10M"],
    ["requireJustification: false"], ["requireApproval: false"], ["enabled: false"],
    ["policyLandingWindow: PT30M", "heartbeat: PT5M"],
    ["policyLandingWindow: PT1H", "heartbeat: PT1H", "landingWindow: PT1H"],
    ["heartbeat: PT1H", "skew: PT1H"],
  ]

  private(set) var serial = 1
  private var name = "world"
  private var landing: String?
  private(set) var admins = [World.carol, World.dave]
  private var quorum = 1
  private var reconcilers = [World.ci]
  private var settings: [String] = []
  private var engineers = [World.alice, World.bob, World.dave, World.erin]
  private var leads = [World.bob, World.dave]
  private var options: [String: String] = [:]
  private var unlisted: Set<String> = ["frank@example.com", "ci2@example.com"]
  private var roles: Set<String> = ["db-read", "prod-admin", "scoped", "ticketed"]
  private var broken: String?

  init(waits: Bool, at now: Timestamp, using random: inout SeededRandom) {
    landing = waits ? "reconciler" : nil
    for _ in 0..<2 where Bool.random(using: &random) { change(now, &random) }
    (serial, broken, name) = (1, nil, "world")
    if !reconcilers.contains(World.ci) { reconcilers = [World.ci] }
    unlisted.remove(World.carol)
    unlisted.remove(World.dave)
    options = options.filter { $0.key != World.carol && $0.key != World.dave }
  }

  /// Counts on from the serial that is believed.
  mutating func follow(_ serial: Int) { self.serial = serial }

  /// The one after this.
  func next(
    varyingLanding: Bool, at now: Timestamp, using random: inout SeededRandom
  ) -> WildPolicy {
    var next = self
    // What has run out is mostly renewed.
    for who in next.options.keys.sorted() where Bool.random(using: &random) {
      next.options[who] = nil
    }
    next.serial = serial + ([1, 1, 1, 1, 1, 1, 1, 0, 2].randomElement(using: &random) ?? 1)
    next.broken = nil
    if varyingLanding, Bool.random(using: &random) {
      next.landing = [nil, "anyone", "reconciler"].randomElement(using: &random) ?? nil
    }
    for _ in 0...1 { next.change(now, &random) }
    return next
  }

  private mutating func change(_ now: Timestamp, _ random: inout SeededRandom) {
    func either(_ list: [String], _ without: [String]) -> [String] {
      Bool.random(using: &random) ? list : without
    }
    switch Int.random(in: 0..<17, using: &random) {
    case 0, 1: settings = Self.choices.randomElement(using: &random) ?? []
    case 2: admins = either([World.carol, World.dave], [World.carol, World.dave, World.alice])
    case 3: quorum = Int.random(in: 1...2, using: &random)
    case 4: reconcilers = either([World.ci], [World.ci, "ci2@example.com"])
    case 5: reconcilers = either([World.ci], ["ci2@example.com"])
    case 6:
      engineers = either(
        [World.alice, World.bob, World.dave, World.erin], [World.alice, World.bob])
    case 7: leads = either([World.bob, World.dave], [World.bob, World.erin, World.dave])
    case 8:
      let who = (RandomHistory.people + Self.others).randomElement(using: &random) ?? World.alice
      if unlisted.remove(who) == nil { unlisted.insert(who) }
    case 9, 13, 14:
      let who = (RandomHistory.people + [World.ci] + Self.others).randomElement(using: &random)
      options[who ?? World.alice] = window(now, &random)
    case 15: quorum = 2
    case 10:
      let role = ["db-read", "prod-admin", "scoped", "ticketed"].randomElement(using: &random)
      if let role, roles.remove(role) == nil { roles.insert(role) }
    case 11:
      broken =
        [
          "garbage: [", "unknown: 1", "admins: [\(World.ci)]", "adminQuorum: 9", "name: elsewhere",
          "schema: daypass/policy/v2", nil, nil,
        ].randomElement(using: &random) ?? nil
    case 12: settings = ["requireApproval: false"]
    default: break
    }
  }

  /// A key's term; mostly one that begins or ends soon.
  private func window(_ now: Timestamp, _ random: inout SeededRandom) -> String? {
    let soon = TimeSpan.minutes(Int64.random(in: 2...240, using: &random))
    let stamp = { (moment: Timestamp) in "\"\(moment.compact.filter { $0 != "T" })\"" }
    return switch Int.random(in: 0..<6, using: &random) {
    case 0: nil
    case 1: "valid-after=\"20200101Z\",valid-before=\"20300101Z\""
    case 2: "valid-after=\(stamp(now + soon))"
    case 3: "valid-after=\(stamp(now - soon))"
    default: "valid-before=\(stamp(now + soon))"
    }
  }

  /// The files below `policies/`.
  func files(_ keys: [String: TestKey]) -> [String: String?] {
    var signers = ""
    for (holder, key) in keys.sorted(by: { $0.key < $1.key }) where !unlisted.contains(holder) {
      let person = holder.prefix { $0 != "#" }
      let option = options[holder].map { ",\($0)" } ?? ""
      signers += "\(person) namespaces=\"git\"\(option) \(key.line)\n"
    }
    var head = """
      schema: daypass/policy/v1
      name: \(name)
      serial: \(serial)
      admins: [\(admins.joined(separator: ", "))]
      adminQuorum: \(quorum)
      reconcilers: [\(reconcilers.joined(separator: ", "))]

      """
    if let landing { head += "landing: \(landing)\n" }
    if !settings.isEmpty { head += "settings:\n" }
    for setting in settings { head += "  \(setting)\n" }
    if let broken {
      let key = broken.prefix { $0 != ":" }
      let kept = head.split(separator: "\n").filter { !$0.hasPrefix("\(key):") }
      head = kept.joined(separator: "\n") + "\n\(broken)\n"
    }
    var files: [String: String?] = [
      "daypass.yaml": head, "allowed_signers": signers,
      "groups.yaml": """
      groups:
        engineers: [\(engineers.joined(separator: ", "))]
        leads: [\(leads.joined(separator: ", "))]
        nobody: []

      """,
    ]
    for role in ["db-read", "prod-admin", "scoped", "ticketed", "free"] {
      files.updateValue(text(of: role), forKey: "roles/\(role).yaml")
    }
    return files
  }

  private func text(of role: String) -> String? {
    if role == "free" {
      guard settings.contains("requireApproval: false") else { return nil }
      return "requestable: {globs: [\"*@example.com\"]}\napproval: {none: true}\n"
    }
    guard roles.contains(role) else { return nil }
    let shortest = settings.contains("approvalTimeout: PT30M") ? "PT15M" : "PT2H"
    return switch role {
    case "db-read": World.role(quorum: 1)
    case "prod-admin": World.role(quorum: 2)
    case "scoped":
      """
      requestable: {principals: [\(World.alice)], globs: ["?rin@*", "bob*"]}
      onBehalfOf: {globs: ["*"]}
      scope: {cluster: [prod, staging], zone: [a]}
      maxActivePerPerson: 2
      approvalWindow: \(settings.isEmpty ? "P1D" : shortest)
      approval:
        stages:
          - {from: {groups: [leads]}, quorum: 1}
          - {from: {principals: [\(World.carol), \(World.bob)]}, quorum: 1}

      """
    default:
      """
      requestable: {groups: [engineers]}
      approvalWindow: \(shortest)
      justification: {minLength: 3, pattern: "[a-z ]+|[A-Z]{1,5}"}
      ticket: {required: true, pattern: "OPS-\\\\d+"}
      approval: {stages: [{from: {principals: [\(World.carol)]}, quorum: 1}]}

      """
    }
  }
}
