import Grants
import Ledger
import Policies
import Signatures

/// What changes from one policy to another, in words: one line a change.
struct PolicyDifference {
  struct Line {
    enum Kind: String { case added, removed, changed }
    let kind: Kind
    let words: String
  }

  private(set) var lines: [Line] = []

  init(from old: PolicySnapshot, to new: PolicySnapshot) {
    let (left, right) = (old.policy, new.policy)
    changed("name", left.name, right.name)
    changed("serial", "\(left.serial)", "\(right.serial)")
    members("admin", left.admins.map(\.name), right.admins.map(\.name))
    changed("adminQuorum", "\(left.adminQuorum)", "\(right.adminQuorum)")
    members("reconciler", left.reconcilers.map(\.name), right.reconcilers.map(\.name))
    changed("landing", left.landing.rawValue, right.landing.rawValue)
    members("key", Self.keys(old.signers), Self.keys(new.signers))
    for setting in Setting.allCases {
      changed(
        "setting \(setting.rawValue)", left.settings.words(for: setting),
        right.settings.words(for: setting))
    }
    members("group", Array(left.groups.keys), Array(right.groups.keys))
    for name in Set(left.groups.keys).union(right.groups.keys).sorted() {
      members(
        "member of group \(name)", (left.groups[name] ?? []).map(\.name),
        (right.groups[name] ?? []).map(\.name))
    }
    members("role", left.roles.keys.map(\.name), right.roles.keys.map(\.name))
    for (name, role) in right.roles.sorted(by: { $0.key < $1.key }) {
      compare(left.roles[name], role)
    }
  }

  var isEmpty: Bool { lines.isEmpty }

  var output: OutputValue {
    .list(
      lines.map { .object([("kind", .string($0.kind.rawValue)), ("change", .string($0.words))]) })
  }

  func render(_ style: Style) -> String {
    lines.map { line in
      let words = Words.safe(line.words)
      return switch line.kind {
      case .added: style.good("+ " + words) + "\n"
      case .removed: style.bad("- " + words) + "\n"
      case .changed: style.warn("~ ") + words + "\n"
      }
    }.joined()
  }

  /// Of a role that is new, all that it says.
  private mutating func compare(_ old: Role?, _ new: Role) {
    guard let old else {
      for (name, value) in new.fields where !value.isEmpty {
        lines.append(Line(kind: .added, words: "role \(new.name) \(name): \(value)"))
      }
      return
    }
    let (before, after) = (old.fields, new.fields)
    for (name, value) in after {
      let was = before.first { $0.0 == name }?.1 ?? ""
      changed("role \(new.name) \(name)", was, value)
    }
  }

  private mutating func changed(_ what: String, _ old: String, _ new: String) {
    guard old != new else { return }
    let (old, new) = (old.isEmpty ? "nothing" : old, new.isEmpty ? "nothing" : new)
    lines.append(Line(kind: .changed, words: "\(what): \(old) -> \(new)"))
  }

  private mutating func members(_ what: String, _ old: [String], _ new: [String]) {
    for gone in Set(old).subtracting(new).sorted() {
      lines.append(Line(kind: .removed, words: "\(what) \(gone)"))
    }
    for fresh in Set(new).subtracting(old).sorted() {
      lines.append(Line(kind: .added, words: "\(what) \(fresh)"))
    }
  }

  private static func keys(_ signers: AllowedSigners) -> [String] {
    signers.entries.map(\.words)
  }
}

extension AllowedSigners.Entry {
  /// `alice@example.com ssh-ed25519 SHA256:... until 2027-01-01T00:00:00Z`.
  var words: String {
    var text = "\(principal) \(key)"
    if let validAfter { text += " from \(Timestamp(seconds: validAfter))" }
    if let validBefore { text += " until \(Timestamp(seconds: validBefore))" }
    return text
  }
}

extension Settings {
  func words(for setting: Setting) -> String {
    switch setting {
    case .enabled: "\(enabled)"
    case .maxDuration: Words.long(maxDuration)
    case .defaultDuration: Words.long(defaultDuration)
    case .requireJustification: "\(requireJustification)"
    case .requireApproval: "\(requireApproval)"
    case .approvalTimeout: Words.long(approvalTimeout)
    case .skew: Words.long(skew)
    case .landingWindow: Words.long(landingWindow)
    case .policyLandingWindow: Words.long(policyLandingWindow)
    case .heartbeat: Words.long(heartbeat)
    case .retention: Words.long(retention)
    case .freshness: Words.long(freshness)
    }
  }
}

extension Role {
  /// What the file says, by key, in words that can be compared.
  fileprivate var fields: [(String, String)] {
    [
      ("description", description), ("risk", risk?.rawValue ?? ""),
      ("permissions", permissions.joined(separator: ", ")), ("requestable", requestable.words),
      ("onBehalfOf", onBehalfOf?.words ?? ""), ("duration.min", minDuration.map(Words.long) ?? ""),
      ("duration.default", defaultDuration.map(Words.long) ?? ""),
      ("duration.max", maxDuration.map(Words.long) ?? ""),
      (
        "approval",
        isAutomatic
          ? "none needed"
          : stages.map { "\($0.quorum) of \($0.whom)" }.joined(separator: ", and ")
      ),
      ("approvalWindow", approvalWindow.map(Words.long) ?? ""),
      ("justification", justification.map(Self.words) ?? ""),
      ("ticket", ticket.map(Self.words) ?? ""),
      ("maxActivePerPerson", maxActivePerPerson.map(String.init) ?? ""),
      (
        "scope",
        scope.sorted { $0.key < $1.key }.map { "\($0.key) in \($0.value.joined(separator: ", "))" }
          .joined(separator: "; ")
      ),
    ]
  }

  private static func words(_ rule: TextRule) -> String {
    let length = rule.minLength.map { "at least \($0) characters" }
    return [length, rule.pattern.map { "like \($0)" }].compactMap(\.self).joined(separator: ", ")
  }

  private static func words(_ rule: TicketRule) -> String {
    (rule.isRequired ? "required" : "optional") + (rule.pattern.map { ", like \($0)" } ?? "")
  }
}
