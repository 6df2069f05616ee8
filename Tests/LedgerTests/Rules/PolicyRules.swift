import Grants
import History
import Ledger
import TestSupport
import Testing

/// The policy itself.
extension TrustRuleTests {
  private func next(
    serial: Int = 2, name: String = "world", admins: [String] = [World.carol, World.dave],
    quorum: Int = 1
  ) -> [String: String?] {
    [
      "daypass.yaml": World.policyHead(
        serial: serial, name: name, admins: admins, quorum: quorum,
        settings: ["requireApproval: false"])
    ]
  }

  private func change(
    _ world: World, _ edits: [String: String?], by signer: String = World.carol,
    trailer: Bool = true
  ) throws -> ObjectID {
    try world.changePolicy(on: world.root, edits: edits, by: signer, at: t, trailer: trailer)
  }

  @Test func mixedCommit() throws {
    // A consent in a commit that also ends a grant: the ending counts, the consent does not.
    let stage = try Stage.active()
    let world = stage.world
    let old = try world.policyTree(of: world.root)
    let message = "End\n\nDaypass-Policy: \(old)..\(String(repeating: "a", count: 40))\n"
    let ended = try world.closed(stage.grant, .revoked, by: World.carol, at: soon)
    let mixed = try stage.showing(
      ended, .closed, by: .person(World.carol), at: soon, message: message)
    try expect(.mixedCommit, refuses: mixed, in: world, at: soon)
    #expect(try world.replay(mixed, at: soon).replay.state(of: stage.id) == nil)
    try expectPasses(
      stage.edit([:], by: .person(World.carol), at: soon, message: message), in: world, at: soon)
    // Edit plus use.
    let both = try world.changePolicy(
      on: stage.head, edits: next(), by: World.carol, at: soon,
      alongside: World.place(ended, .closed))
    let (replay, events) = try world.replay(both, at: soon)
    #expect(Set(events.rules) == [.mixedCommit])
    #expect(replay.state(of: stage.id) == .active)
    #expect(replay.belief.policy.policy.serial == 1)
  }

  @Test func policyConsent() throws {
    let world = try Cast.world()
    try expect(.policyConsent, refuses: change(world, next(), trailer: false), in: world, at: t)
    let new = try world.policyTree(of: change(world, next()))
    for trailer in ["\(new)", "\(world.root)..\(new)", "..", "\(new)...\(new)"] {
      let head = try world.commit(
        on: world.root, by: World.carol, at: t,
        message: "Change\n\nDaypass-Policy: \(trailer)\n")
      try expect(.policyConsent, refuses: head, in: world, at: t)
    }
    try expectPasses(change(world, next()), in: world, at: t)
  }

  @Test func policyAdmin() throws {
    let world = try Cast.world()
    for person in [World.bob, World.ci, Cast.olga] {
      try expect(.policyAdmin, refuses: change(world, next(), by: person), in: world, at: t)
    }
    try expectPasses(change(world, next(), by: World.dave), in: world, at: t)
  }

  @Test func policyWindow() throws {
    let world = try Cast.world()
    let side = try change(world, next())
    for (now, isGood) in [(t + .days(14), true), (t + .days(14) + TimeSpan(seconds: 1), false)] {
      let main = try world.commit(on: world.root, by: nil, at: now)
      let head = try world.merge(main, side, tree: isGood ? side : main, at: now)
      if isGood {
        try expectPasses(head, in: world, at: now)
      } else {
        try expect(.policyWindow, refuses: head, in: world, at: now)
      }
    }
  }

  @Test func policyValid() throws {
    let world = try Cast.world()
    for edits in [
      next().merging(["roles/db-read.yaml": "nonsense: true\n"]) { $1 },
      next().merging(["allowed_signers": "garbage\n"]) { $1 },
      next().merging(["roles/db-read.yaml": World.role(quorum: 0)]) { $1 },
    ] {
      try expect(.policyValid, refuses: change(world, edits), in: world, at: t)
    }
    let fine = next().merging(["roles/db-read.yaml": World.role(quorum: 2)]) { $1 }
    try expectPasses(change(world, fine), in: world, at: t)
  }

  @Test func policySuccession() throws {
    let world = try Cast.world()
    for edits in [next(serial: 3), next(serial: 2, name: "other")] {
      try expect(.policySuccession, refuses: change(world, edits), in: world, at: t)
    }
    let quiet = try change(world, ["roles/db-read.yaml": World.role(quorum: 2)])
    try expect(.policySuccession, refuses: quiet, in: world, at: t)
    try expectPasses(change(world, next()), in: world, at: t)
  }

  @Test func policyKeys() throws {
    let world = try Cast.world()
    let ghost = "ghost@example.com"
    try expect(
      .policyKeys, refuses: change(world, next(admins: [World.carol, ghost], quorum: 2)),
      in: world, at: t)
    try expect(.policyKeys, refuses: change(world, next(admins: [ghost])), in: world, at: t)
    try expectPasses(change(world, next(admins: [World.carol, ghost])), in: world, at: t)
  }
}
