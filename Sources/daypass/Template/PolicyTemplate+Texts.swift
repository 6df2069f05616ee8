extension PolicyTemplate {
  static let signersHead = #"""
    # Whose signatures count, one key a line:
    #
    #   alice@example.com namespaces="git" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI...
    #
    # This is the file that git's gpg.ssh.allowedSignersFile points at, so plain `git verify-commit`
    # reads it too. The names are those of the other files here; no patterns, and one key belongs to one
    # name. A key is ended with valid-before="20270101000000Z" rather than by removing its line, so that
    # what it signed before stays good.
    """#

  static let noKeys = """
    #
    # There are no keys in the example: `daypass init` and `make demo` fill in real ones.
    """

  static let dbRead = #"""
    # The smallest role that makes sense: who may ask, and who must agree. Everything else comes from
    # the settings in daypass.yaml.
    description: Read the customer database
    risk: medium
    permissions:
      - SELECT on the replica

    requestable:
      groups: [engineers]

    approval:
      stages:
        - from: {groups: [leads]}
          quorum: 1
    """#

  static let prodAdmin = #"""
    # The file name is the name of the role: `daypass request prod-admin`.
    description: Administer the production cluster
    risk: high
    # What a reviewer is told that the role adds. daypass does not enforce this: the system that reads
    # the emitted set does.
    permissions:
      - cluster-admin on prod

    # Who may ask. Besides groups there are "principals" (written out) and "globs" ("*@example.com").
    requestable:
      groups: [engineers]

    # The shortest, the usual and the longest. A minute would be a better shortest: one second lets the
    # demo show how a grant runs out.
    duration:
      min: PT1S
      default: PT1H
      max: PT4H

    # One approval by a lead. More stages can follow; all of them must be filled, each by different
    # people.
    approval:
      stages:
        - from: {groups: [leads]}
          quorum: 1

    # At least ten characters of explanation.
    justification:
      minLength: 10

    # A ticket may be given; if so, it looks like OPS-42. Patterns match the whole text and always
    # belong in quotes.
    ticket:
      required: false
      pattern: "[A-Z]+-[0-9]+"
    """#

  static let billingAdmin = #"""
    # A critical role: two people agree, there is a ticket, and it is short.
    description: Change invoices and refunds
    risk: critical
    permissions:
      - billing:write

    requestable:
      groups: [engineers]

    # One engineer may ask for another: `daypass request billing-admin --on-behalf-of alice@example.com`. Without
    # this key everybody asks for themselves only.
    onBehalfOf:
      groups: [engineers]

    duration:
      default: PT30M
      max: PT1H

    # Two distinct people, and neither the one who asks nor the one who would hold the role. With two
    # leads that means that no lead can take part otherwise; `daypass request` says so.
    approval:
      stages:
        - from: {groups: [leads]}
          quorum: 2

    # How long a request waits. Never more than settings.approvalTimeout; with less, the heartbeat in
    # daypass.yaml must be as short.
    approvalWindow: P1D

    justification:
      minLength: 20

    ticket:
      required: true
      pattern: "[A-Z]+-[0-9]+"

    # Nobody holds it twice.
    maxActivePerPerson: 1
    """#

  static let readme = #"""
    # policies/

    Who may ask for which role, who must agree, and for how long. Start with `daypass.yaml`, then read
    `roles/db-read.yaml`.

    | file | says |
    | --- | --- |
    | `daypass.yaml` | the repository's name, its admins and reconcilers, defaults and hard caps |
    | `groups.yaml` | group -> members |
    | `roles/<role>.yaml` | one role: who may ask, who must approve, how long |
    | `allowed_signers` | principal -> keys, in OpenSSH's format |

    Nothing else may lie here. `daypass check` reads these files and says what is wrong, with file and
    line; JSON Schemas for editors come with daypass itself, in its `docs/schemas`. The YAML is a strict
    subset: no anchors, aliases, tags or unknown keys, and a word that YAML could take for something else
    (`no`, `1`, `2026-11-23`) goes in quotes.
    """#

  /// `grants/README.md`, which keeps the directory in git.
  static let grantsReadme = #"""
    # Grants

    Every grant is one JSON file here. Where it lies says how it stands:

        grants/pending/YYYY/MM/DD/HH/<id>.json     asked for, not decided
        grants/active/...                          approved, until its expiresAt
        grants/closed/...                          rejected, withdrawn, lapsed, revoked, expired

    A file confers nothing by lying here. `daypass verify` replays the signed commits that put it here;
    `docs/format.md` of daypass itself tells what it may say.

    """#
}
