import Grants

/// How much harm a role can do; what a reviewer is told, and nothing more.
package enum Risk: String, Sendable, Hashable, CaseIterable {
  case low, medium, high, critical
}

/// What one file of `policies/roles/` says.
package struct Role: Sendable, Hashable {
  package let name: RoleName
  /// Empty when the file has none.
  package internal(set) var description = ""
  package internal(set) var risk: Risk?
  /// What a reviewer is told that the role adds.
  package internal(set) var permissions: [String] = []
  /// Who may ask for it.
  package internal(set) var requestable = People()
  /// Who else it may be asked for; nil when everybody asks for themselves only.
  package internal(set) var onBehalfOf: People?
  package internal(set) var minDuration: TimeSpan?
  package internal(set) var defaultDuration: TimeSpan?
  package internal(set) var maxDuration: TimeSpan?
  /// All of them must be filled; none where the role needs no approval.
  package internal(set) var stages: [Stage] = []
  /// Whether the file says `approval: {none: true}`.
  package internal(set) var isAutomatic = false
  package internal(set) var approvalWindow: TimeSpan?
  package internal(set) var justification: TextRule?
  package internal(set) var ticket: TicketRule?
  package internal(set) var maxActivePerPerson: Int?
  /// The keys a request must give, and the values each may have.
  package internal(set) var scope: [String: [String]] = [:]

  /// By full key: `duration.max`.
  var lines: [String: Int] = [:]

  init(name: RoleName) { self.name = name }

  /// Where the key is written down, or else the key around it, or else the file.
  package func source(of key: String) -> SourceLine {
    if let line = lines[key] { return SourceLine(file: PolicyFile.role(name), line: line) }
    let parts = key.split(separator: ".")
    for count in stride(from: parts.count - 1, to: 0, by: -1) {
      if let line = lines[parts.prefix(count).joined(separator: ".")] {
        return SourceLine(file: PolicyFile.role(name), line: line)
      }
    }
    return SourceLine(file: PolicyFile.role(name), line: 1)
  }
}

extension Role {
  /// Where the role says who must approve and how many: the first stage; the one line that every
  /// word on approvals names, unless another stage is what is open.
  package var approvalSource: SourceLine { stages.first?.source ?? source(of: "approval") }
}

/// What a justification must look like.
package struct TextRule: Sendable, Hashable {
  /// In Unicode scalars, after trimming.
  package let minLength: Int?
  /// Matched against the trimmed text.
  package let pattern: Pattern?
}

/// What a ticket must look like, and whether there must be one.
package struct TicketRule: Sendable, Hashable {
  package let isRequired: Bool
  package let pattern: Pattern?
}

/// One round of approval.
package struct Stage: Sendable, Hashable {
  package let principals: [Principal]
  package let groups: [String]
  /// How many distinct people must approve.
  package let quorum: Int
  /// Everybody who can: principals and groups together, reconcilers taken out.
  package let members: Set<Principal>
  package let source: SourceLine

  /// `leads, carol@example.com`.
  package var whom: String { (groups + principals.map(\.name)).joined(separator: ", ") }
}

/// Some people: by name, by group, by pattern.
package struct People: Sendable, Hashable {
  package internal(set) var principals: [Principal] = []
  package internal(set) var groups: [String] = []
  package internal(set) var globs: [Glob] = []
  /// Named or in a group.
  var members: Set<Principal> = []

  /// Reconcilers are nobody here; the policy takes them out before it asks.
  func contains(_ person: Principal) -> Bool {
    members.contains(person) || globs.contains { $0.matches(person.name) }
  }

  /// `group sre, *@example.com`.
  package var words: String {
    (principals.map(\.name) + groups.map { "group \($0)" } + globs.map(\.text))
      .joined(separator: ", ")
  }
}
