import Grants
import History
import Ledger
import TestSupport
import Testing

@Suite struct RetractTests {
  let t = Stage.t
  var soon: Timestamp { t + .minutes(5) }

  private func pending() throws -> Stage {
    try Stage.pending(role: "prod-admin")
      .approved(by: World.bob, at: t + .minutes(1), activates: false)
  }

  private func without(_ grant: Grant, _ person: String) -> Grant {
    var grant = grant
    grant.approvals.removeAll { $0.by.name == person }
    return grant
  }

  @Test func pendingTheEntryGoes() throws {
    let stage = try pending()
    let after = without(stage.grant, World.bob)
    let commit = try stage.showing(after, .pending, by: .person(World.bob), at: soon)
    try stage.expectCounts(commit, as: .retract, .pending, after, at: soon)
  }

  @Test func activeTheGrantEndsAsRevoked() throws {
    let stage = try Stage.active()
    let shown = without(stage.grant, World.bob)
    let commit = try stage.showing(
      shown, .active, by: .person(World.bob), at: soon, message: "I erred\n")
    let expected = try stage.world.closed(
      stage.grant, .revoked, by: World.bob, at: soon, reason: "I erred")
    try stage.expectCountsDisputed(commit, as: .retract, .closed, expected, at: soon)
  }

  @Test func revertingOnesOwnApprovalTakesItAway() throws {
    // Of one of two, while pending.
    let waiting = try pending()
    let back = try waiting.showing(
      waiting.grant.request, .pending, by: .person(World.bob), at: soon,
      message: "Revert \"Approve\"\n")
    try waiting.expectCounts(back, as: .retract, .pending, waiting.grant.request, at: soon)
    // Of the last one needed.
    let stage = try Stage.active()
    let commit = try stage.showing(
      stage.grant.request, .pending, by: .person(World.bob), at: soon,
      message: "Revert \"Approve\"\n")
    let (replay, events) = try stage.world.replay(commit, at: soon)
    #expect(replay.state(of: stage.id) == nil)
    #expect(events.transitions.last?.grant.closed?.outcome == .revoked)
    #expect(events.incidents.filter { $0.rule != .canonicalResult } == [])
  }

  @Test func retractedOnABranchWhileAnotherActivatedItEndsTheGrant() throws {
    let stage = try pending()
    let side = try stage.showing(
      without(stage.grant, World.bob), .pending, by: .person(World.bob), at: t + .minutes(2))
    let active = try stage.approved(by: World.dave, at: t + .minutes(2))
    let merge = try stage.world.merge(active.head, side, tree: side, at: soon)
    let (replay, events) = try stage.world.replay(merge, at: soon)
    #expect(replay.state(of: stage.id) == nil)
    #expect(events.transitions.last?.kind == .retract)
  }

  @Test(arguments: Signer.everybody(but: World.bob))
  func anothersApprovalCannotBeTakenOut(_ signer: Signer) throws {
    let stage = try pending()
    let rule: TrustRule =
      switch signer {
      case .nobody: .signature
      case .unknownKey: .knownKey
      default: .readableAct
      }
    try stage.expectRefused(
      stage.showing(without(stage.grant, World.bob), .pending, by: signer, at: soon), rule,
      at: soon)
  }

  @Test func anApproverRemovedSinceMayStillTakeItBack() throws {
    for isActive in [true, false] {
      var stage = isActive ? try Stage.active() : try pending()
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
      let commit = try stage.showing(
        without(stage.grant, World.bob), isActive ? .active : .pending, by: .person(World.bob),
        at: soon)
      let (replay, events) = try stage.world.replay(commit, at: soon)
      #expect(events.transitions.last?.kind == .retract)
      #expect(replay.belief.live[stage.id]?.grant.approvals ?? [] == [])
    }
  }

  @Test func everythingElseInTheFileIsNotLookedAt() throws {
    let stage = try pending()
    var shown = without(stage.grant, World.bob)
    shown.duration = .hours(4)
    shown.justification = "tampered"
    let commit = try stage.showing(shown, .pending, by: .person(World.bob), at: soon)
    try stage.expectCountsDisputed(
      commit, as: .retract, .pending, without(stage.grant, World.bob), at: soon)
  }

  @Test func itIsRefusedForNoDate() throws {
    let stage = try pending()
    let after = without(stage.grant, World.bob)
    for moment in [Timestamp(seconds: 0), Timestamp(seconds: 4_000_000_000)] {
      let commit = try stage.showing(after, .pending, by: .person(World.bob), at: moment)
      try stage.expectCounts(commit, as: .retract, .pending, after, at: soon)
    }
  }

  @Test func onesWhoTookItBackMayApproveAgain() throws {
    var stage = try pending()
    let bare = without(stage.grant, World.bob)
    stage.head = try stage.showing(bare, .pending, by: .person(World.bob), at: t + .minutes(2))
    stage.grant = bare
    let after = try stage.world.approved(bare, by: World.bob, at: soon, activates: false)
    let commit = try stage.showing(after, .pending, by: .person(World.bob), at: soon)
    try stage.expectCounts(commit, as: .approve, .pending, after, at: soon)
  }
}
