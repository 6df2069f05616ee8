import Grants
import History
import Ledger
import TestSupport
import Testing

/// Pins, bounds and clocks.
@Suite struct TimeTests {
  let t = World.start + .hours(1)

  @Test func aLaptopTenMinutesFastLosesOneTransitionForEveryVerifier() throws {
    let world = try World()
    let fast = try world.grant(at: t + .minutes(10))
    let asked = try world.request(fast, on: world.root)
    let fine = try world.grant(by: World.erin, at: t + .minutes(1))
    let second = try world.request(fine, on: asked, by: World.erin)
    let (early, events) = try world.replay(second, at: t + .minutes(1))
    #expect(events.rules == [.boundedDate])
    #expect(early.state(of: fine.id) == .pending)
    let pinned = try world.pin(on: second, at: t + .minutes(2))
    for now in [t + .minutes(2), t + .minutes(20), t + .days(300)] {
      let (replay, events) = try world.replay(pinned, at: now)
      #expect(replay.state(of: fast.id) == nil)
      #expect(replay.state(of: fine.id) == .pending)
      #expect(events.rules == [.boundedDate])
    }
    // A later one from the same person counts: nobody else paid, and the owner once.
    let again = try world.grant(at: t + .minutes(3))
    let next = try world.request(again, on: pinned)
    #expect(try world.replay(next, at: t + .minutes(4)).replay.state(of: again.id) == .pending)
  }

  @Test func aPinDatedAYearAheadByAStolenKeyIsNoPin() throws {
    let world = try World()
    let grant = try world.grant(at: t)
    let asked = try world.request(grant, on: world.root)
    let (active, held) = try world.approve(grant, on: asked, by: World.bob, at: t + .minutes(1))
    let expired = try world.closed(held, .expired, by: World.ci, at: t + .days(365))
    let head = try world.pin(
      on: active, at: t + .days(365), edits: World.place(expired, .closed))
    let (replay, events) = try world.replay(head, at: t + .minutes(5))
    #expect(events.pins.isEmpty)
    #expect(replay.state(of: grant.id) == .active)
    #expect(replay.pinnedAt == nil)
  }

  @Test func aPinDatedBeforeThePreviousOneIsNoPin() throws {
    let world = try World()
    let first = try world.pin(on: world.root, at: t + .hours(2))
    let second = try world.pin(on: first, at: t)
    let (_, events) = try world.replay(second, at: t + .hours(3))
    #expect(events.pins.map(\.commit) == [first])
  }

  @Test func aTrailerByAnybodyElseIsNoPin() throws {
    let world = try World()
    for person in [World.alice, World.carol, nil] {
      let head = try world.commit(
        on: world.root, by: person, at: t, message: "Pin\n\nDaypass-Mainline: \(world.root)\n")
      #expect(try world.replay(head, at: t).events.pins.isEmpty)
    }
    let elsewhere = try world.commit(
      on: world.root, by: World.ci, at: t,
      message: "Pin\n\nDaypass-Mainline: \(String(repeating: "0", count: 40))\n")
    #expect(try world.replay(elsewhere, at: t).events.pins.isEmpty)
  }

  @Test func aWildDateOnAMergeDoesNothing() throws {
    let world = try World()
    let grant = try world.grant(at: t)
    let asked = try world.request(grant, on: world.root)
    let merged = try world.merge(world.root, asked, at: Timestamp(seconds: 4_070_908_800))
    let (head, _) = try world.approve(grant, on: merged, by: World.bob, at: t + .minutes(1))
    let (replay, events) = try world.replay(head, at: t + .minutes(2))
    #expect(replay.state(of: grant.id) == .active)
    #expect(events.incidents.isEmpty)
  }

  @Test func twoVerifiersAnHourApartAgreeOncePinned() throws {
    let world = try World()
    let grant = try world.grant(at: t)
    let asked = try world.request(grant, on: world.root)
    let (active, _) = try world.approve(grant, on: asked, by: World.bob, at: t + .minutes(1))
    let late = try world.grant(by: World.erin, at: t + .minutes(40))
    let fast = try world.request(late, on: active, by: World.erin)
    let pinned = try world.pin(on: fast, at: t + .minutes(2))
    let (one, _) = try world.replay(pinned, at: t + .minutes(2))
    let (other, _) = try world.replay(pinned, at: t + .minutes(62))
    #expect(one.checkpoint.bytes == other.checkpoint.bytes)
    #expect(one.state(of: late.id) == nil)
  }

  @Test func aProvisionalVerdictIsJudgedAgainWhereAPinDemandsIt() throws {
    let world = try World()
    let grant = try world.grant(at: t + .minutes(30))
    let asked = try world.request(grant, on: world.root)
    // A verifier whose clock is late accepts it for now.
    let (open, _) = try world.replay(asked, at: t + .minutes(40))
    #expect(open.state(of: grant.id) == .pending)
    let pinned = try world.pin(on: asked, at: t)
    let (closed, _) = try world.replay(pinned, at: t + .minutes(40), from: open.checkpoint)
    #expect(closed.state(of: grant.id) == nil)
  }

  @Test func aPinThatStatesAnotherBeliefIsSaidLoudly() throws {
    let world = try World()
    let wrong = try world.commit(
      on: world.root, by: World.ci, at: t,
      message: "Pin\n\nDaypass-Mainline: \(world.root)\nDaypass-State: abc\n")
    let (_, events) = try world.replay(wrong, at: t)
    #expect(events.rules == [.stateDigest])
    let digest = try #require(events.pins.first?.digest)
    let right = try world.commit(
      on: world.root, by: World.ci, at: t,
      message: "Pin\n\nDaypass-Mainline: \(world.root)\nDaypass-State: \(digest)\n")
    #expect(try world.replay(right, at: t).events.rules.isEmpty)
  }

  @Test func aCopyUnderAnotherNameCountsForNothingHere() throws {
    let world = try World()
    let grant = try world.grant(at: t, repository: "copy")
    let asked = try world.request(grant, on: world.root)
    let (replay, events) = try world.replay(asked, at: t)
    #expect(replay.state(of: grant.id) == nil)
    #expect(events.rules == [.repositoryName])
  }
}
