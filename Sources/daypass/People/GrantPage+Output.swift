import Ledger

extension GrantPage {
  /// The grant, its steps, and what was asserted of it in vain, for programs.
  var output: OutputValue {
    let members: [(String, OutputValue)] =
      history.view(id)?.members
      ?? [("id", .string(id.description)), ("short", .string(id.short)), ("status", .null)]
    return .object(
      members + [
        ("archived", .bool(isArchived)),
        ("steps", .list((history.steps[id] ?? []).map(output))),
        ("incidents", .list((history.incidents[id] ?? []).map(output))),
        ("disputes", .list(disputes.map(Self.output))),
      ])
  }

  /// `landedAt` and `mainline` are null on a branch that has not landed.
  private func output(_ step: VerifiedTransition) -> OutputValue {
    let isLanded = !history.isWaiting(step)
    return .object([
      ("step", .string(step.kind.rawValue)), ("signer", .string(step.signer.name)),
      ("before", .optional(step.before?.rawValue)), ("after", .string(step.after.rawValue)),
      ("signedAt", .string(step.signedAt.description)),
      ("landedAt", .optional(isLanded ? step.landedAt.description : nil)),
      ("commit", .string(step.commit.hex)),
      ("mainline", .optional(isLanded ? step.mainline.hex : nil)),
    ])
  }

  /// `settledBy` is null also where the tree was never wrong: the commit counted for nothing and
  /// its files were not taken over.
  private func output(_ incident: Incident) -> OutputValue {
    let settlement = history.settlements[incident]
    let isLanded = !history.isWaiting(incident)
    return .object(
      Self.members(incident, isLanded) + [
        ("settledBy", .optional(settlement?.commit.hex)),
        ("settledAt", .optional(settlement?.landedAt.description)),
      ])
  }

  private static func members(
    _ incident: Incident, _ isLanded: Bool = true
  ) -> [(String, OutputValue)] {
    [
      ("rule", .string(incident.rule.rawValue)), ("sentence", .string(incident.sentence)),
      ("commit", .string(incident.commit.hex)),
      ("mainline", .optional(isLanded ? incident.mainline.hex : nil)),
      ("landedAt", .optional(isLanded ? incident.landedAt.description : nil)),
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
