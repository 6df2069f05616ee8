import Grants

/// The files a governed repository begins with.
///
/// With the people of the top-level `policies/` and without keys it gives exactly those files; a test
/// holds the two together.
struct PolicyTemplate {
  /// One line of `allowed_signers`.
  struct Key {
    let principal: Principal
    /// `ssh-ed25519 AAAA...`
    let line: String
  }

  let name: String
  let admins: [Principal]
  let reconcilers: [Principal]
  let engineers: [Principal]
  let leads: [Principal]
  let keys: [Key]

  /// The files below `policies/`, by path.
  var files: [String: String] {
    var texts = [
      "daypass.yaml": daypass, "groups.yaml": groups, "allowed_signers": signers,
      "README.md": Self.readme, "roles/db-read.yaml": Self.dbRead,
      "roles/prod-admin.yaml": Self.prodAdmin,
    ]
    // It wants two approvers, and a quorum that nobody can fill is no valid policy.
    if leads.count > 1 { texts["roles/billing-admin.yaml"] = Self.billingAdmin }
    return texts.mapValues { $0 + "\n" }
  }

  private static func list(_ people: [Principal]) -> String {
    people.map(\.name).joined(separator: ", ")
  }

  private var daypass: String {
    """
    # Who governs this repository, and what holds for every role.
    #
    # A change to anything below policies/ takes effect when adminQuorum admins have signed their
    # consent to it (`daypass policy commit`, `approve`). Merging alone changes nothing.
    schema: daypass/policy/v1

    # The name is signed into every request, so that nothing signed for a copy of this repository counts
    # here. It never changes.
    name: \(name)

    # Grows by exactly one with every change, so that no older policy can be brought back.
    serial: 1

    # Admins consent to policy changes and may revoke any grant. They approve only where a role's stages
    # name them. Have a spare one: a policy that lost its admins can only be replaced by a new root.
    admins: [\(Self.list(admins))]
    adminQuorum: 1

    # The machine that closes what has run out and pins what has landed. It is in no group, matches no
    # glob, and can give access to nobody.
    reconcilers: [\(Self.list(reconcilers))]

    # Whose commits on the branch make things count: "anyone" who may push, at once, or "reconciler": what
    # others push or merge waits for the reconciler's next commit (endings do not wait). For a branch that
    # a forge protects, where a merge button is all there is.
    landing: anyone

    # Every setting has a default; those below are the defaults.
    settings:
      # false stops requests, approvals and activations at once. Endings go on.
      enabled: true

      # Durations are ISO 8601: PT30M, PT1H30M, P1D, P2W.
      # No grant is longer than this, whatever a role says.
      maxDuration: PT8H
      # For a role that states no default of its own.
      defaultDuration: PT1H

      # A request says why, even where its role does not ask for more.
      requireJustification: true
      # While true, no role may say "approval: {none: true}".
      requireApproval: true
      # How long a request waits for approvals; a role may set less, never more.
      approvalTimeout: P1D

      # How far the clocks of those who sign may be off.
      skew: PT5M
      # An approval counts for nothing when it lands later than this after its signing.
      landingWindow: P1D
      # The same for an admin's consent to a policy change.
      policyLandingWindow: P14D
      # The reconciler pins at least this often. Never more than the shortest of the windows.
      heartbeat: P1D
      # Closed grants stay in the tree this long; history keeps them for ever.
      retention: P90D
      # How long what `daypass emit` writes may be used before it must be written anew.
      freshness: PT15M
    """
  }

  private var groups: String {
    """
    # Groups save roles from naming everybody. A member is written out as in allowed_signers; people are
    # added here by a policy change, which admins sign.
    groups:
      # Who may ask for things.
      engineers:
    \(engineers.map { "    - \($0)" }.joined(separator: "\n"))

      # Who approves them. Nobody approves what they asked for or would hold, so a quorum of one wants
      # at least two people here.
      leads: [\(Self.list(leads))]
    """
  }

  private var signers: String {
    var lines = [Self.signersHead, keys.isEmpty ? Self.noKeys : ""]
    for key in keys {
      lines.append("\(key.principal) namespaces=\"\(namespaces(of: key.principal))\" \(key.line)")
    }
    return lines.joined(separator: "\n")
  }

  /// A reconciler signs the emitted set as well, in a namespace of its own.
  private func namespaces(of principal: Principal) -> String {
    reconcilers.contains(principal) ? "git,daypass" : "git"
  }
}
