import Grants

/// Whose commits on the governed branch make what they bring count.
package enum Landing: String, Sendable, Hashable, CaseIterable {
  /// Everybody's, at once.
  case anyone
  /// A reconciler's; what others land waits for the next of those. Taking away does not wait.
  case reconciler
}

/// What the files below `policies/` say: who may ask for what, who must agree, how long.
///
/// It knows no clock and reads nothing: whoever holds the bytes hands them in, and every question
/// is answered by a ``Decision``.
package struct Policy: Sendable, Hashable {
  package internal(set) var name = ""
  /// Grows by one with every change.
  package internal(set) var serial = 0
  package internal(set) var landing = Landing.anyone
  package internal(set) var settings = Settings()
  package internal(set) var admins: [Principal] = []
  /// How many admins must consent to a policy change.
  package internal(set) var adminQuorum = 0
  package internal(set) var reconcilers: Set<Principal> = []
  package internal(set) var groups: [String: Set<Principal>] = [:]
  package internal(set) var roles: [RoleName: Role] = [:]
  /// Everybody the files name, and where first.
  package internal(set) var people: [Principal: SourceLine] = [:]
  /// Everybody who is in some group.
  package internal(set) var groupMembers: Set<Principal> = []

  /// Whether reasons that are met go without words: a replay asks for very many and shows none.
  package var isTerse = false

  /// By key of `daypass.yaml`.
  var lines: [String: Int] = [:]

  /// Where the key of `daypass.yaml` is written down.
  package func source(of key: String) -> SourceLine {
    SourceLine(file: PolicyFile.daypass, line: lines[key] ?? 1)
  }

  package func isAdmin(_ person: Principal) -> Bool { admins.contains(person) }

  package func isReconciler(_ person: Principal) -> Bool { reconcilers.contains(person) }

  /// Whether the role goes without approval.
  package func isAutomatic(_ role: RoleName) -> Bool { roles[role]?.isAutomatic ?? false }

  /// Whether the person is in some stage of the role.
  package func isApprover(_ person: Principal, of role: RoleName) -> Bool {
    roles[role]?.stages.contains { $0.members.contains(person) } ?? false
  }

  /// Who could approve the grant: all stages' members but the requester and the subject.
  package func approvers(of grant: Grant) -> Set<Principal> {
    (roles[grant.role]?.stages ?? [])
      .reduce(into: Set<Principal>()) { $0.formUnion($1.members) }
      .subtracting([grant.requester, grant.subject])
  }

  /// How long a request for the role may wait.
  package func approvalWindow(of role: RoleName) -> TimeSpan {
    roles[role]?.approvalWindow ?? settings.approvalTimeout
  }

  /// How long the role can be had; nil when there is no such role.
  package func durationLimit(of role: RoleName) -> Limit? {
    guard let role = roles[role] else { return nil }
    let (cap, source) =
      if let own = role.maxDuration, own <= settings.maxDuration {
        (own, role.source(of: "duration.max"))
      } else {
        (settings.maxDuration, settings.source(of: .maxDuration))
      }
    let least = role.minDuration ?? TimeSpan(seconds: 1)
    let usual = role.defaultDuration ?? settings.defaultDuration
    return Limit(cap: cap, source: source, min: least, default: max(least, min(usual, cap)))
  }
}

/// How long a role can be had.
package struct Limit: Sendable, Hashable {
  /// The longest.
  package let cap: TimeSpan
  /// Where the cap is written down.
  package let source: SourceLine
  /// The shortest.
  package let min: TimeSpan
  /// What a request that says nothing asks for.
  package let `default`: TimeSpan
}
