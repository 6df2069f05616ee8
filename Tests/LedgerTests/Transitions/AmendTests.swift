import Grants
import History
import Ledger
import TestSupport
import Testing

@Suite struct AmendTests {
  let t = Stage.t
  var soon: Timestamp { t + .minutes(5) }

  private func longer(_ grant: Grant) -> Grant {
    var grant = grant.request
    grant.duration = .hours(2)
    return grant
  }

  @Test func byTheRequesterItReplacesTheRequestAndDropsTheApprovals() throws {
    let stage = try Stage.pending(role: "prod-admin")
      .approved(by: World.bob, at: t + .minutes(1), activates: false)
    let after = longer(stage.grant)
    let commit = try stage.showing(after, .pending, by: .person(World.alice), at: soon)
    try stage.expectCounts(commit, as: .amend, .pending, after, at: soon)
  }

  @Test func approvalsKeptInTheFileFallAllTheSame() throws {
    let stage = try Stage.pending(role: "prod-admin")
      .approved(by: World.bob, at: t + .minutes(1), activates: false)
    var shown = longer(stage.grant)
    shown.approvals = stage.grant.approvals
    let commit = try stage.showing(shown, .pending, by: .person(World.alice), at: soon)
    try stage.expectCountsDisputed(
      commit, as: .amend, .pending, longer(stage.grant), at: soon)
  }

  @Test(arguments: Signer.everybody(but: World.alice))
  func byAnybodyElseIsRefused(_ signer: Signer) throws {
    let stage = try Stage.pending(for: World.erin)
    let rule: TrustRule =
      switch signer {
      case .nobody: .signature
      case .unknownKey: .knownKey
      default: .readableAct
      }
    try stage.expectRefused(
      stage.showing(longer(stage.grant), .pending, by: signer, at: soon), rule, at: soon)
  }

  @Test func itCannotMakeAnotherTheRequester() throws {
    let stage = try Stage.pending()
    var shown = stage.grant
    shown.requester = try stage.world.person(World.erin)
    for signer in [World.alice, World.erin] {
      try stage.expectRefused(
        stage.showing(shown, .pending, by: .person(signer), at: soon),
        signer == World.alice ? .amendKeeps : .readableAct, at: soon)
    }
  }

  @Test func itIsJudgedAsARequest() throws {
    let edits: [(inout Grant) -> Void] = [
      { $0.duration = .hours(5) }, { $0.duration = TimeSpan(seconds: 1) },
      { $0.justification = " " }, { $0.role = RoleName("gone") ?? $0.role },
      { $0.subject = Principal(World.carol) ?? $0.subject }, { $0.scope = ["a": "b"] },
      { $0.breakGlass = true },
    ]
    let stage = try Stage.pending()
    for (index, edit) in edits.enumerated() {
      var shown = stage.grant
      edit(&shown)
      try stage.expectRefused(
        stage.showing(shown, .pending, by: .person(World.alice), at: soon), .policyAllows,
        at: soon, note: "edit \(index)")
    }
  }

  @Test func intoAnotherRepositoryIsRefused() throws {
    let stage = try Stage.pending()
    var shown = longer(stage.grant)
    shown.repository = "copy"
    try stage.expectRefused(
      stage.showing(shown, .pending, by: .person(World.alice), at: soon), .repositoryName,
      at: soon)
  }

  @Test func intoActiveIsRefused() throws {
    let stage = try Stage.pending()
    var shown = stage.grant
    shown.role = try stage.world.require(RoleName("free"))
    shown.activatedAt = soon
    shown.expiresAt = soon + shown.duration
    try stage.expectRefused(
      stage.showing(shown, .active, by: .person(World.alice), at: soon), .readableAct, at: soon)
  }

  @Test func ofAnActiveGrantIsRefused() throws {
    let stage = try Stage.active()
    var shown = stage.grant
    shown.duration = .hours(4)
    shown.expiresAt = shown.activatedAt.map { $0 + .hours(4) }
    for person in [World.alice, World.bob, World.carol, World.ci] {
      try stage.expectRefused(
        stage.showing(shown, .active, by: .person(person), at: soon), .readableAct, at: soon)
    }
  }

  @Test func ofAnActiveGrantBackToPendingEndsIt() throws {
    let stage = try Stage.active()
    let commit = try stage.showing(
      longer(stage.grant), .pending, by: .person(World.alice), at: soon)
    #expect(try stage.world.replay(commit, at: soon).replay.state(of: stage.id) == nil)
  }

  @Test func aLeftoverDoesNotComeBack() throws {
    // Signed before what it would replace, landed after.
    let stage = try Stage.pending()
    let leftover = try stage.showing(
      longer(stage.grant), .pending, by: .person(World.alice), at: t + .minutes(1))
    var newer = stage.grant
    newer.duration = .minutes(30)
    let main = try stage.showing(
      newer, .pending, by: .person(World.alice), at: t + .minutes(1))
    var next = stage
    (next.head, next.grant) = (main, newer)
    let merge = try stage.world.merge(main, leftover, tree: leftover, at: soon)
    try next.expectRefused(merge, .amendLater, at: soon)
  }

  @Test func nothingIsAmendedAfterTheApprovalWindow() throws {
    let stage = try Stage.pending()
    let end = t + .days(1)
    for (moment, isGood) in [(end - TimeSpan(seconds: 1), true), (end, false)] {
      let after = longer(stage.grant)
      let commit = try stage.showing(after, .pending, by: .person(World.alice), at: moment)
      if isGood {
        try stage.expectCounts(commit, as: .amend, .pending, after, at: moment)
      } else {
        try stage.expectRefused(commit, .approvalWindow, at: moment)
      }
    }
  }

  @Test func intoADuplicateIsRefused() throws {
    let stage = try Stage.pending()
    let other = try stage.world.grant(role: "prod-admin", at: t)
    var next = stage
    next.head = try stage.world.request(other, on: stage.head)
    var shown = other
    shown.role = stage.grant.role
    try next.expectRefused(
      next.showing(shown, .pending, by: .person(World.alice), at: soon), .policyAllows, at: soon)
  }

  @Test func twoAmendmentsSwappedAreRefused() throws {
    let stage = try Stage.pending()
    let other = try stage.world.grant(role: "prod-admin", at: t)
    var next = stage
    next.head = try stage.world.request(other, on: stage.head)
    let commit = try next.edit(
      [
        stage.path(.pending): World.File(other.canonicalBytes),
        GrantPath(state: .pending, id: other.id).description:
          World.File(stage.grant.canonicalBytes),
      ], by: .person(World.alice), at: soon)
    try next.expectRefused(commit, .readableFile, at: soon)
  }

  @Test func ofAClosedRequestIsRefused() throws {
    var stage = try Stage.pending()
    stage.head = try stage.world.close(
      stage.grant, .withdrawn, on: stage.head, by: World.alice, at: t + .minutes(1))
    try stage.expectRefused(
      stage.showing(longer(stage.grant), .pending, by: .person(World.alice), at: soon),
      .closedFinal, at: soon)
  }
}
