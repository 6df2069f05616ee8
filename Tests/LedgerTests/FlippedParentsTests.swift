import Grants
import History
import Ledger
import TestSupport
import Testing

/// Somebody merged the mainline into a branch and pushed that.
@Suite struct FlippedParentsTests {
  let t = World.start + .hours(1)

  /// bob is removed on the mainline, then pinned; the branch is older than that.
  private func removal(
    in world: World, on parent: ObjectID, at moment: Timestamp
  ) throws -> ObjectID {
    let signers = world.keys.filter { $0.key != World.bob }
      .map { "\($0.key) \($0.value.line)\n" }.sorted().joined()
    let changed = try world.changePolicy(
      on: parent,
      edits: [
        "daypass.yaml": World.policyHead(serial: 2), "allowed_signers": signers,
        "groups.yaml": """
        groups:
          engineers: [\(World.alice), \(World.dave), \(World.erin)]
          leads: [\(World.dave), \(World.erin)]

        """,
      ], by: World.carol, at: moment)
    return try world.pin(on: changed, at: moment + .minutes(1))
  }

  @Test func gitPullMadeBackwardsAcrossAPinJudgesNothingByAnOlderPolicy() throws {
    let world = try World()
    let grant = try world.grant(at: t)
    let asked = try world.request(grant, on: world.root)
    let pinned = try removal(in: world, on: asked, at: t + .minutes(2))
    // An honest colleague's commit on the old head, then `git pull` the wrong way round.
    let own = try world.grant(by: World.erin, at: t + .minutes(3))
    let branch = try world.request(own, on: asked, by: World.erin)
    let head = try world.merge(branch, pinned, at: t + .minutes(5))
    let (replay, events) = try world.replay(head, at: t + .minutes(6))
    #expect(replay.flippedUpon == pinned)
    #expect(replay.belief.policy.policy.serial == 2)
    #expect(replay.state(of: own.id) == .pending, "nobody is stopped")
    #expect(replay.state(of: grant.id) == .pending)
    #expect(events.incidents.isEmpty, "\(events.incidents)")
  }

  @Test func straightenedByAMergeWithTheMainlineFirst() throws {
    let world = try World()
    let grant = try world.grant(at: t)
    let asked = try world.request(grant, on: world.root)
    let pinned = try removal(in: world, on: asked, at: t + .minutes(2))
    let own = try world.grant(by: World.erin, at: t + .minutes(3))
    let branch = try world.request(own, on: asked, by: World.erin)
    let flipped = try world.merge(branch, pinned, at: t + .minutes(5))
    let straight = try world.merge(
      pinned, flipped, tree: flipped, by: World.ci, at: t + .minutes(6))
    let (replay, events) = try world.replay(straight, at: t + .minutes(7))
    #expect(replay.flippedUpon == nil)
    #expect(replay.state(of: own.id) == .pending)
    #expect(replay.disputes.isEmpty)
    #expect(events.incidents.isEmpty)
  }

  @Test func aFlipWithNoPinBetweenIsJudgedLikeAnyMerge() throws {
    let world = try World()
    let mine = try world.grant(at: t)
    let theirs = try world.grant(by: World.erin, at: t)
    let branch = try world.request(mine, on: world.root)
    let main = try world.request(theirs, on: world.root, by: World.erin)
    let head = try world.merge(branch, main, at: t + .minutes(1))
    let (replay, events) = try world.replay(head, at: t + .minutes(2))
    #expect(replay.flippedUpon == nil)
    #expect(replay.state(of: mine.id) == .pending && replay.state(of: theirs.id) == .pending)
    #expect(events.incidents.isEmpty)
  }

  @Test func aCheckpointCountsAsThisVerifiersOwnPin() throws {
    let world = try World()
    let theirs = try world.grant(by: World.erin, at: t)
    let main = try world.request(theirs, on: world.root, by: World.erin)
    let (seen, _) = try world.replay(main, at: t)
    let mine = try world.grant(at: t)
    let branch = try world.request(mine, on: world.root)
    let head = try world.merge(branch, main, at: t + .minutes(1))
    let (replay, _) = try world.replay(head, at: t + .minutes(2), from: seen.checkpoint)
    #expect(replay.flippedUpon == main)
    #expect(replay.state(of: mine.id) == .pending)
  }

  @Test func anHonestPullAndPushThatAReconcilerPinsStopsNoVerifier() throws {
    let world = try World()
    let base = try world.pin(on: world.root, at: t)
    let theirs = try world.grant(by: World.erin, at: t + .minutes(1))
    let main = try world.request(theirs, on: base, by: World.erin)
    let (seen, _) = try world.replay(main, at: t + .minutes(1))
    let mine = try world.grant(at: t + .minutes(2))
    let branch = try world.request(mine, on: base)
    let head = try world.merge(branch, main, at: t + .minutes(3))
    // The reconciler never saw the other line as the mainline.
    let pinned = try world.pin(on: head, at: t + .minutes(4))
    for checkpoint in [nil, seen.checkpoint] {
      let (replay, events) = try world.replay(pinned, at: t + .minutes(5), from: checkpoint)
      #expect(replay.flippedUpon == nil)
      #expect(replay.state(of: mine.id) == .pending && replay.state(of: theirs.id) == .pending)
      #expect(events.incidents.isEmpty, "\(events.incidents)")
    }
  }

  @Test func aStraightenedLineBeatsTheHeadThatOnlyThisVerifierAccepted() throws {
    let world = try World()
    let base = try world.pin(on: world.root, at: t)
    let theirs = try world.grant(by: World.erin, at: t + .minutes(1))
    let main = try world.request(theirs, on: base, by: World.erin)
    let mine = try world.grant(at: t + .minutes(2))
    let branch = try world.request(mine, on: base)
    let (seen, _) = try world.replay(branch, at: t + .minutes(2))
    let flipped = try world.merge(branch, main, at: t + .minutes(3))
    let (pulled, _) = try world.replay(flipped, at: t + .minutes(3), from: seen.checkpoint)
    let straight = try world.commit(
      on: main, flipped, by: World.ci, at: t + .minutes(4),
      message: "Straighten\n\nDaypass-Mainline: \(main)\n", base: flipped)
    for checkpoint in [nil, seen.checkpoint, pulled.checkpoint] {
      let (replay, events) = try world.replay(straight, at: t + .minutes(5), from: checkpoint)
      #expect(replay.flippedUpon == nil)
      #expect(replay.state(of: mine.id) == .pending && replay.state(of: theirs.id) == .pending)
      #expect(events.incidents.isEmpty, "\(events.incidents)")
    }
  }

  @Test func anAcceptedHeadUponAPinDoesNotLoseItsPin() throws {
    let world = try World()
    let pinned = try world.pin(on: world.root, at: t)
    let theirs = try world.grant(by: World.erin, at: t + .minutes(1))
    let main = try world.request(theirs, on: pinned, by: World.erin)
    let (seen, _) = try world.replay(main, at: t + .minutes(1))
    let other = try world.pin(on: world.root, at: t + .minutes(2), edits: ["a": World.File("a")])
    let head = try world.merge(other, main, at: t + .minutes(3))
    let (replay, _) = try world.replay(head, at: t + .minutes(4), from: seen.checkpoint)
    #expect(replay.flippedUpon == main, "both carry pins, and this verifier knows one of them")
    #expect(throws: LedgerError.self) { try world.replay(head, at: t + .minutes(4)) }
  }

  @Test func aReconcilerNamedByARemovedAdminLiftsNoRemovalAcceptedHere() throws {
    let robot = "robot@example.com"
    let world = try World(keys: [robot: TestKey()])
    let base = try world.pin(on: world.root, at: t)
    // carol is removed; nobody has pinned that yet, but this verifier has accepted it.
    let main = try world.changePolicy(
      on: base, edits: ["daypass.yaml": World.policyHead(serial: 2, admins: [World.dave])],
      by: World.dave, at: t + .minutes(1))
    let (seen, _) = try world.replay(main, at: t + .minutes(2))
    let head = World.policyHead(serial: 2).replacing(
      "reconcilers: [\(World.ci)]", with: "reconcilers: [\(World.ci), \(robot)]")
    let own = try world.changePolicy(
      on: base, edits: ["daypass.yaml": head], by: World.carol, at: t + .minutes(1))
    let pinned = try world.pin(on: own, by: robot, at: t + .minutes(3))
    let merge = try world.merge(pinned, main, at: t + .minutes(4))
    let later = try world.pin(on: merge, by: robot, at: t + .minutes(5))
    let other = try world.merge(main, pinned, at: t + .minutes(4))
    for head in [merge, later, other] {
      let error = #expect(throws: LedgerError.self) {
        try world.replay(head, at: t + .minutes(6), from: seen.checkpoint)
      }
      #expect(error?.code == .ambiguousMainline)
      let (chosen, _) = try world.replay(
        head, at: t + .minutes(6), from: seen.checkpoint, choice: pinned)
      #expect(chosen.belief.policy.policy.isReconciler(try world.person(robot)))
    }
  }

  @Test func aReconcilerThatIsNewSinceTheCheckpointIsNoStranger() throws {
    let robot = "robot@example.com"
    let world = try World(keys: [robot: TestKey()])
    let base = try world.pin(on: world.root, at: t)
    let (seen, _) = try world.replay(base, at: t)
    let head = World.policyHead(serial: 2).replacing(
      "reconcilers: [\(World.ci)]", with: "reconcilers: [\(robot)]")
    let changed = try world.changePolicy(
      on: base, edits: ["daypass.yaml": head], by: World.carol, at: t + .minutes(1))
    let pinned = try world.pin(on: changed, by: robot, at: t + .minutes(2))
    let mine = try world.grant(at: t + .minutes(2))
    let branch = try world.request(mine, on: base)
    let flipped = try world.merge(branch, pinned, at: t + .minutes(3))
    for checkpoint in [nil, seen.checkpoint] {
      let (replay, _) = try world.replay(flipped, at: t + .minutes(4), from: checkpoint)
      #expect(replay.flippedUpon == pinned)
      #expect(replay.state(of: mine.id) == .pending)
    }
  }

  @Test func twoPinnedLinesStopUntilAPersonChooses() throws {
    let world = try World()
    let left = try world.pin(on: world.root, at: t)
    let right = try world.pin(
      on: world.root, at: t + .minutes(1), edits: ["a": World.File("a")])
    let head = try world.merge(left, right, at: t + .minutes(2))
    #expect(throws: LedgerError.self) { try world.replay(head, at: t + .minutes(3)) }
    let (chosen, _) = try world.replay(head, at: t + .minutes(3), choice: right)
    #expect(chosen.flippedUpon == right)
    let (other, _) = try world.replay(head, at: t + .minutes(3), choice: left)
    #expect(other.flippedUpon == nil)
    let (held, _) = try world.replay(left, at: t + .minutes(3))
    let (kept, _) = try world.replay(head, at: t + .minutes(3), from: held.checkpoint)
    #expect(kept.flippedUpon == nil)
  }

  @Test func rollbackBehindACheckpointIsRefused() throws {
    let world = try World()
    let grant = try world.grant(at: t)
    let asked = try world.request(grant, on: world.root)
    let (seen, _) = try world.replay(asked, at: t)
    let error = #expect(throws: LedgerError.self) {
      try world.replay(world.root, at: t, from: seen.checkpoint)
    }
    #expect(error?.code == .rollback)
  }

  @Test func aHeadThatDoesNotReachTheRootIsRefused() throws {
    let world = try World()
    let tree = try World.writeTree(world.files(of: world.root), world.history)
    let orphan = try world.history.write(
      .commit,
      Array("tree \(tree)\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n\norphan\n".utf8))
    let error = #expect(throws: LedgerError.self) { try world.replay(orphan, at: t) }
    #expect(error?.code == .rootNotReached)
  }

  @Test func mainlineMergedIntoUnrelatedHistoryStopsNobody() throws {
    let world = try World()
    let grant = try world.grant(at: t)
    let asked = try world.request(grant, on: world.root)
    let pinned = try world.pin(on: asked, at: t + .minutes(1))
    let tree = try World.writeTree(world.files(of: world.root), world.history)
    let orphan = try world.history.write(
      .commit,
      Array("tree \(tree)\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n\norphan\n".utf8))
    let head = try world.merge(orphan, pinned, tree: pinned, at: t + .minutes(2))
    let (replay, _) = try world.replay(head, at: t + .minutes(3))
    #expect(replay.flippedUpon == pinned)
    #expect(replay.state(of: grant.id) == .pending)
  }
}
