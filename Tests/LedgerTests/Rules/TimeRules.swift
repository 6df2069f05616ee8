import Grants
import History
import Ledger
import TestSupport
import Testing

/// When.
extension TrustRuleTests {
  /// Refused by that rule, or passing.
  private func expect(
    _ rule: TrustRule, _ isGood: Bool, _ head: ObjectID, in world: World, at now: Timestamp,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    if isGood {
      try expectPasses(head, in: world, at: now, sourceLocation: sourceLocation)
    } else {
      try expect(rule, refuses: head, in: world, at: now, sourceLocation: sourceLocation)
    }
  }

  private var second: TimeSpan { TimeSpan(seconds: 1) }

  @Test func landingWindow() throws {
    let world = try Cast.world(policy: [
      "daypass.yaml": World.policyHead(
        serial: 1, settings: ["requireApproval: false", "landingWindow: PT1H"])
    ])
    let stage = try Stage.pending(in: world)
    let (side, _) = try world.approve(stage.grant, on: stage.head, by: World.bob, at: soon)
    for (now, isGood) in [(soon + .hours(1), true), (soon + .hours(1) + second, false)] {
      let main = try world.commit(on: stage.head, by: nil, at: now)
      let head = try world.merge(main, side, tree: isGood ? side : main, at: now)
      try expect(.landingWindow, isGood, head, in: world, at: now)
    }
  }

  @Test func approvalWindow() throws {
    let stage = try Stage.pending()
    let end = t + .days(1)
    for (now, isGood) in [(end - second, true), (end, false)] {
      let (head, _) = try stage.world.approve(
        stage.grant, on: stage.head, by: World.bob, at: now)
      try expect(.approvalWindow, isGood, head, in: stage.world, at: now)
    }
  }

  @Test func approvalFollows() throws {
    // alice changes the wording and back again: an approval of before does not come back.
    let stage = try Stage.pending()
    var other = stage.grant
    other.duration = .hours(2)
    let changed = try stage.showing(
      other, .pending, by: .person(World.alice), at: t + .minutes(10))
    let back = try stage.edit(
      World.place(stage.grant, .pending), by: .person(World.alice), at: t + .minutes(20),
      on: changed)
    for (moment, isGood) in [(t + .minutes(15), true), (t + .minutes(15) - second, false)] {
      let (side, _) = try stage.world.approve(
        stage.grant, on: stage.head, by: World.bob, at: moment)
      let now = t + .minutes(21)
      let head = try stage.world.merge(back, side, tree: isGood ? side : back, at: now)
      try expect(.approvalFollows, isGood, head, in: stage.world, at: now)
    }
  }

  @Test func boundedDate() throws {
    for (ahead, isGood) in [(TimeSpan.minutes(5), true), (TimeSpan(seconds: 301), false)] {
      let world = try Cast.world()
      let head = try world.request(world.grant(at: t + ahead), on: world.root)
      try expect(.boundedDate, isGood, head, in: world, at: t)
    }
  }

  @Test func statedTime() throws {
    for (offset, isGood) in [(TimeSpan.minutes(5), true), (TimeSpan(seconds: 301), false)] {
      for sign in [t + offset, t - offset] {
        let world = try Cast.world()
        let head = try world.request(world.grant(at: t), on: world.root, at: sign)
        try expect(.statedTime, isGood, head, in: world, at: t + .hours(1))
      }
    }
  }

  @Test func amendLater() throws {
    let stage = try Stage.pending()
    for (moment, isGood) in [(t, false), (t + second, true)] {
      var shown = stage.grant
      shown.duration = .hours(2)
      let head = try stage.showing(shown, .pending, by: .person(World.alice), at: moment)
      try expect(.amendLater, isGood, head, in: stage.world, at: soon)
    }
  }

  @Test func dueTime() throws {
    let stage = try Stage.active()
    let end = try #require(stage.grant.expiresAt)
    for (now, isGood) in [(end - second, false), (end, true)] {
      let head = try stage.world.close(
        stage.grant, .expired, on: stage.head, by: World.ci, at: now)
      try expect(.dueTime, isGood, head, in: stage.world, at: now)
    }
  }

  /// A commit that is no pin is no incident either: it only closes nothing.
  @Test func pin() throws {
    let world = try Cast.world()
    func pins(_ head: ObjectID) throws -> [ObjectID] {
      try world.replay(head, at: t).events.pins.map(\.commit)
    }
    let good = try world.pin(on: world.root, at: t)
    #expect(try pins(good) == [good])
    let byCarol = try world.pin(on: world.root, by: World.carol, at: t)
    let ahead = try world.pin(on: world.root, at: t + .minutes(5) + second)
    let elsewhere = try world.commit(
      on: world.root, by: World.ci, at: t, message: "Pin\n\nDaypass-Mainline: \(good)\n")
    let unsigned = try world.commit(
      on: world.root, by: nil, at: t, message: "Pin\n\nDaypass-Mainline: \(world.root)\n")
    let twice = try world.commit(
      on: world.root, by: World.ci, at: t,
      message: "Pin\n\nDaypass-Mainline: \(world.root)\nDaypass-Mainline: \(world.root)\n")
    let inBody = try world.commit(
      on: world.root, by: World.ci, at: t,
      message: "Pin\n\nDaypass-Mainline: \(world.root)\n\nMore words\n")
    for head in [byCarol, ahead, elsewhere, unsigned, twice, inBody] {
      #expect(try pins(head) == [])
    }
    let withinSkew = try world.pin(on: world.root, at: t + .minutes(5))
    #expect(try pins(withinSkew) == [withinSkew])
    let earlier = try world.pin(on: good, at: t - second)
    #expect(try pins(earlier) == [good])
  }

  @Test func stateDigest() throws {
    let stage = try Stage.pending()
    let plain = try stage.world.pin(on: stage.head, at: soon)
    let digest = try #require(try stage.world.replay(plain, at: soon).events.pins.last?.digest)
    for (stated, isGood) in [(digest, true), (String(repeating: "0", count: 64), false)] {
      let head = try stage.world.commit(
        on: stage.head, by: World.ci, at: soon,
        message: "Pin\n\nDaypass-Mainline: \(stage.head)\nDaypass-State: \(stated)\n")
      try expect(.stateDigest, isGood, head, in: stage.world, at: soon)
      #expect(try stage.world.replay(head, at: soon).events.pins.count == 1)
    }
  }
}
