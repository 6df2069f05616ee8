import Grants
import History
import Ledger
import TestSupport
import Testing

@Suite struct ActivateTests {
  let t = Stage.t
  var soon: Timestamp { t + .minutes(5) }

  /// Two approvals are there, and nobody moved the file.
  private func ready() throws -> Stage {
    try Stage.pending(role: "prod-admin", for: World.erin)
      .approved(by: World.bob, at: t + .minutes(1), activates: false)
      .approved(by: World.dave, at: t + .minutes(2), activates: false)
  }

  private func activated(_ grant: Grant, at moment: Timestamp) -> Grant {
    var grant = grant
    grant.activatedAt = moment
    grant.expiresAt = moment + grant.approvedDuration
    return grant
  }

  @Test func theClockStartsAtTheLastApproval() throws {
    let stage = try ready()
    let after = activated(stage.grant, at: t + .minutes(2))
    let commit = try stage.showing(after, .active, by: .person(World.ci), at: soon)
    try stage.expectCounts(commit, as: .activate, .active, after, at: soon)
    // Whatever the reconciler says.
    let shown = activated(stage.grant, at: soon)
    let other = try stage.showing(shown, .active, by: .person(World.ci), at: soon)
    try stage.expectCountsDisputed(other, as: .activate, .active, after, at: soon)
  }

  @Test(arguments: Signer.everybody(but: World.ci))
  func byAnybodyElseIsRefused(_ signer: Signer) throws {
    let stage = try ready()
    let rule: TrustRule =
      switch signer {
      case .nobody: .signature
      case .unknownKey: .knownKey
      default: .actor
      }
    let after = activated(stage.grant, at: t + .minutes(2))
    try stage.expectRefused(stage.showing(after, .active, by: signer, at: soon), rule, at: soon)
  }

  @Test func withTooFewApprovalsIsRefused() throws {
    let stage = try Stage.pending(role: "prod-admin")
      .approved(by: World.bob, at: t + .minutes(1), activates: false)
    let alone = activated(stage.grant, at: t + .minutes(1))
    let forged = try stage.world.approved(
      stage.grant, by: World.dave, at: t + .minutes(2), activates: true)
    for shown in [alone, forged] {
      try stage.expectRefused(
        stage.showing(shown, .active, by: .person(World.ci), at: soon), .policyAllows, at: soon)
    }
  }

  @Test func whatWasAskedEditedOnTheWayIsRefused() throws {
    let stage = try ready()
    var shown = activated(stage.grant, at: t + .minutes(2))
    shown.subject = try stage.world.person(World.alice)
    try stage.expectRefused(
      stage.showing(shown, .active, by: .person(World.ci), at: soon), .readableAct, at: soon)
  }

  @Test func whatIsActiveOrClosedIsNotActivated() throws {
    let stage = try Stage.active()
    var shown = stage.grant
    shown.expiresAt = soon + .hours(4)
    try stage.expectRefused(
      stage.showing(shown, .active, by: .person(World.ci), at: soon), .readableAct, at: soon)
    var closed = try ready()
    closed.head = try closed.world.close(
      closed.grant, .withdrawn, on: closed.head, by: World.alice, at: t + .minutes(3))
    try closed.expectRefused(
      closed.showing(
        activated(closed.grant, at: t + .minutes(2)), .active, by: .person(World.ci), at: soon),
      .closedFinal, at: soon)
  }

  @Test func anApproverRemovedSinceNoLongerCounts() throws {
    var stage = try ready()
    stage.head = try stage.world.changePolicy(
      on: stage.head,
      edits: [
        "daypass.yaml": World.policyHead(serial: 2, settings: ["requireApproval: false"]),
        "groups.yaml": """
        groups:
          engineers: [\(World.alice), \(World.erin)]
          leads: [\(World.dave), \(Cast.hank)]
          others: [\(Cast.hank)]

        """,
      ], by: World.carol, at: t + .minutes(3))
    let shown = activated(stage.grant, at: t + .minutes(2))
    try stage.expectRefused(
      stage.showing(shown, .active, by: .person(World.ci), at: soon), .policyAllows, at: soon)
  }

  @Test func aRoleThatBecameAutomaticStartsWhenTheReconcilerSays() throws {
    var stage = try Stage.pending()
    stage.head = try stage.world.changePolicy(
      on: stage.head,
      edits: [
        "daypass.yaml": World.policyHead(serial: 2, settings: ["requireApproval: false"]),
        "roles/db-read.yaml": Cast.freeRole,
      ], by: World.carol, at: t + .minutes(3))
    let after = activated(stage.grant, at: soon)
    let commit = try stage.showing(after, .active, by: .person(World.ci), at: soon)
    try stage.expectCounts(commit, as: .activate, .active, after, at: soon)
    for offset in [TimeSpan(seconds: 301), TimeSpan(seconds: -301)] {
      let off = try stage.showing(
        activated(stage.grant, at: soon + offset), .active, by: .person(World.ci), at: soon)
      try stage.expectRefused(off, .statedTime, at: soon)
    }
  }

  @Test func datedAheadOfTheVerifierItIsRefused() throws {
    let stage = try ready()
    let ahead = soon + TimeSpan(seconds: 301)
    let after = activated(stage.grant, at: t + .minutes(2))
    try stage.expectRefused(
      stage.showing(after, .active, by: .person(World.ci), at: ahead), .boundedDate, at: soon)
  }
}
