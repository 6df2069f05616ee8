import Emitters
import Grants
import History
import Ledger
import Reconciler
import TestSupport
import Testing

@Suite struct EffectiveSetTests {
  @Test(arguments: [(-1, true), (0, false), (1, false)])
  func nowEqualToExpiresAtIsExpired(_ offset: Int, _ isHeld: Bool) throws {
    let world = try World()
    let (head, grant) = try world.active()
    let end = try #require(grant.expiresAt)
    let set = try world.effective(head, at: end + TimeSpan(seconds: Int64(offset)))
    #expect(set.held == (isHeld ? ["db-read alice@example.com"] : []))
  }

  @Test func whatIsOnlyAskedForConfersNothing() throws {
    let world = try World()
    let asked = try world.request(try world.grant(at: t), on: world.root)
    #expect(try world.effective(asked, at: t + .minutes(1)).held == [])
  }

  @Test func theEndOfOneGrantDoesNotEndAnother() throws {
    let world = try World()
    let (first, short) = try world.active(duration: .minutes(10))
    let (head, long) = try world.active(role: "prod-admin", on: first, at: t + .minutes(1))
    // One approval of two: it stays pending.
    #expect(try world.replay(head, at: t + .minutes(2)).replay.state(of: long.id) == .pending)
    let set = try world.effective(head, at: t + .minutes(2))
    #expect(set.held == ["db-read alice@example.com"])
    let role = try #require(RoleName("db-read"))
    let supports = try #require(set.roles[role]?[try world.person(World.alice)])
    #expect(supports.map(\.grant) == [short.id])
    #expect(supports.map(\.expiresAt) == [t + .minutes(10)])
  }

  @Test func aRoleThatIsGoneIsHeldByNobody() throws {
    let world = try World()
    let (head, _) = try world.active()
    let changed = try world.changePolicy(
      on: head, edits: ["daypass.yaml": World.policyHead(serial: 2), "roles/db-read.yaml": nil],
      by: World.carol, at: t + .minutes(5))
    #expect(try world.effective(head, at: t + .minutes(6)).held.count == 1)
    #expect(try world.effective(changed, at: t + .minutes(6)).held == [])
  }

  /// The policy's freshness from now on, but never beyond two heartbeats after the newest pin.
  @Test(arguments: [
    (Int64(0), Int64(15)), (2_865, 2_880), (2_866, 2_880), (2_880, 2_880), (4_000, 2_880),
  ])
  func validUntil(_ minutes: Int64, _ expected: Int64) throws {
    let world = try World()
    let pin = try world.pin(on: world.root, at: t)
    let set = try world.effective(pin, at: t + .minutes(minutes))
    #expect(set.generatedAt == t + .minutes(minutes))
    #expect(set.validUntil == t + .minutes(expected))
  }

  @Test func beforeTheFirstPinOnlyFreshnessCounts() throws {
    let world = try World()
    let set = try world.effective(world.root, at: t + .days(9))
    #expect(set.validUntil == t + .days(9) + .minutes(15))
  }

  @Test func aDisputeIsShownAndConfersNothing() throws {
    let world = try World()
    let forged = try world.approved(
      try world.grant(by: World.erin, at: t), by: World.bob, at: t, activates: true)
    let head = try world.commit(
      on: world.root, edits: World.place(forged, .active), by: nil, at: t + .minutes(1))
    let set = try world.effective(head, at: t + .minutes(2))
    #expect(set.held == [])
    #expect(set.disputes.map(\.commit) == [head])
    #expect(
      set.disputes.map(\.path) == [GrantPath(state: .active, id: forged.id).description])
  }

  @Test(arguments: Emitter.allCases)
  func theSameInputGivesTheSameBytes(_ emitter: Emitter) throws {
    let world = try World()
    var head = world.root
    for (number, person) in [World.erin, World.alice, World.dave].enumerated() {
      let moment = t + .minutes(Int64(number))
      let grant = try world.grant(by: person, at: moment, duration: .hours(2))
      let asked = try world.request(grant, on: head, by: person)
      head = try world.approve(grant, on: asked, by: World.bob, at: moment).commit
    }
    let pin = try world.pin(on: head, at: t + .minutes(10))
    let now = t + .minutes(11)
    let cold = try world.replay(pin, at: now).replay
    let bytes = emitter.bytes(of: EffectiveSet(of: cold))
    #expect(EffectiveSet(of: cold).held.count == 3)
    for _ in 1...5 {
      #expect(emitter.bytes(of: try world.effective(pin, at: now)) == bytes)
    }
    let stored = try #require(Checkpoint.read(cold.checkpoint.bytes, history: world.history))
    let warm = try world.replay(pin, at: now, from: stored).replay
    #expect(emitter.bytes(of: EffectiveSet(of: warm)) == bytes)
  }

  @Test func theBytesAreTheseAndNoOthers() throws {
    let world = try World()
    let (head, grant) = try world.active()
    let set = try world.effective(head, at: t + .minutes(1))
    let policy = try world.policyTree(of: head)
    let end = t + .hours(1)
    #expect(
      String(decoding: Emitter.csv.bytes(of: set), as: UTF8.self) == """
        role,holder,grant,expires_at,scope
        db-read,alice@example.com,\(grant.id),\(end),

        """)
    let json = String(decoding: Emitter.json.bytes(of: set), as: UTF8.self)
    for part in [
      "\"schema\": \"daypass/effective/v1\"", "\"repository\": \"world\"",
      "\"head\": \"\(head.hex)\"", "\"policy\": \"\(policy.hex)\"",
      "\"generatedAt\": \"\(t + .minutes(1))\"", "\"validUntil\": \"\(t + .minutes(16))\"",
      "\"expiresAt\": \"\(end)\"", "\"disputes\": []",
    ] {
      #expect(json.contains(part), "\(part) is not in \(json)")
    }
  }
}
