import Grants
import History
import Ledger
import TestSupport
import Testing

@Suite struct RequestTests {
  let t = Stage.t

  /// Nothing yet; the grant as it would be asked for.
  private func start(
    role: String = "db-read", for subject: String? = nil, at moment: Timestamp? = nil,
    policy: [String: String?] = [:]
  ) throws -> Stage {
    let world = try Cast.world(policy: policy)
    return Stage(
      world: world, grant: try world.grant(for: subject, role: role, at: moment ?? t),
      head: world.root)
  }

  private func activated(_ grant: Grant, at moment: Timestamp) -> Grant {
    var grant = grant
    grant.activatedAt = moment
    grant.expiresAt = moment + grant.duration
    return grant
  }

  @Test func byTheRequesterIsPending() throws {
    for subject in [nil, World.erin] {
      let stage = try start(for: subject)
      let commit = try stage.showing(stage.grant, .pending, by: .person(World.alice), at: t)
      try stage.expectCounts(commit, as: .request, .pending, stage.grant, at: t)
    }
  }

  @Test func straightIntoActiveForAnAutomaticRole() throws {
    let stage = try start(role: "free")
    let after = activated(stage.grant, at: t)
    let commit = try stage.showing(after, .active, by: .person(World.alice), at: t)
    try stage.expectCounts(commit, as: .request, .active, after, at: t)
  }

  @Test func straightIntoActiveForARoleThatNeedsApprovalIsRefused() throws {
    let stage = try start()
    let bare = activated(stage.grant, at: t)
    let approved = try stage.world.approved(stage.grant, by: World.bob, at: t, activates: true)
    for shown in [bare, approved] {
      let commit = try stage.showing(shown, .active, by: .person(World.alice), at: t)
      try stage.expectRefused(commit, .policyAllows, at: t)
    }
  }

  @Test func straightIntoActiveWithALaterEndGetsTheRightOne() throws {
    let stage = try start(role: "free")
    var shown = activated(stage.grant, at: t)
    shown.expiresAt = t + .days(9)
    let commit = try stage.showing(shown, .active, by: .person(World.alice), at: t)
    try stage.expectCountsDisputed(
      commit, as: .request, .active, activated(stage.grant, at: t), at: t)
  }

  @Test func straightIntoActiveFromALaterMomentIsRefused() throws {
    let stage = try start(role: "free")
    let commit = try stage.showing(
      activated(stage.grant, at: t + .hours(1)), .active, by: .person(World.alice), at: t)
    try stage.expectRefused(commit, .statedTime, at: t)
  }

  @Test func intoClosedIsRefused() throws {
    let stage = try start()
    let shown = try stage.world.closed(stage.grant, .withdrawn, by: World.alice, at: t)
    let commit = try stage.showing(shown, .closed, by: .person(World.alice), at: t)
    try stage.expectRefused(commit, .readableAct, at: t)
  }

  @Test(arguments: Signer.everybody(but: World.alice))
  func inTheNameOfAnotherIsRefused(_ signer: Signer) throws {
    let rule: TrustRule =
      switch signer {
      case .nobody: .signature
      case .unknownKey: .knownKey
      case .person(World.ci): .reconcilerDuties
      default: .actor
      }
    for role in ["db-read", "free"] {
      let stage = try start(role: role, for: World.erin)
      let state: GrantState = role == "free" ? .active : .pending
      let shown = role == "free" ? activated(stage.grant, at: t) : stage.grant
      try stage.expectRefused(stage.showing(shown, state, by: signer, at: t), rule, at: t)
    }
  }

  @Test(arguments: [World.carol, Cast.olga])
  func bySomebodyWhoMayNotAskIsRefused(_ person: String) throws {
    let world = try Cast.world()
    let grant = try world.grant(by: person, at: t)
    let stage = Stage(world: world, grant: grant, head: world.root)
    try stage.expectRefused(
      stage.showing(grant, .pending, by: .person(person), at: t), .policyAllows, at: t)
  }

  @Test func byOrForAReconcilerIsRefused() throws {
    let world = try Cast.world(policy: [
      "roles/db-read.yaml": World.role(quorum: 1)
        .replacing("{groups: [engineers]}", with: "{globs: ['*']}")
    ])
    for (requester, subject, rule) in [
      (World.ci, World.ci, TrustRule.reconcilerDuties), (World.alice, World.ci, .policyAllows),
    ] {
      let grant = try world.grant(by: requester, for: subject, at: t)
      let stage = Stage(world: world, grant: grant, head: world.root)
      try stage.expectRefused(
        stage.showing(grant, .pending, by: .person(requester), at: t), rule, at: t)
    }
  }

  @Test func theIdsTimeMustBeTheSigningTimeWithinTheSkew() throws {
    for (offset, isGood) in [(300, true), (301, false), (-300, true), (-301, false)] {
      let stage = try start(at: t + TimeSpan(seconds: Int64(offset)))
      let now = t + .hours(1)
      let commit = try stage.showing(stage.grant, .pending, by: .person(World.alice), at: t)
      if isGood {
        try stage.expectCounts(commit, as: .request, .pending, stage.grant, at: now)
      } else {
        try stage.expectRefused(commit, .statedTime, at: now)
      }
    }
  }

  @Test func landsWithinTheApprovalWindowOnly() throws {
    for (late, isGood) in [(TimeSpan(seconds: 86_399), true), (.days(1), false)] {
      let stage = try start()
      let side = try stage.showing(stage.grant, .pending, by: .person(World.alice), at: t)
      let now = t + late
      let main = try stage.world.commit(on: stage.head, by: nil, at: now)
      let merge = try stage.world.merge(main, side, tree: side, at: now)
      if isGood {
        try stage.expectCounts(merge, as: .request, .pending, stage.grant, at: now)
      } else {
        try stage.expectRefused(merge, .approvalWindow, at: now)
      }
    }
  }

  @Test func bookkeepingBroughtAlongCountsForNothing() throws {
    let stage = try start()
    var shown = try stage.world.approved(stage.grant, by: World.bob, at: t, activates: false)
    shown.reviews = [
      Review(by: try stage.world.person(World.bob), at: t, comment: "fine")
    ]
    let commit = try stage.showing(shown, .pending, by: .person(World.alice), at: t)
    try stage.expectCountsDisputed(commit, as: .request, .pending, stage.grant, at: t)
  }

  @Test func twoOpenForTheSameAreRefusedInIdOrder() throws {
    let stage = try start()
    let twin = try stage.world.grant(at: t)
    let commit = try stage.showing(
      twin, .pending, by: .person(World.alice), at: t,
      alongside: World.place(stage.grant, .pending))
    let (replay, events) = try stage.world.replay(commit, at: t)
    #expect(replay.state(of: stage.id) == .pending)
    #expect(replay.state(of: twin.id) == nil)
    #expect(events.rules == [.policyAllows])
  }

  @Test func aGrantThatHasRunOutIsNoDuplicate() throws {
    let stage = try Stage.active()
    let end = try #require(stage.grant.expiresAt)
    for (moment, isGood) in [(end - TimeSpan(seconds: 1), false), (end, true)] {
      let next = try stage.world.grant(at: moment)
      let commit = try stage.showing(next, .pending, by: .person(World.alice), at: moment)
      if isGood {
        let (replay, events) = try stage.world.replay(commit, at: moment)
        #expect(replay.state(of: next.id) == .pending)
        #expect(events.incidents == [])
      } else {
        try stage.expectRefused(commit, .policyAllows, at: moment)
      }
    }
  }

  @Test func twoRequestsSwappedAreRefused() throws {
    let stage = try start()
    let other = try stage.world.grant(role: "prod-admin", at: t)
    let commit = try stage.edit(
      [
        GrantPath(state: .pending, id: stage.id).description: World.File(other.canonicalBytes),
        GrantPath(state: .pending, id: other.id).description:
          World.File(stage.grant.canonicalBytes),
      ], by: .person(World.alice), at: t)
    try stage.expectRefused(commit, .readableFile, at: t)
  }

  @Test func anIdNeverComesBackAfterClosing() throws {
    var stage = try Stage.active()
    stage.head = try stage.world.close(
      stage.grant, .revoked, on: stage.head, by: World.bob, at: t + .minutes(2))
    let now = t + .minutes(3)
    try stage.expectRefused(
      stage.showing(stage.grant.request, .pending, by: .person(World.alice), at: now),
      .closedFinal, at: now)
    // Without taking the closed file away, too.
    try stage.expectRefused(
      stage.edit(
        [stage.path(.pending): World.File(stage.grant.request.canonicalBytes)],
        by: .person(World.alice), at: now), .closedFinal, at: now)
  }

  @Test func whatThisVersionCannotDoIsRefused() throws {
    for edit: (inout Grant) -> Void in [
      { $0.breakGlass = true }, { $0.startAt = $0.id.requestedAt }, { $0.renews = $0.id },
    ] {
      let stage = try start()
      var shown = stage.grant
      edit(&shown)
      try stage.expectRefused(
        stage.showing(shown, .pending, by: .person(World.alice), at: t), .policyAllows, at: t)
    }
  }

  @Test func inACopyOfTheRepositoryItCountsForNothingHere() throws {
    let stage = try start()
    var shown = stage.grant
    shown.repository = "copy"
    try stage.expectRefused(
      stage.showing(shown, .pending, by: .person(World.alice), at: t), .repositoryName, at: t)
  }
}
