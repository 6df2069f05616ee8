import Grants
import History
import Ledger
import TestSupport

/// Which line is the mainline, and what a merge may do to it.
extension Attack {
  static let history = onParents + onMerges + onTime + onMemory + onArchives

  /// The policy without bob, pinned.
  static func removal(
    in world: World, on parent: ObjectID, at moment: Timestamp, pinned: Bool = true
  ) throws -> ObjectID {
    let changed = try world.changePolicy(
      on: parent,
      edits: [
        "daypass.yaml": World.policyHead(serial: 2),
        "allowed_signers": world.signers(without: World.bob),
        "groups.yaml": """
        groups:
          engineers: [\(World.alice), \(World.dave), \(World.erin)]
          leads: [\(World.dave), \(World.erin)]

        """,
      ], by: World.carol, at: moment)
    return pinned ? try world.pin(on: changed, at: moment + .minutes(1)) : changed
  }

  /// The same people and keys in a repository that began elsewhere.
  private static func stranger(to world: World) throws -> World {
    try World(policy: ["README.md": "Begun elsewhere\n"], keys: world.keys)
  }

  private static let onParents: [Attack] = [
    Attack("flipped parents with a pin between, by an accomplice") {
      let world = try World()
      let (grant, head) = try world.asked()
      let pinned = try removal(in: world, on: head, at: t + .minutes(2))
      // bob has gone; his date is from before.
      let (forged, _) = try world.approve(grant, on: head, by: World.bob, at: t + .minutes(1))
      let merge = try world.merge(
        forged, pinned, tree: forged, by: World.erin, at: t + .minutes(4))
      return Scene(
        world, merge, at: soon, accepted: pinned,
        .only(
          pending: [grant], refused: .knownKey, .mergeCarriesNothing, serial: 2, flipped: true))
    },
    Attack("flipped parents without a pin between") {
      let world = try World()
      let (grant, head) = try world.asked()
      let main = try removal(in: world, on: head, at: t + .minutes(2), pinned: false)
      let (forged, active) = try world.approve(
        grant, on: head, by: World.bob, at: t + .minutes(1))
      let merge = try world.merge(
        forged, main, at: t + .minutes(4),
        edits: World.place(active, .active))
      // What is not promised: without a pin nobody can tell which line was there first. Who had
      // seen the removal knows.
      var scene = Scene(
        world, merge, at: soon, accepted: main,
        .only(active: [active], disputed: false, serial: 2))
      scene.remembering = .only(
        pending: [grant], refused: .knownKey, serial: 2, flipped: true)
      return scene
    },
    Attack("flipped parents by git pull") {
      let world = try World()
      let (grant, head) = try world.asked()
      let pinned = try removal(in: world, on: head, at: t + .minutes(2))
      let own = try world.grant(by: World.erin, at: t + .minutes(3))
      let branch = try world.request(own, on: head, by: World.erin)
      let merge = try world.merge(branch, pinned, at: t + .minutes(4))
      return Scene(
        world, merge, at: soon, accepted: pinned,
        .only(pending: [grant, own], disputed: false, serial: 2, flipped: true))
    },
    Attack("flipped parents a month after the key was removed") {
      let world = try World()
      let gone = try removal(in: world, on: world.root, at: t)
      var main = gone
      for day in 1...30 { main = try world.pin(on: main, at: t + .days(Int64(day))) }
      let grant = try world.grant(by: World.alice, at: t)
      let asked = try world.request(grant, on: world.root)
      let (forged, _) = try world.approve(grant, on: asked, by: World.bob, at: t + .minutes(1))
      let late = t + .days(30) + .minutes(5)
      let merge = try world.merge(forged, main, tree: forged, at: late)
      return Scene(
        world, merge, at: late, accepted: main,
        .only(refused: .approvalWindow, .knownKey, .mergeCarriesNothing, serial: 2, flipped: true))
    },
    Attack("unrelated history") {
      let world = try World()
      let (grant, head) = try world.asked()
      let other = try stranger(to: world)
      let (_, there) = try other.activated()
      try other.history.copy(to: world.history)
      let merge = try world.merge(head, there, tree: head, at: t + .minutes(2))
      return Scene(
        world, merge, at: soon, accepted: head, .only(pending: [grant], disputed: false))
    },
    Attack("unrelated history as the head") {
      let world = try World()
      let (_, head) = try world.asked()
      let other = try stranger(to: world)
      let (_, there) = try other.activated()
      try other.history.copy(to: world.history)
      var scene = Scene(world, there, at: soon, accepted: head, .stops(.rootNotReached))
      scene.remembering = .stops(.rollback)
      return scene
    },
    Attack("second root") {
      // The trusted root is there, but as the second parent of a line that begins elsewhere.
      let world = try World()
      let (grant, head) = try world.asked()
      let other = try stranger(to: world)
      let (forged, there) = try other.activated()
      try other.history.copy(to: world.history)
      let pinned = try world.pin(on: head, at: t + .minutes(1))
      let merge = try world.merge(
        there, pinned, tree: pinned, at: t + .minutes(2), edits: World.place(forged, .active))
      return Scene(
        world, merge, at: soon, accepted: pinned,
        .only(pending: [grant], refused: .mergeCarriesNothing, flipped: true))
    },
  ]

  /// An active grant, ended on a branch; and a line that goes on without that.
  private static func ended(
    in world: World
  ) throws -> (head: ObjectID, end: ObjectID, other: ObjectID, grant: Grant) {
    let (grant, head) = try world.activated()
    let end = try world.close(grant, .revoked, on: head, by: World.alice, at: t + .minutes(2))
    let other = try world.commit(
      on: head, edits: ["notes.txt": World.File("x")], by: nil, at: t + .minutes(3))
    return (head, end, other, grant)
  }

  private static let onMerges: [Attack] = [
    Attack("healing used to swallow") {
      let world = try World()
      let (head, end, other, grant) = try ended(in: world)
      let pinned = try world.pin(on: other, at: t + .minutes(3))
      // Somebody pulls backwards, and a stolen reconciler key straightens that without the ending.
      let flipped = try world.merge(end, pinned, tree: pinned, at: t + .minutes(4))
      let straight = try world.commit(
        on: pinned, flipped, edits: World.place(grant, .active), by: World.ci, at: soon,
        message: "Straighten\n\nDaypass-Mainline: \(pinned)\n", base: pinned)
      return Scene(
        world, straight, at: soon, accepted: head, .only(refused: .canonicalResult))
    },
    Attack("healing used to bring back") {
      let world = try World()
      let (_, end, _, grant) = try ended(in: world)
      let healed = try world.pin(
        on: end, at: t + .minutes(4), edits: World.place(grant, .active))
      return Scene(world, healed, at: soon, accepted: end, .only(refused: .closedFinal))
    },
    Attack("-s ours") {
      let world = try World()
      let (head, end, other, _) = try ended(in: world)
      let merge = try world.merge(other, end, tree: other, at: t + .minutes(4))
      return Scene(
        world, merge, at: soon, accepted: head, .only(refused: .canonicalResult))
    },
    Attack("evil merge") {
      let world = try World()
      let (grant, head) = try world.asked()
      let side = try world.commit(
        on: world.root, edits: ["notes.txt": World.File("x")], by: nil, at: t)
      let forged = try world.approved(grant, by: World.bob, at: t, activates: true)
      let merge = try world.merge(
        head, side, at: t + .minutes(1), edits: World.place(forged, .active))
      return Scene(
        world, merge, at: soon, accepted: head,
        .only(pending: [grant], refused: .mergeCarriesNothing))
    },
    Attack("evil merge, signed by an approver") {
      // A merge proposes nothing, whoever signs it.
      let world = try World()
      let (grant, head) = try world.asked()
      let side = try world.commit(
        on: world.root, edits: ["notes.txt": World.File("x")], by: nil, at: t)
      let shown = try world.approved(grant, by: World.bob, at: t + .minutes(1), activates: true)
      let merge = try world.merge(
        head, side, by: World.bob, at: t + .minutes(1), edits: World.place(shown, .active))
      return Scene(
        world, merge, at: soon, accepted: head,
        .only(pending: [grant], refused: .mergeCarriesNothing))
    },
    Attack("octopus") {
      let world = try World()
      let (grant, head) = try world.asked(role: "prod-admin")
      let (left, _) = try world.approve(grant, on: head, by: World.bob, at: t + .minutes(1))
      let (right, _) = try world.approve(grant, on: head, by: World.bob, at: t + .minutes(2))
      let (third, seen) = try world.approve(grant, on: head, by: World.erin, at: t + .minutes(3))
      let merge = try world.merge(head, left, right, third, tree: third, at: t + .minutes(4))
      return Scene(
        world, merge, at: soon, accepted: head,
        .only(pending: [seen], refused: .actor, .policyAllows))
    },
    Attack("criss-cross") {
      let world = try World()
      let (head, end, other, _) = try ended(in: world)
      // Each side merges the other, and both keep what was ended.
      let left = try world.merge(other, end, tree: other, at: t + .minutes(4))
      let right = try world.merge(end, other, tree: other, at: t + .minutes(4))
      let merge = try world.merge(left, right, tree: other, at: soon)
      return Scene(
        world, merge, at: soon, accepted: head, .only(refused: .canonicalResult))
    },
    Attack("force-pushed rollback") {
      let world = try World()
      let (_, end, _, grant) = try ended(in: world)
      let before = try world.require(
        CommitRecord(id: end, parsing: try world.history.read(end, limit: 1 << 20).bytes)
      ).parents[0]
      var scene = Scene(
        world, before, at: soon, accepted: end, .only(active: [grant], disputed: false))
      scene.remembering = .stops(.rollback)
      return scene
    },
    Attack("stale clone served for ever") {
      let world = try World()
      let (grant, head) = try world.activated(duration: .hours(4))
      let pinned = try world.pin(on: head, at: t + .minutes(2))
      let now = t + .minutes(2) + .days(2)
      var expected = Judgement(active: [grant.id], isDisputed: false)
      expected.holdings = []
      var scene = Scene(world, pinned, at: now, accepted: pinned, .judged(expected))
      scene.isStale = true
      return scene
    },
    Attack("branch swapped for a tag of the same name") {
      let world = try World()
      let (head, end, _, _) = try ended(in: world)
      var scene = Scene(world, end, at: soon, accepted: head, .only(disputed: false))
      scene.references = ["refs/tags/main": head, "refs/remotes/main/HEAD": head]
      return scene
    },
  ]
}
