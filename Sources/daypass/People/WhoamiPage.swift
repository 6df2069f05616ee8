import Grants
import Ledger
import Policies

/// One person's standing under the policy in force, and what this clone trusts.
struct WhoamiPage {
  let identity: Identity
  let session: Session
  let replay: Replay

  private var me: Principal { identity.principal }
  private var policy: Policy { replay.belief.policy.policy }

  private var groups: [String] {
    policy.groups.filter { $0.value.contains(me) }.keys.sorted()
  }

  private func roles(where isTheirs: (RoleName) -> Bool) -> [RoleName] {
    policy.roles.keys.filter(isTheirs).sorted()
  }

  private var approverOf: [RoleName] { roles { policy.isApprover(me, of: $0) } }

  private var mayAskFor: [RoleName] {
    policy.roles.values.filter { RoleView($0, for: me, in: replay).isForThem }.map(\.name).sorted()
  }

  /// Whether what they sign would count, and if not, why not.
  private var signing: String {
    guard let key = identity.key else {
      let trouble = identity.trouble
      return "none: " + (trouble.map { Words.clause($0.sentence) } ?? "git cannot sign here")
        + (trouble.map { "\n" + $0.hint } ?? "")
    }
    guard let entry = replay.belief.policy.signers.entry(for: key) else {
      return "\(key): not listed in \(PolicyFile.signers), so nothing signed with it counts"
        + (session.isBehind
          ? "\nbut this branch is behind \(session.remoteName ?? "the remote"): daypass sync" : "")
    }
    return entry.isValid(at: replay.now.seconds)
      ? "\(key)" : "\(key): not valid now (\(PolicyFile.signers):\(entry.line))"
  }

  func text(_ style: Style) -> String {
    var sheet = Sheet()
    sheet.add("principal", me.name, paint: style.bold)
    sheet.add("known by", identity.source + (identity.isProven ? "" : ", which proves nothing"))
    sheet.add("key", signing)
    sheet.add("groups", groups.isEmpty ? "none" : groups.joined(separator: ", "))
    sheet.add("admin", policy.isAdmin(me) ? "yes" : nil)
    sheet.add("reconciler", policy.isReconciler(me) ? "yes" : nil)
    sheet.add("approver of", Self.names(approverOf))
    sheet.add("may ask for", Self.names(mayAskFor))
    sheet.add("repository", "\(policy.name), policy \(policy.serial)")
    sheet.add("trusted root", session.ledger.root.hex)
    sheet.add("branch", "\(session.branch) at \(replay.head.short)")
    sheet.add("remote", session.remoteName ?? "none")
    sheet.add("last pin", pin)
    return sheet.render(style)
  }

  private var pin: String {
    guard let at = replay.pinnedAt else { return "none since the root" }
    return "\(replay.state.pinnedCommit.short), \(Words.full(at, at: replay.now))"
  }

  private static func names(_ roles: [RoleName]) -> String {
    roles.isEmpty ? "nothing" : roles.map(\.name).joined(separator: ", ")
  }

  var output: OutputValue {
    func list(_ names: [String]) -> OutputValue { .list(names.map { .string($0) }) }
    let entry = identity.key.flatMap { replay.belief.policy.signers.entry(for: $0) }
    return .object([
      ("principal", .string(me.name)), ("proven", .bool(identity.isProven)),
      ("knownBy", .string(identity.source)), ("key", .optional(identity.key?.fingerprint)),
      ("keyListed", .bool(entry != nil)),
      ("keyValid", .bool(entry?.isValid(at: replay.now.seconds) ?? false)),
      ("groups", list(groups)), ("admin", .bool(policy.isAdmin(me))),
      ("reconciler", .bool(policy.isReconciler(me))),
      ("approverOf", list(approverOf.map(\.name))), ("mayAskFor", list(mayAskFor.map(\.name))),
      ("repository", .string(policy.name)), ("policySerial", .int(policy.serial)),
      ("root", .string(session.ledger.root.hex)), ("branch", .string(session.branch)),
      ("head", .string(replay.head.hex)), ("remote", .optional(session.remoteName)),
      ("pin", replay.pinnedAt == nil ? .null : .string(replay.state.pinnedCommit.hex)),
      ("pinnedAt", .optional(replay.pinnedAt?.description)),
    ])
  }
}
