import Grants
import Testing

@testable import Policies

@Suite struct LoadingTests {
  /// What roles say of groups cannot be judged then.
  @Test(arguments: ["groups: [", "groups: []", "group: {}"])
  func unreadGroupsMakeNoOtherFaults(_ text: String) {
    let found = Sample.problems(Sample.files(groups: text + "\n"))
    #expect(!found.isEmpty)
    #expect(found.allSatisfy { $0.hasPrefix("policies/groups.yaml") }, "\(found)")
  }

  /// One replacement in `daypass.yaml`, and what is then wrong where.
  @Test(arguments: [
    ("name: example", "name: -x", "2: \"name\" must be a letter or digit"),
    ("name: example", "name: 1", "2: \"name\" must be text"),
    ("name: example", "name: \(String(repeating: "a", count: 129))", "2: \"name\" is longer"),
    ("name: example\n", "", "1: \"name\" is missing"),
    ("schema: daypass/policy/v1\n", "", "1: \"schema\" is missing"),
    ("schema: daypass/policy/v1", "schema: [v1]", "1: \"schema\" must be daypass/policy/v1"),
    ("serial: 1", "serial: 0", "3: \"serial\" must be a whole number from 1 to"),
    ("serial: 1", "serial: 9007199254740993", "3: \"serial\" must be a whole number"),
    ("serial: 1", "serial: \"1\"", "3: \"serial\" must be a whole number"),
    ("[carol@example.com]", "[]", "4: \"admins\" must name at least one"),
    ("[carol@example.com]", "carol@example.com", "4: \"admins\" must be a list"),
    ("[carol@example.com]", "[\"*@example.com\"]", "4: \"admins\" has an entry that is no"),
    (
      "[carol@example.com]", "[carol@example.com, carol@example.com]",
      "4: \"admins\" names carol@example.com twice"
    ),
    ("adminQuorum: 1\n", "", "1: \"adminQuorum\" is missing"),
    ("adminQuorum: 1", "adminQuorum: 0", "5: \"adminQuorum\" must be a whole number"),
    ("adminQuorum: 1", "adminQuorum: 2", "5: \"adminQuorum\" is 2, but there are 1 admins"),
    ("[ci@example.com]", "[]", "6: \"reconcilers\" must name at least one"),
    ("[ci@example.com]", "[carol@example.com]", "6: \"reconcilers\" names carol@example.com, who"),
    ("[ci@example.com]", "[CI@example.com, ci@example.com]", "6: ci@example.com differs only by"),
    ("[ci@example.com]", "[Carol@example.com]", "6: Carol@example.com differs only by letter"),
    ("serial: 1", "serial: 1\nlanding: nobody", "4: \"landing\" must be anyone or reconciler"),
    ("serial: 1", "serial: 1\nowner: x", "4: unknown key \"owner\""),
    ("serial: 1", "serial: 1\nsettings: []", "4: \"settings\" must be a mapping"),
  ])
  func daypass(_ old: String, _ new: String, _ expected: String) {
    let text = Sample.daypass.replacing(old, with: new)
    let found = Sample.problems(Sample.files(daypass: text))
    #expect(found.contains { $0.hasPrefix("policies/daypass.yaml:" + expected) }, "\(found)")
  }

  @Test(arguments: [
    ("groups: []", "1: \"groups\" must be a mapping"), ("", "1: is empty"),
    ("teams: {}", "1: unknown key \"teams\""), ("{}", "1: \"groups\" is missing"),
    ("groups: {SRE: []}", "1: \"SRE\" is no name for a group"),
    ("groups: {a: [x, x]}", "1: \"groups.a\" names x twice"),
    ("groups: {a: x}", "1: \"groups.a\" must be a list"),
    ("groups: {a: [no]}", "1: \"groups.a\" has an entry that is no principal"),
    ("groups:\n  a:\n  - x\n  - y z", "4: \"groups.a\" has an entry that is no principal"),
    ("groups: {a: [ci@example.com]}", "1: \"groups.a\" has the member ci@example.com, which"),
    ("groups: {a: [Alice@example.com], b: [alice@example.com]}", "1: alice@example.com differs"),
    ("groups: {a: [CAROL@example.com]}", "1: CAROL@example.com differs only by letter case"),
  ])
  func groups(_ groups: String, _ expected: String) {
    let found = Sample.problems(Sample.files(groups: groups))
    #expect(found.contains { $0.hasPrefix("policies/groups.yaml:" + expected) }, "\(found)")
  }

  /// A role file of one line, and what is wrong with it.
  @Test(arguments: [
    ("{}", "\"requestable\" is missing"), ("{}", "\"approval\" is missing"),
    ("requestable: {}", "\"requestable\" must have at least one"),
    ("requestable: {principals: [], groups: [], globs: []}", "\"requestable\" must have at least"),
    ("requestable: {groups: [nobody]}", "there is no group nobody in policies/groups.yaml"),
    ("requestable: {groups: [SRE]}", "\"requestable.groups\" has an entry that is no name"),
    ("requestable: {globs: [\"[a-z]*\"]}", "\"requestable.globs\" has an entry that is no glob"),
    ("requestable: {principals: [\"*\"]}", "\"requestable.principals\" has an entry that is no"),
    ("requestable: {principals: [ALICE@example.com]}", "ALICE@example.com differs only by letter"),
    ("requestable: [sre]", "\"requestable\" must be a mapping"),
    ("onBehalfOf: {}", "\"onBehalfOf\" must have at least one"),
    ("onBehalfOf: {groups: [nobody]}", "there is no group nobody"),
    ("approval: {}", "\"approval\" must have either"),
    ("approval: {none: true, stages: []}", "\"approval\" must have either"),
    ("approval: {none: false}", "\"approval.none\" can only be true"),
    ("approval: {stages: []}", "\"approval.stages\" must list 1 to 16"),
    ("approval: {stages: [{quorum: 1}]}", "\"stages.from\" is missing"),
    ("approval: {stages: [{from: {groups: [leads]}}]}", "\"stages.quorum\" is missing"),
    ("approval: {stages: [{from: {}, quorum: 1}]}", "\"stages.from\" names nobody"),
    (
      "approval: {stages: [{from: {principals: [ci@example.com]}, quorum: 1}]}",
      "\"stages.from\" names nobody"
    ),
    ("approval: {stages: [{from: {groups: [leads]}, quorum: 0}]}", "\"stages.quorum\" must be"),
    ("approval: {stages: [{from: {groups: [leads]}, quorum: 3}]}", "\"stages.quorum\" is 3, but"),
    (
      "approval: {stages: [{from: {globs: [\"*\"]}, quorum: 1}]}",
      "unknown key \"stages.from.globs\""
    ),
    (
      "approval: {stages: [{from: {groups: [leads]}, quorum: 2}, {from: {groups: [leads]}, quorum: 1}]}",
      "\"approval.stages\" can never be filled"
    ),
    ("duration: {min: PT2H, max: PT1H}", "\"duration.min\" (PT2H) is longer than the role's max"),
    ("duration: {default: PT2H, max: PT1H}", "\"duration.default\" (PT2H) is longer"),
    ("duration: {min: PT2H, default: PT1H}", "\"duration.default\" (PT1H) is shorter"),
    ("duration: {min: PT9H}", "\"duration.min\" (PT9H) is longer than settings.maxDuration"),
    ("approvalWindow: P2D", "\"approvalWindow\" (PT48H) is longer than settings.approvalTimeout"),
    ("risk: huge", "\"risk\" must be one of low, medium, high, critical"),
    ("permissions: [\"\"]", "\"permissions\" has an entry that is no text"),
    ("permissions: [a, a]", "\"permissions\" names a twice"),
    ("justification: {minLength: 4097}", "\"justification.minLength\" must be a whole number"),
    ("justification: {pattern: \"(a\"}", "is no pattern: a ) is missing, at character 3"),
    ("ticket: {pattern: \"a**\"}", "\"ticket.pattern\" is no pattern"),
    ("ticket: {pattern: 1}", "\"ticket.pattern\" must be text"),
    ("maxActivePerPerson: 0", "\"maxActivePerPerson\" must be a whole number"),
    ("scope: {}", "\"scope\" must be a mapping"), ("scope: {a: []}", "\"scope.a\" must allow"),
    ("scope: {a b: [c]}", "\"a b\" is no name for a scope"),
    ("scope: {a: [true]}", "\"scope.a\" has an entry that is no text"),
  ])
  func role(_ role: String, _ expected: String) {
    let found = Sample.problems(Sample.files(role: role))
    #expect(
      found.contains { $0.hasPrefix("policies/roles/ops.yaml:1: ") && $0.contains(expected) },
      "\(found)")
  }

  @Test(arguments: [
    "x.yaml", "roles/ops.yml", "roles/OPS.yaml", "roles/.yaml", "roles/a/b.yaml", "roles/README.md",
    "roles/.gitkeep", "Daypass.yaml", "groups.yml", "roles/a b.yaml", "/daypass.yaml", "",
    "roles//ops.yaml", "roles/ops.yaml/",
  ])
  func strayFiles(_ path: String) {
    var files = Sample.files()
    files[path] = Array(Sample.role.utf8)
    let found = Sample.problems(files)
    #expect(found.count == 1 && found[0].hasPrefix("policies/\(path):1: "), "\(found)")
  }

  @Test func filesThatMayBeAbsent() throws {
    var files = Sample.files()
    files["README.md"] = [0xff]
    #expect(Sample.problems(files) == [])
    files["allowed_signers"] = nil
    #expect(Sample.problems(files) == ["policies/allowed_signers:1: the file is missing"])
    files["daypass.yaml"] = nil
    #expect(Sample.problems(files).contains("policies/daypass.yaml:1: the file is missing"))
    let bare = ["daypass.yaml": Array(Sample.daypass.utf8), "allowed_signers": []]
    #expect(try Policy(files: bare).roles.isEmpty)
  }

  @Test func allProblemsAreCollectedInOrder() {
    let files = Sample.files(
      daypass: Sample.daypass.replacing("serial: 1", with: "serial: x"), groups: "groups: {A: []}",
      role: "risk: x\nrequestable: {groups: [z]}\napproval: {none: false}\n")
    #expect(
      Sample.problems(files).map { $0.prefix { $0 != " " } } == [
        "policies/daypass.yaml:3:", "policies/groups.yaml:1:", "policies/roles/ops.yaml:1:",
        "policies/roles/ops.yaml:2:", "policies/roles/ops.yaml:3:",
      ])
  }

  @Test(arguments: [
    ("schema: daypass/policy/v2\nwhatever: [1]\n", PolicyError.Code.unknownSchema),
    (Sample.daypass + "landing: anybody\n", .invalid),
    ("schema: daypass/policy/v2\nschema: daypass/policy/v2\n", .invalid),
    ("schema: daypass/policy/v1\n", .invalid),
  ])
  func codes(_ daypass: String, _ code: PolicyError.Code) {
    let error = #expect(throws: PolicyError.self) { try Sample.policy(daypass: daypass) }
    #expect(error?.code == code)
    if code == .unknownSchema { #expect(error?.problems.count == 1) }
  }

  @Test func landing() throws {
    #expect(try Sample.policy(daypass: Sample.daypass).landing == .anyone)
    #expect(try Sample.policy(daypass: Sample.daypass + "landing: anyone\n").landing == .anyone)
    #expect(
      try Sample.policy(daypass: Sample.daypass + "landing: reconciler\n").landing == .reconciler)
  }

  @Test func everythingIsRead() throws {
    let policy = try Sample.policy(
      role: """
        description: |
          Operate.
        risk: critical
        permissions: ["root on prod", "sudo"]
        requestable: {principals: [erin@example.com], groups: [sre], globs: ["x*"]}
        onBehalfOf: {globs: ["*@example.com"]}
        duration: {min: PT5M, default: PT1H, max: PT4H}
        approval:
          stages:
            - from: {groups: [leads], principals: [carol@example.com]}
              quorum: 2
        approvalWindow: PT4H
        justification: {minLength: 10, pattern: "[a-z ]+"}
        ticket: {required: true, pattern: "[A-Z]+-[0-9]+"}
        maxActivePerPerson: 2
        scope: {cluster: [prod, staging]}
        """)
    let ops = try #require(RoleName("ops"))
    let role = try #require(policy.roles[ops])
    #expect(role.description == "Operate.")
    #expect(role.risk == .critical)
    #expect(role.permissions == ["root on prod", "sudo"])
    #expect(role.requestable.words == "erin@example.com, group sre, x*")
    #expect(role.stages.map(\.quorum) == [2])
    #expect(role.stages.map(\.whom) == ["leads, carol@example.com"])
    #expect(role.stages.map(\.source.line) == [11])
    #expect(role.justification?.minLength == 10)
    #expect(role.ticket?.isRequired == true)
    #expect(role.ticket?.pattern?.text == "[A-Z]+-[0-9]+")
    #expect(role.maxActivePerPerson == 2)
    #expect(role.scope == ["cluster": ["prod", "staging"]])
    #expect(role.source(of: "duration.max").line == 7)
    #expect(role.source(of: "duration.other").line == 7)
    #expect(role.source(of: "nothing").line == 1)
    for (name, expected) in ["bob": true, "carol": true, "alice": false, "ci": false] {
      #expect(policy.isApprover(try Sample.person(name), of: ops) == expected)
    }
    #expect(policy.isAdmin(try Sample.person("carol")))
    #expect(policy.isReconciler(try Sample.person("ci")))
    #expect(policy.people.keys.map(\.name).sorted().first == "alice@example.com")
    let grant = try Sample.grant(requester: "bob", subject: "carol")
    #expect(policy.approvers(of: grant) == [try Sample.person("dave")])
    #expect(!policy.canBeApproved(grant))
    #expect(policy.canBeApproved(try Sample.grant()))
  }
}
