import Grants
import History
import Ledger
import Reconciler
import TestSupport
import Testing

@Suite struct DueTests {
  @Test func beforeTheFirstPinOneIsDue() throws {
    let world = try World()
    #expect(try world.due(world.root, at: t) == [.unpinned])
  }

  @Test(arguments: [(-1, []), (0, [Due.Reason.heartbeat]), (1, [.heartbeat])])
  func aHeartbeatAfterThePin(_ offset: Int, _ expected: [Due.Reason]) throws {
    let world = try World()
    let pin = try world.pin(on: world.root, at: t)
    let now = t + .days(1) + TimeSpan(seconds: Int64(offset))
    #expect(try world.due(pin, at: now) == expected)
  }

  @Test func whateverLandedSinceThePin() throws {
    let world = try World()
    let pin = try world.pin(on: world.root, at: t)
    let later = try world.commit(
      on: pin, edits: ["src/x": World.File("x")], by: nil, at: t + .minutes(1))
    #expect(try world.due(later, at: t + .minutes(2)) == [.landed])
    let next = try world.pin(on: later, at: t + .minutes(3))
    #expect(try world.due(next, at: t + .minutes(3)) == [])
  }

  @Test func whatIsDisputed() throws {
    let world = try World()
    let pin = try world.pin(on: world.root, at: t)
    let forged = try world.grant(at: t)
    let head = try world.commit(
      on: pin, edits: World.place(forged, .active), by: nil, at: t + .minutes(1))
    #expect(try world.due(head, at: t + .minutes(2)) == [.disputes(1), .landed])
  }

  @Test(arguments: [(-1, []), (0, [Due.Reason.sweep(1)])])
  func fromTheEndOfAGrantOn(_ offset: Int, _ expected: [Due.Reason]) throws {
    let world = try World()
    let (head, grant) = try world.active()
    let pin = try world.pin(on: head, at: t + .minutes(1))
    let end = try #require(grant.expiresAt)
    #expect(try world.due(pin, at: end + TimeSpan(seconds: Int64(offset))) == expected)
  }

  /// A key is good to the second named by `valid-before`, a consent to the end of its window; each
  /// has ended a second later.
  @Test(arguments: [(-1, []), (0, []), (1, [Due.Reason.ended])])
  func afterAKeysEnd(_ offset: Int, _ expected: [Due.Reason]) throws {
    let end = t + .hours(2)
    let keys = Dictionary(
      uniqueKeysWithValues: [
        World.alice, World.bob, World.carol, World.dave, World.erin, World.ci,
      ].map { ($0, TestKey()) })
    let stamp = end.description.filter { $0.isNumber || $0 == "Z" }
    let signers = try #require(World.defaultPolicy(keys)["allowed_signers"]).replacing(
      "\(World.erin) namespaces", with: "\(World.erin) valid-before=\"\(stamp)\",namespaces")
    let world = try World(policy: ["allowed_signers": signers], keys: keys)
    let pin = try world.pin(on: world.root, at: t)
    #expect(try world.due(pin, at: end + TimeSpan(seconds: Int64(offset))) == expected)
    let later = try world.pin(on: pin, at: end + second)
    #expect(try world.due(later, at: end + .hours(1)) == [])
  }

  @Test(arguments: [(-1, []), (0, []), (1, [Due.Reason.ended])])
  func afterAConsentsWindow(_ offset: Int, _ expected: [Due.Reason]) throws {
    let head = World.policyHead(serial: 1, quorum: 2, settings: ["policyLandingWindow: PT2H"])
    let world = try World(policy: ["daypass.yaml": head])
    let believed = try world.policyTree(of: world.root)
    let consent = try world.commit(
      on: world.root, by: World.carol, at: t,
      message:
        "Consent\n\nDaypass-Policy: \(believed)..\(believed.hex.reversed().map(String.init).joined())\n"
    )
    let pin = try world.pin(on: consent, at: t + .minutes(1))
    let now = t + .hours(2) + TimeSpan(seconds: Int64(offset))
    #expect(try world.replay(pin, at: now).replay.state.consents.count == 1)
    #expect(try world.due(pin, at: now) == expected)
  }
}
