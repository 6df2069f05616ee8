import Foundation
import Grants
import Testing

@testable import Policies

/// Policies and grants that the tests vary in one place.
enum Sample {
  /// The top of the repository.
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static let daypass = """
    schema: daypass/policy/v1
    name: example
    serial: 1
    admins: [carol@example.com]
    adminQuorum: 1
    reconcilers: [ci@example.com]

    """

  static let groups = """
    groups:
      sre: [alice@example.com, bob@example.com]
      leads: [bob@example.com, dave@example.com]

    """

  static let role = """
    requestable: {groups: [sre]}
    approval: {stages: [{from: {groups: [leads]}, quorum: 1}]}

    """

  static func files(
    daypass: String = daypass, groups: String? = groups, role: String = role
  ) -> [String: [UInt8]] {
    var files = ["daypass.yaml": Array(daypass.utf8), "allowed_signers": []]
    files["groups.yaml"] = groups.map { Array($0.utf8) }
    files["roles/ops.yaml"] = Array(role.utf8)
    return files
  }

  static func policy(
    daypass: String = daypass, groups: String? = groups, role: String = role
  ) throws -> Policy {
    try Policy(files: files(daypass: daypass, groups: groups, role: role))
  }

  /// The policy with these lines added to `settings`.
  static func policy(settings: String, role: String = role) throws -> Policy {
    try policy(daypass: daypass + "settings: {\(settings)}\n", role: role)
  }

  /// What is wrong with the files, as `file:line: sentence`.
  static func problems(_ files: [String: [UInt8]]) -> [String] {
    do {
      _ = try Policy(files: files)
      return []
    } catch {
      return error.problems.map(\.description)
    }
  }

  static func person(_ name: String) throws -> Principal {
    try #require(Principal(name.contains("@") ? name : name + "@example.com"))
  }

  static func role(_ name: String) throws -> RoleName { try #require(RoleName(name)) }

  static func grant(
    number: UInt64 = 1, requester: String = "alice", subject: String? = nil, role: String = "ops",
    scope: [String: String] = [:], justification: String = "the disk is full",
    ticket: String? = nil, duration: String = "PT1H", approvals: [String] = []
  ) throws -> Grant {
    let now = try #require(Timestamp("2026-11-23T18:15:02Z"))
    return Grant(
      repository: "example", id: GrantID(requestedAt: now, random: number),
      requester: try person(requester), subject: try person(subject ?? requester),
      role: try self.role(role), scope: scope, justification: justification,
      ticket: ticket, duration: try #require(TimeSpan(iso: duration)),
      approvals: try approvals.map { Approval(by: try person($0), at: now) })
  }

  static func example() throws -> [String: [UInt8]] {
    let folder = root.appending(path: "policies")
    var files: [String: [UInt8]] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path()) {
      let file = folder.appending(path: path)
      if try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true {
        files[path] = Array(try Data(contentsOf: file))
      }
    }
    return files
  }
}
