import Grants

/// The keys of `settings` in `daypass.yaml`.
package enum Setting: String, CaseIterable, Sendable {
  case enabled, maxDuration, defaultDuration, requireJustification, requireApproval
  case approvalTimeout, skew, landingWindow, policyLandingWindow, heartbeat, retention, freshness
}

/// What holds for every role: defaults and hard caps.
package struct Settings: Sendable, Hashable {
  /// False stops new requests, amendments, approvals and activations; endings go on.
  package internal(set) var enabled = true
  /// No grant is longer.
  package internal(set) var maxDuration = TimeSpan.hours(8)
  /// Of a role that states no default; never above ``maxDuration``.
  package internal(set) var defaultDuration = TimeSpan.hours(1)
  package internal(set) var requireJustification = true
  /// While true no role may go without approval.
  package internal(set) var requireApproval = true
  /// Default and hard cap of a role's approval window.
  package internal(set) var approvalTimeout = TimeSpan.days(1)
  /// How far a stated time may lie from the signing time.
  package internal(set) var skew = TimeSpan.minutes(5)
  /// How old an approval may be when it lands.
  package internal(set) var landingWindow = TimeSpan.days(1)
  /// How old a policy consent may be when it lands.
  package internal(set) var policyLandingWindow = TimeSpan.days(14)
  /// How often the reconciler pins at least.
  package internal(set) var heartbeat = TimeSpan.days(1)
  /// How long closed grants stay in the tree.
  package internal(set) var retention = TimeSpan.days(90)
  /// How long an emitted set may be used.
  package internal(set) var freshness = TimeSpan.minutes(15)

  /// Where each setting is written down; a default has the line of `settings` instead, or line 1.
  var lines: [Setting: Int] = [:]
  var line = 1

  /// The settings of a policy that states none.
  package init() {}

  /// Where the setting is written down; for a default, where it would be.
  package func source(of setting: Setting) -> SourceLine {
    SourceLine(file: PolicyFile.daypass, line: lines[setting] ?? line)
  }
}

extension Settings {
  /// Reads `settings`, which may be absent.
  ///
  /// A default gives way to what is stated: with `maxDuration: PT30M` the default duration is half
  /// an hour. What is stated and does not fit is reported.
  init(_ members: Members?, line: Int) {
    self.init()
    self.line = line
    guard let members else { return }
    for setting in Setting.allCases where members.has(setting.rawValue) {
      lines[setting] = members.line(of: setting.rawValue)
    }
    func span(_ setting: Setting, _ value: inout TimeSpan) {
      value = members.span(setting.rawValue) ?? value
    }
    func flag(_ setting: Setting, _ value: inout Bool) {
      value = members.flag(setting.rawValue) ?? value
    }
    flag(.enabled, &enabled)
    span(.maxDuration, &maxDuration)
    span(.defaultDuration, &defaultDuration)
    flag(.requireJustification, &requireJustification)
    flag(.requireApproval, &requireApproval)
    span(.approvalTimeout, &approvalTimeout)
    span(.skew, &skew)
    span(.landingWindow, &landingWindow)
    span(.policyLandingWindow, &policyLandingWindow)
    span(.heartbeat, &heartbeat)
    span(.retention, &retention)
    span(.freshness, &freshness)

    if skew > .hours(1) { members.report("skew", "must not be more than PT1H") }
    if defaultDuration > maxDuration {
      if lines[.defaultDuration] != nil {
        members.report(
          "defaultDuration", "(\(defaultDuration)) is longer than maxDuration (\(maxDuration))")
      }
      defaultDuration = maxDuration
    }
  }

  /// Holds heartbeat and retention against the windows, which the roles may set.
  mutating func fitWindows(of roles: [RoleName: Role], context: LoadingContext) {
    let own = roles.values.sorted { $0.name < $1.name }.compactMap { role in
      role.approvalWindow.map { ($0, "the approvalWindow of role \(role.name)") }
    }
    let windows =
      [
        (landingWindow, "landingWindow"), (policyLandingWindow, "policyLandingWindow"),
        (approvalTimeout, "approvalTimeout"),
      ] + own
    if let (shortest, name) = windows.min(by: { $0.0 < $1.0 }), heartbeat > shortest {
      if lines[.heartbeat] != nil {
        context.report(
          source(of: .heartbeat),
          "\"settings.heartbeat\" (\(heartbeat)) is longer than \(name) (\(shortest))")
      }
      heartbeat = shortest
    }
    let effective = roles.values.map { $0.approvalWindow ?? approvalTimeout }
    let longest = effective.max() ?? approvalTimeout
    let least = TimeSpan(seconds: longest.seconds + landingWindow.seconds)
    if retention < least {
      if lines[.retention] != nil {
        context.report(
          source(of: .retention),
          "\"settings.retention\" (\(retention)) is shorter than the longest approval window "
            + "(\(longest)) plus landingWindow (\(landingWindow)): at least \(least)")
      }
      retention = least
    }
  }
}
