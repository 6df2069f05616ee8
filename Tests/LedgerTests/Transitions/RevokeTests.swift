import Grants
import History
import Ledger
import TestSupport
import Testing

@Suite struct RevokeTests {
  let t = Stage.t
  var soon: Timestamp { t + .minutes(5) }

  private func closed(
    _ stage: Stage, _ outcome: Closure.Outcome = .revoked, by person: String,
    at moment: Timestamp? = nil, reason: String = "no longer needed"
  ) throws -> Grant {
    try stage.world.closed(stage.grant, outcome, by: person, at: moment ?? soon, reason: reason)
  }

  @Test(arguments: [World.erin, World.alice, World.bob, World.dave, World.carol])
  func byHolderRequesterApproverOrAdmin(_ person: String) throws {
    let stage = try Stage.active(for: World.erin)
    let after = try closed(stage, by: person)
    let commit = try stage.showing(after, .closed, by: .person(person), at: soon)
    try stage.expectCounts(commit, as: .revoke, .closed, after, at: soon)
  }

  @Test(arguments: Signer.everybody)
  func inTheNameOfAnotherIsRefused(_ signer: Signer) throws {
    let stage = try Stage.active(for: World.erin)
    for person in [World.erin, World.bob, World.carol] where signer != .person(person) {
      let after = try closed(stage, by: person)
      let commit = try stage.showing(after, .closed, by: signer, at: soon)
      try stage.expectRefused(commit, at: soon)
    }
  }

  @Test(arguments: [Cast.hank, Cast.olga, World.ci])
  func byABystanderIsRefused(_ person: String) throws {
    let stage = try Stage.active(for: World.erin)
    let rule: TrustRule = person == World.ci ? .reconcilerDuties : .actor
    let after = try closed(stage, by: person)
    try stage.expectRefused(
      stage.showing(after, .closed, by: .person(person), at: soon), rule, at: soon)
    try stage.expectRefused(
      stage.edit(stage.removal, by: .person(person), at: soon), rule, at: soon)
  }

  @Test func unsignedIsRefused() throws {
    let stage = try Stage.active()
    let after = try closed(stage, by: World.alice)
    try stage.expectRefused(
      stage.showing(after, .closed, by: .nobody, at: soon), .signature, at: soon)
    try stage.expectRefused(
      stage.showing(after, .closed, by: .unknownKey, at: soon), .knownKey, at: soon)
    try stage.expectRefused(stage.edit(stage.removal, by: .nobody, at: soon), .signature, at: soon)
  }

  @Test func ofAPendingRequestItIsAWithdrawalOrARejection() throws {
    let stage = try Stage.pending()
    for (person, kind, outcome) in [
      (World.alice, Transition.Kind.withdraw, Closure.Outcome.withdrawn),
      (World.bob, .reject, .rejected),
    ] {
      let shown = try closed(stage, by: person)
      let commit = try stage.showing(shown, .closed, by: .person(person), at: soon)
      let expected = try closed(stage, outcome, by: person)
      try stage.expectCountsDisputed(commit, as: kind, .closed, expected, at: soon)
    }
  }

  @Test func whatIsClosedStaysAsItWas() throws {
    var stage = try Stage.active()
    let first = try closed(stage, by: World.alice, at: t + .minutes(2))
    stage.head = try stage.showing(
      first, .closed, by: .person(World.alice), at: t + .minutes(2))
    let second = try closed(stage, by: World.carol)
    try stage.expectRefused(
      stage.showing(second, .closed, by: .person(World.carol), at: soon), .closedFinal, at: soon)
    try stage.expectRefused(
      stage.edit(stage.removal, by: .person(World.carol), at: soon), .actor, at: soon)
    try stage.expectRefused(
      stage.showing(stage.grant, .active, by: .person(World.bob), at: soon), .closedFinal, at: soon)
  }

  @Test func aReasonIsNeededUnlessItIsTheHolder() throws {
    let stage = try Stage.active(for: World.erin)
    for person in [World.bob, World.carol] {
      for blank in ["", " \n\t", "\u{2003}"] {
        let after = try closed(stage, by: person, reason: blank)
        try stage.expectRefused(
          stage.showing(after, .closed, by: .person(person), at: soon), .reasonGiven, at: soon)
      }
    }
    let after = try closed(stage, by: World.erin, reason: "")
    let commit = try stage.showing(after, .closed, by: .person(World.erin), at: soon)
    try stage.expectCounts(commit, as: .revoke, .closed, after, at: soon)
  }

  @Test func signedAMonthAgoItStillCounts() throws {
    let stage = try Stage.active()
    let after = try closed(stage, by: World.bob)
    let side = try stage.showing(after, .closed, by: .person(World.bob), at: soon)
    let now = t + .days(30)
    let main = try stage.world.commit(on: stage.head, by: World.alice, at: now)
    let merge = try stage.world.merge(main, side, tree: side, at: now)
    try stage.expectCounts(merge, as: .revoke, .closed, after, at: now)
  }

  @Test(arguments: [Int64(0), 1, 4_000_000_000])
  func aWildDateDoesNotSaveTheGrant(_ seconds: Int64) throws {
    let stage = try Stage.active()
    let wild = Timestamp(seconds: seconds)
    let after = try closed(stage, by: World.bob, at: wild)
    let commit = try stage.showing(after, .closed, by: .person(World.bob), at: wild)
    let (replay, events) = try stage.world.replay(commit, at: soon)
    #expect(replay.state(of: stage.id) == nil)
    #expect(events.incidents == [])
  }

  @Test func aStatedTimeOutOfSkewBecomesTheLandingTime() throws {
    let stage = try Stage.active()
    for offset in [TimeSpan(seconds: 301), .days(-400), .days(400)] {
      let shown = try closed(stage, by: World.bob, at: soon + offset)
      let commit = try stage.showing(shown, .closed, by: .person(World.bob), at: soon)
      let expected = try closed(stage, by: World.bob, at: soon)
      try stage.expectCountsDisputed(commit, as: .revoke, .closed, expected, at: soon)
    }
    let shown = try closed(stage, by: World.bob, at: soon + TimeSpan(seconds: 300))
    let commit = try stage.showing(shown, .closed, by: .person(World.bob), at: soon)
    try stage.expectCounts(commit, as: .revoke, .closed, shown, at: soon)
  }

  @Test func aRoleThatIsGoneKeepsNobodyFromRevoking() throws {
    let stage = try Stage.active()
    let changed = try stage.world.changePolicy(
      on: stage.head,
      edits: [
        "daypass.yaml": World.policyHead(serial: 2, settings: ["requireApproval: false"]),
        "roles/db-read.yaml": nil,
      ], by: World.carol, at: t + .minutes(2))
    var next = stage
    next.head = changed
    for person in [World.alice, World.bob, World.carol] {
      let after = try closed(next, by: person)
      let commit = try next.showing(after, .closed, by: .person(person), at: soon)
      try next.expectCounts(commit, as: .revoke, .closed, after, at: soon)
    }
  }

  @Test func anotherGrantInTheSameCommitIsJudgedOnItsOwn() throws {
    let stage = try Stage.active()
    let world = stage.world
    let other = try world.grant(by: World.erin, at: t)
    let asked = try world.request(other, on: stage.head, by: World.erin)
    let (head, held) = try world.approve(other, on: asked, by: World.dave, at: t + .minutes(2))
    let edits = try World.place(closed(stage, by: World.alice), .closed)
      .merging(
        World.place(world.closed(held, .revoked, by: World.alice, at: soon), .closed)
      ) { $1 }
    let commit = try world.commit(on: head, edits: edits, by: World.alice, at: soon)
    let (replay, events) = try world.replay(commit, at: soon)
    #expect(replay.state(of: stage.id) == nil)
    #expect(replay.state(of: other.id) == .active)
    #expect(events.rules == [.actor])
  }

  @Test func twoEndingsSwappedAreRefused() throws {
    let stage = try Stage.active()
    let world = stage.world
    let other = try world.grant(by: World.erin, at: t)
    let asked = try world.request(other, on: stage.head, by: World.erin)
    let (head, held) = try world.approve(other, on: asked, by: World.dave, at: t + .minutes(2))
    let (a, b) = (
      try closed(stage, by: World.bob), try world.closed(held, .revoked, by: World.bob, at: soon)
    )
    var edits = World.place(a, .closed).merging(World.place(b, .closed)) { $1 }
    edits[GrantPath(state: .closed, id: a.id).description] = World.File(b.canonicalBytes)
    edits[GrantPath(state: .closed, id: b.id).description] = World.File(a.canonicalBytes)
    let commit = try world.commit(on: head, edits: edits, by: World.bob, at: soon)
    let (replay, events) = try world.replay(commit, at: soon)
    #expect(replay.state(of: a.id) == .active)
    #expect(replay.state(of: b.id) == .active)
    #expect(Set(events.rules) == [.readableFile])
  }
}
