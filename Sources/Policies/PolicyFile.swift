import Grants

/// The files of a policy, and the keys that they may have.
///
/// The JSON Schemas in `docs/schemas` list the same keys; a test holds them together.
package enum PolicyFile {
  /// The folder, from the top of the repository.
  package static let folder = "policies"
  package static let daypass = "policies/daypass.yaml"
  package static let groups = "policies/groups.yaml"
  package static let signers = "policies/allowed_signers"
  /// The value of `schema` that this version reads.
  package static let schema = "daypass/policy/v1"

  package static func role(_ name: RoleName) -> String { "policies/roles/\(name).yaml" }

  package static let daypassKeys = [
    "schema", "name", "serial", "admins", "adminQuorum", "reconcilers", "landing", "settings",
  ]
  package static let groupsKeys = ["groups"]
  package static let roleKeys = [
    "description", "risk", "permissions", "requestable", "onBehalfOf", "duration", "approval",
    "approvalWindow", "justification", "ticket", "maxActivePerPerson", "scope",
  ]
  package static let peopleKeys = ["principals", "groups", "globs"]
  package static let durationKeys = ["min", "default", "max"]
  package static let approvalKeys = ["none", "stages"]
  package static let stageKeys = ["from", "quorum"]
  package static let approverKeys = ["principals", "groups"]
  package static let justificationKeys = ["minLength", "pattern"]
  package static let ticketKeys = ["required", "pattern"]

  /// Keys that the design has and this version does not: refused, so that nobody believes in a
  /// limit that nothing enforces.
  package static let unsupportedRoleKeys = [
    "windows", "cooldown", "conflictsWith", "breakGlass", "hardwareKey",
  ]
}
