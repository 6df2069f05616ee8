import Grants
import History
import Ledger
import TestSupport
import Testing

/// Who says it, and whether it may be.
extension TrustRuleTests {
  @Test func signature() throws {
    let world = try Cast.world()
    let stage = Stage(world: world, grant: try world.grant(at: t), head: world.root)
    try expect(
      .signature, refuses: stage.showing(stage.grant, .pending, by: .nobody, at: t), in: world,
      at: t)
    let edits = World.place(stage.grant, .pending)
    let forgeries: [@Sendable ([UInt8]) -> [UInt8]] = [
      // Another message under the same signature.
      { $0 + Array("P.S. and more\n".utf8) },
      { Array(String(decoding: $0, as: UTF8.self).replacing("gpgsig ", with: "gpgsigx ").utf8) },
      {
        Array(
          String(decoding: $0, as: UTF8.self).replacing("gpgsig ", with: "gpgsig-sha256 ").utf8)
      },
      { Array(String(decoding: $0, as: UTF8.self).replacing("Someone", with: "Sameone").utf8) },
      { $0 + [0] },
    ]
    for forge in forgeries {
      let head = try world.commit(
        on: world.root, edits: edits, by: World.alice, at: t, transform: forge)
      try expect(.signature, refuses: head, in: world, at: t)
    }
    try expectPasses(
      stage.showing(stage.grant, .pending, by: .person(World.alice), at: t), in: world, at: t)
  }

  @Test func knownKey() throws {
    let world = try Cast.world()
    let stage = Stage(world: world, grant: try world.grant(at: t), head: world.root)
    try expect(
      .knownKey, refuses: stage.showing(stage.grant, .pending, by: .unknownKey, at: t), in: world,
      at: t)
    try expectPasses(
      stage.showing(stage.grant, .pending, by: .person(World.alice), at: t), in: world, at: t)
  }

  @Test func keyValidity() throws {
    // bob's key holds from 15:10:00 to 15:20:00; t is 15:13:20.
    let world = try Self.world(
      keyOf: World.bob, "valid-after=\"20260921151000Z\"",
      "valid-before=\"20260921152000Z\"")
    let stage = try Stage.pending(in: world, at: t - .minutes(5))
    let (from, until) = (t - TimeSpan(seconds: 200), t + TimeSpan(seconds: 400))
    for (moment, isGood) in [
      (from - TimeSpan(seconds: 1), false), (from, true), (until, true),
      (until + TimeSpan(seconds: 1), false),
    ] {
      let (head, _) = try world.approve(stage.grant, on: stage.head, by: World.bob, at: moment)
      if isGood {
        try expectPasses(head, in: world, at: moment)
      } else {
        try expect(.keyValidity, refuses: head, in: world, at: moment)
      }
    }
    // Signed in time, landed late: no approval, but an ending.
    let now = until + TimeSpan(seconds: 1)
    let main = try world.commit(on: stage.head, by: nil, at: now)
    let (late, _) = try world.approve(stage.grant, on: stage.head, by: World.bob, at: until)
    try expect(
      .keyValidity, refuses: world.merge(main, late, tree: stage.head, at: now), in: world, at: now)
    let end = try world.close(stage.grant, .rejected, on: stage.head, by: World.bob, at: until)
    try expectPasses(world.merge(main, end, tree: end, at: now), in: world, at: now)
  }

  /// A world in which that person's key has options.
  private static func world(keyOf person: String, _ options: String...) throws -> World {
    var keys: [String: TestKey] = [:]
    for name in [
      World.alice, World.bob, World.carol, World.dave, World.erin, World.ci, Cast.hank, Cast.olga,
    ] {
      keys[name] = TestKey()
    }
    let plain = try Cast.world(
      keys: keys)
    let lines = try #require(plain.files(of: plain.root)["policies/allowed_signers"])
    let text = String(decoding: lines.bytes, as: UTF8.self)
      .replacing(
        "\(person) namespaces=\"git\" ",
        with: "\(person) namespaces=\"git\",\(options.joined(separator: ",")) ")
    return try Cast.world(policy: ["allowed_signers": text], keys: keys)
  }

  @Test func actor() throws {
    let stage = try Stage.active()
    for (person, isGood) in [(Cast.hank, false), (World.carol, true)] {
      let head = try stage.world.close(
        stage.grant, .revoked, on: stage.head, by: person, at: soon)
      if isGood {
        try expectPasses(head, in: stage.world, at: soon)
      } else {
        try expect(.actor, refuses: head, in: stage.world, at: soon)
      }
    }
  }

  @Test func reconcilerDuties() throws {
    let stage = try Stage.pending()
    for (person, isGood) in [(World.ci, false), (World.bob, true)] {
      let head = try stage.world.close(
        stage.grant, .rejected, on: stage.head, by: person, at: soon)
      if isGood {
        try expectPasses(head, in: stage.world, at: soon)
      } else {
        try expect(.reconcilerDuties, refuses: head, in: stage.world, at: soon)
      }
    }
  }

  @Test func policyAllows() throws {
    for (duration, isGood) in [
      (TimeSpan.hours(4), true), (TimeSpan(seconds: 14_401), false), (.minutes(1), true),
      (TimeSpan(seconds: 59), false),
    ] {
      let world = try Cast.world()
      let head = try world.request(world.grant(at: t, duration: duration), on: world.root)
      if isGood {
        try expectPasses(head, in: world, at: t)
      } else {
        try expect(.policyAllows, refuses: head, in: world, at: t)
      }
    }
  }

  @Test func amendKeeps() throws {
    let stage = try Stage.pending()
    for (person, isGood) in [(World.erin, false), (World.alice, true)] {
      var shown = stage.grant
      shown.duration = .hours(2)
      shown.requester = try stage.world.person(person)
      let head = try stage.showing(shown, .pending, by: .person(World.alice), at: soon)
      if isGood {
        try expectPasses(head, in: stage.world, at: soon)
      } else {
        try expect(.amendKeeps, refuses: head, in: stage.world, at: soon)
      }
    }
  }

  @Test func reasonGiven() throws {
    let stage = try Stage.active()
    for (reason, isGood) in [("", false), ("x", true)] {
      let head = try stage.world.close(
        stage.grant, .revoked, on: stage.head, by: World.bob, at: soon, reason: reason)
      if isGood {
        try expectPasses(head, in: stage.world, at: soon)
      } else {
        try expect(.reasonGiven, refuses: head, in: stage.world, at: soon)
      }
    }
  }
}
