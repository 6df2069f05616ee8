import Grants
import History
import Ledger
import TestSupport
import Testing

/// Nobody gives themselves access, whatever key, name or branch they use.
@Suite struct SelfApprovalTests {
  let t = Stage.t
  var soon: Timestamp { t + .minutes(5) }

  /// A lead who asks, with `second` as another key of theirs.
  private func worldWithSecondKey(of person: String, _ second: TestKey) throws -> World {
    let names = [
      World.alice, World.bob, World.carol, World.dave, World.erin, World.ci, Cast.hank, Cast.olga,
    ]
    let keys = Dictionary(uniqueKeysWithValues: names.map { ($0, TestKey()) })
    let lines = names.map { "\($0) namespaces=\"git\" \(keys[$0]?.line ?? "")\n" }
      .joined()
    return try Cast.world(
      policy: ["allowed_signers": lines + "\(person) namespaces=\"git\" \(second.line)\n"],
      keys: keys)
  }

  private func asked(by lead: String, in world: World, role: String = "db-read") throws -> Stage {
    let grant = try world.grant(by: lead, role: role, at: t)
    return Stage(
      world: world, grant: grant, head: try world.request(grant, on: world.root, by: lead))
  }

  private func commit(
    _ grant: Grant, _ state: GrantState, upon stage: Stage, key: TestKey
  ) throws -> ObjectID {
    try stage.world.commit(
      on: stage.head, edits: World.place(grant, state), by: nil, at: soon, key: key)
  }

  @Test func byTheRequester() throws {
    let stage = try asked(by: World.bob, in: Cast.world())
    let after = try stage.world.approved(stage.grant, by: World.bob, at: soon, activates: true)
    try stage.expectRefused(
      stage.showing(after, .active, by: .person(World.bob), at: soon), .policyAllows, at: soon)
  }

  @Test func byTheRequestersSecondKey() throws {
    let second = TestKey()
    let stage = try asked(
      by: World.bob, in: worldWithSecondKey(of: World.bob, second))
    for name in [World.bob, World.dave] {
      let after = try stage.world.approved(stage.grant, by: name, at: soon, activates: true)
      try stage.expectRefused(
        commit(after, .active, upon: stage, key: second),
        name == World.bob ? .policyAllows : .actor, at: soon)
    }
  }

  @Test func byTheSubject() throws {
    let world = try Cast.world()
    let grant = try world.grant(by: World.alice, for: World.bob, at: t)
    let stage = Stage(world: world, grant: grant, head: try world.request(grant, on: world.root))
    let after = try world.approved(grant, by: World.bob, at: soon, activates: true)
    try stage.expectRefused(
      stage.showing(after, .active, by: .person(World.bob), at: soon), .policyAllows, at: soon)
  }

  @Test func byTheRequesterAfterMakingSomebodyElseTheRequester() throws {
    // An amendment to another requester is refused, so the approval of it is of something else.
    let stage = try asked(by: World.bob, in: Cast.world())
    var renamed = stage.grant
    renamed.requester = try stage.world.person(World.alice)
    let amended = try stage.showing(
      renamed, .pending, by: .person(World.bob), at: t + .minutes(1))
    let after = try stage.world.approved(renamed, by: World.bob, at: soon, activates: true)
    let head = try stage.edit(
      World.place(after, .active), by: .person(World.bob), at: soon, on: amended)
    #expect(try stage.world.replay(head, at: soon).replay.state(of: stage.id) == .pending)
  }

  @Test func anApproverWhoBecomesTheSubjectLosesTheApproval() throws {
    // bob approves for erin; alice then makes bob the holder: all approvals fall.
    let stage = try Stage.pending(role: "prod-admin", for: World.erin)
      .approved(by: World.bob, at: t + .minutes(1), activates: false)
    var shown = stage.grant
    shown.subject = try stage.world.person(World.bob)
    let amended = try stage.showing(
      shown, .pending, by: .person(World.alice), at: t + .minutes(2))
    let believed = try stage.world.replay(amended, at: soon).replay.belief.live[stage.id]
    #expect(believed?.grant.approvals == [])
    #expect(believed?.grant.subject.name == World.bob)
  }

  @Test func twiceByOnePersonInTwoCommits() throws {
    let stage = try Stage.pending(role: "prod-admin")
      .approved(by: World.bob, at: t + .minutes(1), activates: false)
    let again = try stage.world.approved(stage.grant, by: World.bob, at: soon, activates: true)
    for state in [GrantState.active, .pending] {
      var shown = again
      if state == .pending { (shown.activatedAt, shown.expiresAt) = (nil, nil) }
      try stage.expectRefused(
        stage.showing(shown, state, by: .person(World.bob), at: soon), at: soon)
    }
    // With the first taken out of the file, it is still the same person's.
    var renewed = stage.grant
    renewed.approvals = [Approval(by: try stage.world.person(World.bob), at: soon)]
    try stage.expectRefused(
      stage.showing(renewed, .pending, by: .person(World.bob), at: soon), .readableAct, at: soon)
  }

  @Test func twiceByOnePersonInOneCommit() throws {
    let stage = try Stage.pending(role: "prod-admin")
    var shown = try stage.world.approved(stage.grant, by: World.bob, at: soon, activates: false)
    shown = try stage.world.approved(shown, by: World.bob, at: soon, activates: true)
    try stage.expectRefused(
      stage.showing(shown, .active, by: .person(World.bob), at: soon), at: soon)
  }

  @Test func twiceByOnePersonOnTwoBranches() throws {
    let stage = try Stage.pending(role: "prod-admin")
    let (left, once) = try stage.world.approve(
      stage.grant, on: stage.head, by: World.bob, at: t + .minutes(1), activates: true)
    let (right, _) = try stage.world.approve(
      stage.grant, on: stage.head, by: World.bob, at: t + .minutes(2), activates: true)
    let merge = try stage.world.merge(left, right, tree: left, at: soon)
    let (replay, events) = try stage.world.replay(merge, at: soon)
    #expect(replay.state(of: stage.id) == .pending)
    #expect(replay.belief.live[stage.id]?.grant.approvals == once.approvals)
    #expect(events.transitions.map(\.kind) == [.request, .approve])
  }

  @Test func bySiblingRolesApproverOrAnAdminWhoIsNone() throws {
    let stage = try Stage.pending()
    for person in [Cast.hank, World.carol] {
      let after = try stage.world.approved(stage.grant, by: person, at: soon, activates: true)
      try stage.expectRefused(
        stage.showing(after, .active, by: .person(person), at: soon), .policyAllows, at: soon)
    }
    let sibling = try Stage.pending(role: "sibling")
    let after = try sibling.world.approved(
      sibling.grant, by: World.bob, at: soon, activates: true)
    try sibling.expectRefused(
      sibling.showing(after, .active, by: .person(World.bob), at: soon), .policyAllows, at: soon)
  }

  @Test func bySomebodyRemovedFromTheGroupSince() throws {
    let stage = try Stage.pending()
    let (side, _) = try stage.world.approve(
      stage.grant, on: stage.head, by: World.bob, at: t + .minutes(1))
    let main = try stage.world.changePolicy(
      on: stage.head,
      edits: [
        "daypass.yaml": World.policyHead(serial: 2, settings: ["requireApproval: false"]),
        "groups.yaml": """
        groups:
          engineers: [\(World.alice)]
          leads: [\(World.dave)]
          others: [\(Cast.hank)]

        """, "roles/prod-admin.yaml": World.role(quorum: 1),
      ], by: World.carol, at: t + .minutes(2))
    let merge = try stage.world.merge(main, side, tree: main, at: soon)
    let (replay, events) = try stage.world.replay(merge, at: soon)
    #expect(replay.belief.policy.policy.serial == 2)
    #expect(replay.state(of: stage.id) == .pending)
    #expect(events.rules == [.policyAllows])
  }

  @Test func anApprovalLiftedByAnotherSignerCountsForNothing() throws {
    // bob's approval of the first grant, as it was signed, copied onto the second by others.
    let first = try Stage.active()
    let world = first.world
    let other = try world.grant(role: "prod-admin", at: t + .minutes(2))
    let asked = try world.request(other, on: first.head)
    let stage = Stage(world: world, grant: other, head: asked)
    var lifted = other
    lifted.approvals = first.grant.approvals
    lifted.activatedAt = first.grant.activatedAt
    lifted.expiresAt = first.grant.expiresAt
    for signer in [World.alice, World.erin, World.dave, World.ci] {
      try stage.expectRefused(
        stage.showing(lifted, .active, by: .person(signer), at: soon), at: soon)
    }
    // The same file again after the approval was retracted.
    var retracted = first
    retracted.head = try first.showing(
      first.grant.request, .pending, by: .person(World.bob), at: t + .minutes(3))
    let back = try retracted.showing(
      first.grant, .active, by: .person(World.alice), at: soon)
    #expect(try world.replay(back, at: soon).replay.state(of: first.id) == nil)
  }

  @Test func anApproverMayShortenButNeverLengthen() throws {
    let stage = try Stage.pending()
    for (duration, isGood) in [
      (TimeSpan.minutes(1), true), (.minutes(30), true), (.hours(1), true),
      (TimeSpan(seconds: 3_601), false), (TimeSpan(seconds: 59), false),
    ] {
      let after = try stage.world.approved(
        stage.grant, by: World.bob, at: soon, activates: true, duration: duration)
      let commit = try stage.showing(after, .active, by: .person(World.bob), at: soon)
      if isGood {
        try stage.expectCounts(commit, as: .approve, .active, after, at: soon)
        #expect(after.expiresAt == soon + duration)
      } else {
        try stage.expectRefused(commit, .policyAllows, at: soon)
      }
    }
  }

  @Test func theShortestApprovedDurationCounts() throws {
    for (first, last) in [
      (TimeSpan.minutes(20), TimeSpan.minutes(40)), (.minutes(40), .minutes(20)),
    ] {
      let stage = try Stage.pending(role: "prod-admin")
      let (head, once) = try stage.world.approve(
        stage.grant, on: stage.head, by: World.bob, at: t + .minutes(1), activates: false,
        duration: first)
      var next = stage
      (next.head, next.grant) = (head, once)
      let after = try stage.world.approved(
        once, by: World.dave, at: soon, activates: true, duration: last)
      let commit = try next.showing(after, .active, by: .person(World.dave), at: soon)
      try next.expectCounts(commit, as: .approve, .active, after, at: soon)
      #expect(after.expiresAt == soon + .minutes(20))
    }
  }

  @Test func aLateLandingShortensAccessAndNeverShiftsIt() throws {
    let stage = try Stage.pending()
    let (side, after) = try stage.world.approve(
      stage.grant, on: stage.head, by: World.bob, at: soon)
    let now = soon + .minutes(50)
    let main = try stage.world.commit(on: stage.head, by: nil, at: now)
    let merge = try stage.world.merge(main, side, tree: side, at: now)
    try stage.expectCounts(merge, as: .approve, .active, after, at: now)
    #expect(after.expiresAt == soon + .hours(1))
  }
}
