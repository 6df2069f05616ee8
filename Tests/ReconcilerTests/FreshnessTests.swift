import Grants
import History
import Ledger
import Reconciler
import TestSupport
import Testing

@Suite struct FreshnessTests {
  /// Two heartbeats after the newest pin or, before the first, after the root.
  @Test(arguments: [true, false], [-1, 0, 1])
  func staleFromTheSecondHeartbeatOn(_ hasPin: Bool, _ offset: Int) throws {
    let world = try World()
    let head = hasPin ? try world.pin(on: world.root, at: t) : world.root
    let last = hasPin ? t : World.start
    let now = last + .days(2) + TimeSpan(seconds: Int64(offset))
    let replay = try world.replay(head, at: now).replay
    #expect(Freshness.isStale(replay) == (offset >= 0))
    #expect(Freshness.deadline(of: replay) == (hasPin ? last + .days(2) : nil))
  }

  @Test(arguments: [-1, 0, 1])
  func aPinIsDueEveryHeartbeat(_ offset: Int) throws {
    let world = try World()
    let pin = try world.pin(on: world.root, at: t)
    let now = t + .days(1) + TimeSpan(seconds: Int64(offset))
    let replay = try world.replay(pin, at: now).replay
    #expect(Freshness.heartbeatIsDue(replay) == (offset >= 0))
  }

  @Test func thePolicySaysHowLongAHeartbeatIs() throws {
    let head = World.policyHead(serial: 1, settings: ["heartbeat: PT1H"])
    let world = try World(policy: ["daypass.yaml": head])
    let pin = try world.pin(on: world.root, at: t)
    #expect(Freshness.deadline(of: try world.replay(pin, at: t).replay) == t + .hours(2))
  }

  @Test func theNextDeadlineIsTheEarliestThatIsStillAhead() throws {
    let world = try World()
    let (head, grant) = try world.active()
    let asked = try world.grant(by: World.erin, role: "prod-admin", at: t + .minutes(1))
    let both = try world.request(asked, on: head, by: World.erin)
    let belief = try world.replay(both, at: t + .minutes(2)).replay.belief
    let end = try #require(grant.expiresAt)
    let window = asked.requestedAt + .days(1)
    let rows: [(Timestamp, Timestamp?)] = [
      (t, end), (end - second, end), (end, window), (window - second, window), (window, nil),
    ]
    for (now, expected) in rows {
      #expect(Freshness.nextDeadline(of: belief, after: now) == expected, "after \(now)")
    }
  }
}
