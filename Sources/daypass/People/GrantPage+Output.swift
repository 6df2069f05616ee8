import Ledger

extension GrantPage {
  /// The grant, its steps, and what was asserted of it in vain, for programs.
  var output: OutputValue {
    let members: [(String, OutputValue)] =
      history.view(id)?.members
      ?? [("id", .string(id.description)), ("short", .string(id.short)), ("status", .null)]
    return .object(
      members + [
        ("steps", .list((history.steps[id] ?? []).map(Self.output))),
        ("incidents", .list((history.incidents[id] ?? []).map(output))),
        ("disputes", .list(disputes.map(Self.output))),
      ])
  }

  private static func output(_ step: VerifiedTransition) -> OutputValue {
    .object([
      ("step", .string(step.kind.rawValue)), ("signer", .string(step.signer.name)),
      ("before", .optional(step.before?.rawValue)), ("after", .string(step.after.rawValue)),
      ("signedAt", .string(step.signedAt.description)),
      ("landedAt", .string(step.landedAt.description)), ("commit", .string(step.commit.hex)),
      ("mainline", .string(step.mainline.hex)),
    ])
  }

  /// `settledBy` is null also where the tree was never wrong: the commit counted for nothing and
  /// its files were not taken over.
  private func output(_ incident: Incident) -> OutputValue {
    let settlement = history.settlements[incident]
    return .object(
      Self.members(incident) + [
        ("settledBy", .optional(settlement?.commit.hex)),
        ("settledAt", .optional(settlement?.landedAt.description)),
      ])
  }

  private static func members(_ incident: Incident) -> [(String, OutputValue)] {
    [
      ("rule", .string(incident.rule.rawValue)), ("sentence", .string(incident.sentence)),
      ("commit", .string(incident.commit.hex)), ("mainline", .string(incident.mainline.hex)),
      ("landedAt", .string(incident.landedAt.description)),
      ("author", .string(incident.author)), ("signer", .optional(incident.signer?.name)),
    ]
  }

  private static func output(_ dispute: Dispute) -> OutputValue {
    .object([
      ("path", .string(dispute.difference.path)),
      ("believed", .bool(dispute.difference.believed)),
      ("found", .bool(dispute.difference.found)), ("cause", .object(members(dispute.cause))),
    ])
  }
}
