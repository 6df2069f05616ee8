import Grants
import History
import Ledger
import TestSupport
import Testing

@Suite struct ApproveTests {
  let t = Stage.t
  var soon: Timestamp { t + .minutes(5) }

  private func approval(
    _ stage: Stage, by person: String, at moment: Timestamp? = nil, activates: Bool = true,
    duration: TimeSpan? = nil
  ) throws -> Grant {
    try stage.world.approved(
      stage.grant, by: person, at: moment ?? soon, activates: activates, duration: duration)
  }

  @Test func theLastNeededApprovalActivates() throws {
    let stage = try Stage.pending()
    let after = try approval(stage, by: World.bob)
    let commit = try stage.showing(after, .active, by: .person(World.bob), at: soon)
    try stage.expectCounts(commit, as: .approve, .active, after, at: soon)
    #expect(after.expiresAt == soon + .hours(1))
  }

  @Test func anApprovalThatIsNotTheLastStaysPending() throws {
    let stage = try Stage.pending(role: "prod-admin")
    let after = try approval(stage, by: World.bob, activates: false)
    let commit = try stage.showing(after, .pending, by: .person(World.bob), at: soon)
    try stage.expectCounts(commit, as: .approve, .pending, after, at: soon)
  }

  @Test func movedToActiveTooEarlyItCountsButStaysPending() throws {
    let stage = try Stage.pending(role: "prod-admin")
    let shown = try approval(stage, by: World.bob)
    let commit = try stage.showing(shown, .active, by: .person(World.bob), at: soon)
    let expected = try approval(stage, by: World.bob, activates: false)
    try stage.expectCountsDisputed(commit, as: .approve, .pending, expected, at: soon)
  }

  @Test(arguments: Signer.everybody(but: World.bob))
  func inTheNameOfAnotherIsRefused(_ signer: Signer) throws {
    let stage = try Stage.pending(for: World.erin)
    let after = try approval(stage, by: World.bob)
    let commit = try stage.showing(after, .active, by: signer, at: soon)
    try stage.expectRefused(commit, at: soon)
  }

  @Test(arguments: Signer.everybody(but: World.bob, World.dave))
  func byWhoIsNoApproverIsRefused(_ signer: Signer) throws {
    let stage = try Stage.pending(for: World.erin)
    guard case .person(let name) = signer else { return }
    let after = try approval(stage, by: name)
    let commit = try stage.showing(after, .active, by: signer, at: soon)
    let rules = try stage.expectRefused(commit, at: soon)
    #expect(rules == [name == World.ci ? .reconcilerDuties : .policyAllows])
  }

  @Test func unsignedIsRefused() throws {
    let stage = try Stage.pending()
    let after = try approval(stage, by: World.bob)
    try stage.expectRefused(
      stage.showing(after, .active, by: .nobody, at: soon), .signature, at: soon)
    try stage.expectRefused(
      stage.showing(after, .active, by: .unknownKey, at: soon), .knownKey, at: soon)
  }

  @Test func aRequestThatWasNeverBelievedCannotBeApproved() throws {
    let world = try Cast.world()
    let grant = try world.grant(at: t)
    let dropped = try world.request(grant, on: world.root, by: nil)
    let stage = Stage(world: world, grant: grant, head: dropped)
    let after = try approval(stage, by: World.bob)
    let commit = try stage.showing(after, .active, by: .person(World.bob), at: soon)
    try stage.expectRefused(commit, .actor, at: soon)
  }

  @Test func anActiveGrantTakesNoMoreApprovals() throws {
    let stage = try Stage.active()
    let after = try stage.world.approved(
      stage.grant, by: World.dave, at: soon, activates: false)
    let commit = try stage.showing(after, .active, by: .person(World.dave), at: soon)
    try stage.expectRefused(commit, .readableAct, at: soon)
  }

  @Test func aClosedGrantIsNotApproved() throws {
    var stage = try Stage.pending()
    stage.head = try stage.world.close(
      stage.grant, .withdrawn, on: stage.head, by: World.alice, at: t + .minutes(1))
    let after = try approval(stage, by: World.bob)
    let commit = try stage.showing(after, .active, by: .person(World.bob), at: soon)
    try stage.expectRefused(commit, .closedFinal, at: soon)
  }

  @Test func theApprovalWindowIsHalfOpen() throws {
    let stage = try Stage.pending()
    let end = t + .days(1)
    for (moment, isIn) in [(end - TimeSpan(seconds: 1), true), (end, false)] {
      let after = try approval(stage, by: World.bob, at: moment)
      let commit = try stage.showing(after, .active, by: .person(World.bob), at: moment)
      if isIn {
        try stage.expectCounts(commit, as: .approve, .active, after, at: moment)
      } else {
        try stage.expectRefused(commit, .approvalWindow, at: moment)
      }
    }
  }

  @Test func theStatedTimeMustBeTheSigningTimeWithinTheSkew() throws {
    let stage = try Stage.pending()
    let now = t + .hours(1)
    for (offset, isGood) in [(300, true), (301, false), (-300, true), (-301, false)] {
      let after = try approval(stage, by: World.bob, at: now + TimeSpan(seconds: Int64(offset)))
      let commit = try stage.showing(after, .active, by: .person(World.bob), at: now)
      if isGood {
        try stage.expectCounts(commit, as: .approve, .active, after, at: now)
      } else {
        try stage.expectRefused(commit, .statedTime, at: now)
      }
    }
  }

  @Test func datedAheadOfTheVerifierByMoreThanTheSkewItIsRefused() throws {
    let stage = try Stage.pending()
    for (ahead, isGood) in [(300, true), (301, false)] {
      let moment = soon + TimeSpan(seconds: Int64(ahead))
      let after = try approval(stage, by: World.bob, at: moment)
      let commit = try stage.showing(after, .active, by: .person(World.bob), at: moment)
      if isGood {
        try stage.expectCounts(commit, as: .approve, .active, after, at: soon)
      } else {
        try stage.expectRefused(commit, .boundedDate, at: soon)
      }
    }
  }

  @Test func theRequestEditedInTheSameCommitIsNotApproved() throws {
    let stage = try Stage.pending()
    let edits: [(inout Grant) -> Void] = [
      { $0.duration = .hours(4) }, { $0.justification = "something else" },
      { $0.scope = ["cluster": "prod"] }, { $0.ticket = "T-1" },
      { $0.role = RoleName("prod-admin") ?? $0.role },
      { $0.subject = Principal(World.erin) ?? $0.subject },
      { $0.requester = Principal(World.erin) ?? $0.requester },
      { $0.breakGlass = true }, { $0.renews = $0.id }, { $0.startAt = $0.id.requestedAt },
    ]
    for (index, edit) in edits.enumerated() {
      for (state, activates) in [(GrantState.active, true), (.pending, false)] {
        var after = try approval(stage, by: World.bob, activates: activates)
        edit(&after)
        let commit = try stage.showing(after, state, by: .person(World.bob), at: soon)
        try stage.expectRefused(commit, .readableAct, at: soon, note: "edit \(index) \(state)")
      }
    }
    var after = try approval(stage, by: World.bob)
    after.repository = "copy"
    let commit = try stage.showing(after, .active, by: .person(World.bob), at: soon)
    #expect(
      try stage.expectRefused(commit, at: soon)
        .isSubset(of: [.repositoryName, .readableAct]))
  }

  @Test func aLaterEndThanTheApprovalGivesIsNotBelieved() throws {
    let stage = try Stage.pending()
    let expected = try approval(stage, by: World.bob)
    var shown = expected
    shown.expiresAt = soon + .days(30)
    let commit = try stage.showing(shown, .active, by: .person(World.bob), at: soon)
    let replay = try stage.expectCountsDisputed(
      commit, as: .approve, .active, expected, at: soon)
    #expect(replay.belief.live[stage.id]?.grant.expiresAt == soon + .hours(1))
  }

  @Test func approvalsOfOthersAddedInTheSameCommitCountForNothing() throws {
    let stage = try Stage.pending(role: "prod-admin")
    var shown = try approval(stage, by: World.dave, activates: false)
    shown = try stage.world.approved(shown, by: World.bob, at: soon, activates: true)
    let commit = try stage.showing(shown, .active, by: .person(World.bob), at: soon)
    let expected = try approval(stage, by: World.bob, activates: false)
    try stage.expectCountsDisputed(commit, as: .approve, .pending, expected, at: soon)
  }

  @Test func approvalsOfOthersTakenOutInTheSameCommitStay() throws {
    let first = try Stage.pending(role: "prod-admin")
      .approved(by: World.dave, at: t + .minutes(1), activates: false)
    var shown = first.grant
    shown.approvals = []
    shown = try first.world.approved(shown, by: World.bob, at: soon, activates: false)
    let commit = try first.showing(shown, .pending, by: .person(World.bob), at: soon)
    let expected = try first.world.approved(
      first.grant, by: World.bob, at: soon, activates: false)
    try first.expectCountsDisputed(commit, as: .approve, .pending, expected, at: soon)
  }

  @Test func anotherGrantInTheSameCommitIsJudgedOnItsOwn() throws {
    let stage = try Stage.pending()
    let world = stage.world
    let own = try world.grant(by: World.bob, at: t)
    let asked = try world.request(own, on: stage.head, by: World.bob)
    let after = try approval(stage, by: World.bob)
    let ownAfter = try world.approved(own, by: World.bob, at: soon, activates: true)
    let commit = try world.commit(
      on: asked, edits: World.place(after, .active).merging(World.place(ownAfter, .active)) { $1 },
      by: World.bob, at: soon)
    let (replay, events) = try world.replay(commit, at: soon)
    #expect(replay.state(of: stage.id) == .active)
    #expect(replay.state(of: own.id) == .pending)
    #expect(events.rules == [.policyAllows])
  }

  @Test func twoGrantsSwappedAreRefused() throws {
    let stage = try Stage.pending()
    let world = stage.world
    let other = try world.grant(by: World.erin, role: "prod-admin", at: t)
    let asked = try world.request(other, on: stage.head, by: World.erin)
    let (a, b) = (
      try approval(stage, by: World.bob),
      try world.approved(other, by: World.bob, at: soon, activates: true)
    )
    var edits = World.place(a, .active).merging(World.place(b, .active)) { $1 }
    edits[GrantPath(state: .active, id: a.id).description] = World.File(b.canonicalBytes)
    edits[GrantPath(state: .active, id: b.id).description] = World.File(a.canonicalBytes)
    let commit = try world.commit(on: asked, edits: edits, by: World.bob, at: soon)
    let (replay, events) = try world.replay(commit, at: soon)
    #expect(replay.state(of: a.id) == .pending)
    #expect(replay.state(of: b.id) == .pending)
    #expect(Set(events.rules) == [.readableFile])
    #expect(replay.disputes.count >= 2)
  }

  @Test func anIdReusedAfterClosingIsNotApproved() throws {
    let stage = try Stage.active()
    let world = stage.world
    let ended = try world.close(
      stage.grant, .revoked, on: stage.head, by: World.alice, at: t + .minutes(2))
    let again = try world.commit(
      on: ended, edits: World.place(stage.grant.request, .pending), by: World.alice,
      at: t + .minutes(3))
    var next = stage
    next.head = again
    next.grant = stage.grant.request
    let after = try approval(next, by: World.dave)
    let commit = try next.showing(after, .active, by: .person(World.dave), at: soon)
    let (replay, events) = try world.replay(commit, at: soon)
    #expect(replay.state(of: stage.id) == nil)
    #expect(Set(events.rules) == [.closedFinal])
  }
}
