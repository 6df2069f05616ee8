import Grants
import Testing

@testable import Policies

@Suite struct SettingsTests {
  /// What is wrong with settings, in line 7 of `daypass.yaml`.
  private func problems(_ settings: String, role: String = Sample.role) -> [String] {
    Sample.problems(
      Sample.files(daypass: Sample.daypass + "settings: {\(settings)}\n", role: role))
  }

  @Test(arguments: [
    ("maxDuration: PT1H, defaultDuration: PT2H", "\"settings.defaultDuration\" (PT2H) is longer"),
    ("skew: PT1H1S", "\"settings.skew\" must not be more than PT1H"),
    ("skew: PT0S", "\"settings.skew\" must be an ISO 8601 duration"),
    ("heartbeat: P2D", "\"settings.heartbeat\" (PT48H) is longer than landingWindow (PT24H)"),
    (
      "heartbeat: P2D, landingWindow: P3D, approvalTimeout: P3D, policyLandingWindow: P1D",
      "is longer than policyLandingWindow (PT24H)"
    ),
    (
      "heartbeat: P2D, landingWindow: P3D, approvalTimeout: P1D",
      "is longer than approvalTimeout (PT24H)"
    ),
    ("retention: P1D", "\"settings.retention\" (PT24H) is shorter than the longest approval"),
    ("retention: P2D, landingWindow: P2D", "at least PT72H"),
    ("enabled: maybe", "\"settings.enabled\" must be true or false"),
    ("freshness: 15", "\"settings.freshness\" must be an ISO 8601 duration"),
    ("colour: red", "unknown key \"settings.colour\""),
    ("landing: reconciler", "unknown key \"settings.landing\""),
  ])
  func refusal(_ settings: String, _ expected: String) {
    let found = problems(settings)
    #expect(found.count == 1, "\(found)")
    #expect(found.allSatisfy { $0.contains(expected) }, "\(found)")
    #expect(found.allSatisfy { $0.hasPrefix("policies/daypass.yaml:7: ") })
  }

  @Test func theHeartbeatIsHeldAgainstTheRoles() {
    let role = Sample.role + "approvalWindow: PT4H\n"
    #expect(
      problems("heartbeat: P1D", role: role) == [
        "policies/daypass.yaml:7: \"settings.heartbeat\" (PT24H) is longer than "
          + "the approvalWindow of role ops (PT4H)"
      ])
  }

  @Test func theRetentionIsHeldAgainstTheRoles() {
    let role = Sample.role + "approvalWindow: PT4H\n"
    #expect(problems("retention: PT28H", role: role) == [])
    #expect(problems("retention: PT27H", role: role).count == 1)
  }

  /// A default is no reason to refuse what somebody wrote.
  @Test func defaultsGiveWay() throws {
    let role = Sample.role + "approvalWindow: PT4H\n"
    #expect(
      try Sample.policy(settings: "enabled: true", role: role).settings.heartbeat == .hours(4))
    #expect(
      try Sample.policy(settings: "maxDuration: PT30M").settings.defaultDuration == .minutes(30))
    #expect(
      try Sample.policy(settings: "landingWindow: P200D").settings.retention == .days(201))
  }

  @Test(arguments: Setting.allCases)
  func everySettingIsRead(_ setting: Setting) throws {
    let value =
      switch setting {
      case .enabled, .requireJustification, .requireApproval: "false"
      case .retention: "P30D"
      default: "PT59M"
      }
    let settings = try Sample.policy(settings: "\(setting): \(value)").settings
    #expect(settings.source(of: setting) == SourceLine(file: "policies/daypass.yaml", line: 7))
    let (read, usual): (String, String) =
      switch setting {
      case .enabled: ("\(settings.enabled)", "true")
      case .requireJustification: ("\(settings.requireJustification)", "true")
      case .requireApproval: ("\(settings.requireApproval)", "true")
      case .maxDuration: (settings.maxDuration.iso, "PT8H")
      case .defaultDuration: (settings.defaultDuration.iso, "PT1H")
      case .approvalTimeout: (settings.approvalTimeout.iso, "PT24H")
      case .skew: (settings.skew.iso, "PT5M")
      case .landingWindow: (settings.landingWindow.iso, "PT24H")
      case .policyLandingWindow: (settings.policyLandingWindow.iso, "PT336H")
      case .heartbeat: (settings.heartbeat.iso, "PT24H")
      case .retention: (settings.retention.iso, "PT2160H")
      case .freshness: (settings.freshness.iso, "PT15M")
      }
    #expect(read == (setting == .retention ? "PT720H" : value))
    #expect(read != usual)
  }

  @Test func approvalIsRequiredUnlessSwitchedOff() throws {
    let role = "requestable: {groups: [sre]}\napproval: {none: true}\n"
    #expect(
      Sample.problems(Sample.files(role: role)) == [
        "policies/roles/ops.yaml:2: \"approval.none\" is not possible while "
          + "settings.requireApproval is true in daypass.yaml"
      ])
    let policy = try Sample.policy(settings: "requireApproval: false", role: role)
    #expect(policy.isAutomatic(try Sample.role("ops")))
    #expect(policy.decideActivation(of: try Sample.grant()).isAllowed)
    #expect(!policy.isAutomatic(try Sample.role("none")))
  }

  @Test(arguments: [
    ("", "", "PT8H", "daypass.yaml:7", "PT1S", "PT1H"),
    ("maxDuration: PT2H", "", "PT2H", "daypass.yaml:7", "PT1S", "PT1H"),
    ("maxDuration: PT2H", "max: PT4H", "PT2H", "daypass.yaml:7", "PT1S", "PT1H"),
    ("", "max: PT4H", "PT4H", "roles/ops.yaml:3", "PT1S", "PT1H"),
    ("", "max: PT30M", "PT30M", "roles/ops.yaml:3", "PT1S", "PT30M"),
    ("", "min: PT2H", "PT8H", "daypass.yaml:7", "PT2H", "PT2H"),
    ("", "min: PT5M, default: PT6M, max: PT7M", "PT7M", "roles/ops.yaml:3", "PT5M", "PT6M"),
    ("maxDuration: PT1H", "default: PT2H, max: PT3H", "PT1H", "daypass.yaml:7", "PT1S", "PT1H"),
  ])
  func limit(
    _ settings: String, _ duration: String, _ cap: String, _ source: String, _ least: String,
    _ usual: String
  ) throws {
    let role = Sample.role + "duration: {\(duration)}\n"
    let policy = try Sample.policy(settings: settings, role: role)
    let limit = try #require(policy.durationLimit(of: try Sample.role("ops")))
    #expect(limit.cap.iso == cap)
    #expect(limit.source.description == "policies/" + source)
    #expect(limit.min.iso == least)
    #expect(limit.default.iso == usual)
    #expect(policy.durationLimit(of: try Sample.role("none")) == nil)
  }

  @Test func approvalWindows() throws {
    let ops = try Sample.role("ops")
    #expect(try Sample.policy().approvalWindow(of: ops) == .days(1))
    #expect(try Sample.policy(settings: "approvalTimeout: P2D").approvalWindow(of: ops) == .days(2))
    let role = Sample.role + "approvalWindow: PT4H\n"
    #expect(try Sample.policy(role: role).approvalWindow(of: ops) == .hours(4))
  }
}
