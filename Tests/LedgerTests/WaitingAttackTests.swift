import Grants
import History
import Ledger
import TestSupport
import Testing

/// What somebody may try where what others land waits for a reconciler's commit.
@Suite struct WaitingAttackTests {
  let t = World.start + .hours(1)
  private static let head = World.policyHead(serial: 1) + "landing: reconciler\n"

  private func world(_ policy: [String: String] = [:]) throws -> World {
    try World(policy: policy.merging(["daypass.yaml": Self.head]) { stated, _ in stated })
  }

  /// alice's request, pinned.
  private func asked(
    _ world: World, role: String = "db-read"
  ) throws -> (grant: Grant, pin: ObjectID) {
    let grant = try world.grant(role: role, at: t)
    let asked = try world.request(grant, on: world.root)
    return (grant, try world.pin(on: asked, at: t + .minutes(1)))
  }

  private func objections(
    _ world: World, to head: ObjectID, after base: ObjectID, at now: Timestamp
  ) throws -> [Objection] {
    let (before, _) = try world.replay(base, at: now)
    return try Gate(ledger: world.ledger, now: now).objections(to: head, after: before)
  }

  // MARK: Endings of what has something waiting

  @Test func whoRestoresWhatWaitsRejectsNothing() throws {
    let world = try world()
    let (grant, pin) = try asked(world)
    let (approved, active) = try world.approve(grant, on: pin, by: World.bob, at: t + .minutes(2))
    // Anybody who can push lays the old file beside the new one; carol takes it away again.
    let pending = GrantPath(state: .pending, id: grant.id).description
    let litter = try world.commit(
      on: approved, edits: [pending: World.File(grant.canonicalBytes)], by: nil,
      at: t + .minutes(3))
    let restored = try world.commit(
      on: litter, edits: World.place(active, .active), by: World.carol, at: t + .minutes(4),
      message: "Restore what was signed for\n")
    let (replay, events) = try world.replay(restored, at: t + .minutes(5))
    #expect(replay.state(of: grant.id) == .pending)
    #expect(replay.anticipating.state(of: grant.id) == .active)
    #expect(replay.disputes.isEmpty && !events.transitions.contains { $0.kind == .reject })
    let next = try world.pin(on: restored, at: t + .minutes(6))
    #expect(try world.replay(next, at: t + .minutes(6)).replay.state(of: grant.id) == .active)
  }

  @Test func aRevocationOfWhatWaitsIsLetInAndIsNoDispute() throws {
    let world = try world()
    let (grant, pin) = try asked(world)
    let (approved, active) = try world.approve(grant, on: pin, by: World.bob, at: t + .minutes(2))
    let ended = try world.close(
      active, .revoked, on: approved, by: World.carol, at: t + .minutes(3))
    let now = t + .minutes(4)
    #expect(try objections(world, to: ended, after: approved, at: now).isEmpty)
    let (replay, events) = try world.replay(ended, at: now)
    #expect(replay.state(of: grant.id) == nil && replay.anticipating.state(of: grant.id) == nil)
    #expect(replay.disputes.isEmpty && events.incidents.isEmpty)
    #expect(events.transitions.last?.grant.closed?.outcome == .revoked, "as the file says")
    let next = try world.pin(on: ended, at: now)
    let (after, told) = try world.replay(next, at: now)
    #expect(after.state(of: grant.id) == nil)
    #expect(after.disputes.isEmpty && told.incidents.isEmpty)
  }

  @Test func aWithdrawalOfWhatWasAmendedIsLetInAndIsNoDispute() throws {
    let world = try world()
    let (grant, pin) = try asked(world)
    var other = grant
    other.justification = "for another reason altogether"
    let amended = try world.commit(
      on: pin, edits: World.place(other, .pending), by: World.alice, at: t + .minutes(2))
    let ended = try world.close(
      other, .withdrawn, on: amended, by: World.alice, at: t + .minutes(3))
    #expect(try objections(world, to: ended, after: amended, at: t + .minutes(4)).isEmpty)
    let (replay, _) = try world.replay(ended, at: t + .minutes(4))
    #expect(replay.state(of: grant.id) == nil && replay.anticipating.state(of: grant.id) == nil)
    let next = try world.pin(on: ended, at: t + .minutes(5))
    #expect(try world.replay(next, at: t + .minutes(5)).events.incidents.isEmpty)
  }

  @Test func theReconcilersOwnSweepOfWhatWaitsIsAPinWithoutAnIncident() throws {
    let world = try world()
    // bob's approval has been pinned; he takes it back, and then nobody decides in time.
    let grant = try world.grant(role: "prod-admin", at: t)
    let asked = try world.request(grant, on: world.root)
    let (first, _) = try world.approve(
      grant, on: asked, by: World.bob, at: t + .minutes(1), activates: false)
    let pin = try world.pin(on: first, at: t + .minutes(2))
    let back = try world.commit(
      on: pin, edits: World.place(grant, .pending), by: World.bob, at: t + .minutes(3))
    let late = t + .days(1) + .minutes(1)
    let lapsed = try world.closed(grant, .lapsed, by: World.ci, at: late, reason: "not decided")
    let next = try world.pin(on: back, at: late, edits: World.place(lapsed, .closed))
    let (replay, events) = try world.replay(next, at: late)
    #expect(replay.pinnedAt == late && replay.state(of: grant.id) == nil)
    #expect(events.incidents.isEmpty && replay.disputes.isEmpty)
  }

  @Test func anEndingStaysOneWhateverWaits() throws {
    let world = try world()
    let (grant, pin) = try asked(world)
    // alice makes bob the one it is for: where that waits, bob may reject it no more.
    let forBob = Grant(
      repository: grant.repository, id: grant.id, requester: grant.requester,
      subject: try world.person(World.bob), role: grant.role,
      justification: grant.justification, duration: grant.duration)
    let amended = try world.commit(
      on: pin, edits: World.place(forBob, .pending), by: World.alice, at: t + .minutes(2))
    let ended = try world.close(
      forBob, .rejected, on: amended, by: World.bob, at: t + .minutes(3))
    let (replay, _) = try world.replay(ended, at: t + .minutes(4))
    #expect(replay.anticipating.belief.live[grant.id] == nil)
    #expect(replay.state(of: grant.id) == nil)
    let next = try world.pin(on: ended, at: t + .minutes(5))
    let (after, _) = try world.replay(next, at: t + .minutes(5))
    #expect(after.state(of: grant.id) == nil)
  }

  @Test func whatAnEndingLeavesOtherwiseIsExplainedByIt() throws {
    let world = try world()
    let (grant, pin) = try asked(world)
    var other = grant
    other.justification = "not what was asked for"
    // carol's branch closes another text than the one believed.
    let ended = try world.close(
      other, .rejected, on: pin, by: World.carol, at: t + .minutes(2))
    let merge = try world.merge(pin, ended, tree: ended, at: t + .minutes(3))
    let (before, told) = try world.replay(merge, at: t + .minutes(4))
    #expect(before.state(of: grant.id) == nil)
    #expect(before.disputes.map(\.cause.rule) == [.canonicalResult])
    #expect(told.rules == [.canonicalResult])
  }

  // MARK: The policy

  private func changed(_ world: World, on parent: ObjectID) throws -> ObjectID {
    try world.changePolicy(
      on: parent,
      edits: ["daypass.yaml": World.policyHead(serial: 2) + "landing: reconciler\n"],
      by: World.carol, at: t + .minutes(2))
  }

  @Test(arguments: [true, false])
  func whoCanPushKeepsNoReconcilerFromPinningByThePoliciesFolder(_ isOld: Bool) throws {
    let world = try world()
    let (grant, pin) = try asked(world)
    let changed = try changed(world, on: pin)
    // Somebody without a key puts something else there: the old policy, or rubbish.
    let edits: [String: World.File?] =
      isOld
      ? ["policies/daypass.yaml": World.File(Self.head)]
      : ["policies/daypass.yaml": World.File("rubbish\n")]
    let vandal = try world.commit(on: changed, edits: edits, by: nil, at: t + .minutes(3))
    let (before, _) = try world.replay(vandal, at: t + .minutes(4))
    #expect(before.disputes.map(\.unit) == [.policies])
    // The reconciler restores what waits and sweeps in the same commit.
    let late = t + .days(1) + .minutes(1)
    let lapsed = try world.closed(grant, .lapsed, by: World.ci, at: late, reason: "not decided")
    let next = try world.pin(
      on: vandal, at: late, edits: World.place(lapsed, .closed), base: changed)
    let (replay, events) = try world.replay(next, at: late)
    #expect(replay.belief.policy.policy.serial == 2)
    #expect(replay.state(of: grant.id) == nil)
    #expect(replay.disputes.isEmpty)
    #expect(events.incidents.filter { $0.commit == next }.isEmpty)
  }

  @Test func aConsentTakenBackWaitsNoMore() throws {
    let world = try world()
    let changed = try changed(world, on: world.root)
    let back = try world.commit(
      on: changed, edits: ["policies/daypass.yaml": World.File(Self.head)], by: World.carol,
      at: t + .minutes(3))
    let pin = try world.pin(on: back, at: t + .minutes(4))
    let (replay, events) = try world.replay(pin, at: t + .minutes(5))
    #expect(replay.belief.policy.policy.serial == 1)
    #expect(events.incidents.isEmpty && replay.disputes.isEmpty)
  }

  @Test func aPolicyWithoutTheReconcilerIsNotPinnedByThem() throws {
    let key = TestKey()
    let new = "robot@example.com"
    let world = try World(policy: ["daypass.yaml": Self.head], keys: [new: key])
    let (grant, pin) = try asked(world)
    let (approved, _) = try world.approve(grant, on: pin, by: World.bob, at: t + .minutes(1))
    let text = Self.head.replacing("serial: 1", with: "serial: 2")
      .replacing("reconcilers: [\(World.ci)]", with: "reconcilers: [\(new)]")
    let changed = try world.changePolicy(
      on: approved, edits: ["daypass.yaml": text], by: World.carol, at: t + .minutes(2))
    let old = try world.pin(on: changed, at: t + .minutes(3))
    let (before, _) = try world.replay(old, at: t + .minutes(5))
    #expect(before.state(of: grant.id) == .pending && before.belief.policy.policy.serial == 1)
    let next = try world.pin(on: old, by: new, at: t + .minutes(4))
    for now in [t + .minutes(4), t + .hours(2)] {
      let (after, _) = try world.replay(next, at: now)
      #expect(after.state(of: grant.id) == .active && after.belief.policy.policy.serial == 2)
    }
  }

  @Test func aReconcilerWhomTheSecondConsentNamesPins() throws {
    let new = "robot@example.com"
    let head = World.policyHead(serial: 1, quorum: 2) + "landing: reconciler\n"
    let world = try World(policy: ["daypass.yaml": head], keys: [new: TestKey()])
    let text = head.replacing("serial: 1", with: "serial: 2")
      .replacing("reconcilers: [\(World.ci)]", with: "reconcilers: [\(new)]")
    let first = try world.changePolicy(
      on: world.root, edits: ["daypass.yaml": text], by: World.carol, at: t)
    let pin = try world.pin(on: first, at: t + .minutes(1))
    let (old, to) = (try world.policyTree(of: world.root), try world.policyTree(of: first))
    let second = try world.commit(
      on: pin, by: World.dave, at: t + .minutes(2),
      message: "Consent\n\nDaypass-Policy: \(old)..\(to)\n")
    let next = try world.pin(on: second, by: new, at: t + .minutes(3))
    let (seen, _) = try world.replay(pin, at: t + .minutes(1))
    for checkpoint in [nil, seen.checkpoint] {
      let (replay, _) = try world.replay(next, at: t + .minutes(3), from: checkpoint)
      #expect(replay.belief.policy.policy.serial == 2 && replay.disputes.isEmpty)
      #expect(replay.pinnedAt == t + .minutes(3))
    }
  }

  // MARK: Order, dates, lines

  @Test func theSameIsFinalWheneverItIsVerified() throws {
    let world = try world()
    let (grant, pin) = try asked(world)
    let (approved, active) = try world.approve(grant, on: pin, by: World.bob, at: t + .minutes(2))
    let second = try world.grant(by: World.erin, at: t + .minutes(3))
    let more = try world.request(second, on: approved, by: World.erin)
    let ended = try world.close(active, .revoked, on: more, by: World.carol, at: t + .minutes(4))
    let next = try world.pin(on: ended, at: t + .minutes(5))
    let (checked, _) = try world.replay(ended, at: t + .minutes(4))
    let (first, events) = try world.replay(next, at: t + .minutes(5))
    for checkpoint in [nil, checked.checkpoint, first.checkpoint] {
      for now in [t + .minutes(5), t + .days(300)] {
        let (replay, _) = try world.replay(next, at: now, from: checkpoint)
        #expect(replay.belief.live == first.belief.live)
        #expect(replay.checkpoint.bytes == first.checkpoint.bytes)
      }
    }
    #expect(try world.replay(next, at: t + .days(300)).events == events)
    #expect(first.state(of: second.id) == .pending && first.state(of: grant.id) == nil)
  }

  @Test func aMergeThatDropsAnEndingDropsNothing() throws {
    let world = try world()
    let (grant, pin) = try asked(world)
    let (approved, active) = try world.approve(grant, on: pin, by: World.bob, at: t + .minutes(2))
    let held = try world.pin(on: approved, at: t + .minutes(3))
    let ended = try world.close(active, .revoked, on: held, by: World.carol, at: t + .minutes(4))
    // `git merge -s ours` by somebody without a key, upon a line of their own.
    let side = try world.commit(on: held, by: nil, at: t + .minutes(4))
    let ours = try world.merge(side, ended, tree: side, at: t + .minutes(5))
    let (before, _) = try world.replay(ours, at: t + .minutes(6))
    #expect(before.state(of: grant.id) == nil)
    #expect(Set(before.disputes.map(\.unit)) == [.grant(grant.id)])
    let (accepted, _) = try world.replay(ended, at: t + .minutes(5))
    let (again, _) = try world.replay(ours, at: t + .minutes(6), from: accepted.checkpoint)
    #expect(again.state(of: grant.id) == nil)
    let next = try world.pin(on: ours, at: t + .minutes(7))
    let (after, _) = try world.replay(next, at: t + .minutes(7))
    #expect(after.state(of: grant.id) == nil)
  }

  @Test(arguments: UInt64(201)...206)
  func betweenTwoPinsThereIsOnlyEverLessAndWhatEndedStaysSo(seed: UInt64) throws {
    let history = try RandomHistory(seed: seed, steps: 60, varyingLanding: true)
    var before: Replay?
    var ended: Set<GrantID> = []
    for (head, now) in history.heads {
      let (replay, _) = try history.world.replay(head, at: now)
      let live = Set(replay.belief.live.keys)
      #expect(ended.isDisjoint(with: live))
      if let before, before.belief.policy.policy.landing == .reconciler,
        before.pinnedAt == replay.pinnedAt
      {
        #expect(replay.belief.policy.tree == before.belief.policy.tree)
        for live in replay.belief.live.values {
          #expect(before.belief.live[live.grant.id] == live)
        }
        ended.formUnion(Set(before.belief.live.keys).subtracting(live))
      }
      before = replay
    }
  }
}
