import Grants
import History
import Ledger
import TestSupport
import Testing

/// What a head or a branch would bring, asked before it is let in.
@Suite struct OutlookTests {
  let t = World.start + .hours(1)

  @Test func aRivalLineIsRefusedAtTheDoorAlthoughTheCheckpointWouldDecide() throws {
    let world = try World()
    let left = try world.pin(on: world.root, at: t)
    let right = try world.pin(
      on: world.root, at: t + .minutes(1), edits: ["a": World.File("a")])
    let merged = try world.merge(left, right, at: t + .minutes(2))
    let now = t + .minutes(3)
    let (before, _) = try world.replay(left, at: now)
    let gate = Gate(ledger: world.ledger, now: now)
    let pushed = #expect(throws: LedgerError.self) {
      try gate.objections(to: merged, after: before)
    }
    #expect(pushed?.code == .ambiguousMainline)
    let landed = #expect(throws: LedgerError.self) {
      try world.ledger.outlook(landing: right, on: before, now: now)
    }
    #expect(landed?.code == .ambiguousMainline)
  }

  @Test func landingBringsItsStepsAndNothingOfBefore() throws {
    let world = try World()
    let first = try world.grant(at: t)
    let asked = try world.request(first, on: world.root)
    let pinned = try world.pin(on: asked, at: t + .minutes(1))
    let second = try world.grant(by: World.erin, role: "db-read", at: t + .minutes(2))
    let side = try world.request(second, on: asked, by: World.erin)
    let now = t + .minutes(5)
    let (before, _) = try world.replay(pinned, at: now)
    let outlook = try world.ledger.outlook(landing: side, on: before, now: now)
    #expect(outlook.transitions.map(\.grant.id) == [second.id])
    #expect(outlook.refusals.isEmpty)
    #expect(outlook.after.belief.live.count == 2)
    let known = try world.ledger.outlook(landing: asked, on: before, now: now)
    #expect(known.events.isEmpty)
  }
}
