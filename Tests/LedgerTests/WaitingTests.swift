import Grants
import History
import Ledger
import TestSupport
import Testing

/// `landing: reconciler`: what others land waits for a reconciler's commit; taking away does not.
@Suite struct WaitingTests {
  let t = World.start + .hours(1)

  private func world(
    _ settings: [String] = [], adminQuorum: Int = 1, grants: [String: World.File] = [:]
  ) throws -> World {
    try World(
      policy: [
        "daypass.yaml": World.policyHead(serial: 1, quorum: adminQuorum)
          + "landing: reconciler\n"
      ], grants: grants)
  }

  /// alice's grant, active and pinned.
  private func held(in world: World) throws -> (grant: Grant, pin: ObjectID) {
    let grant = try world.grant(at: t)
    let asked = try world.request(grant, on: world.root)
    let (approved, active) = try world.approve(
      grant, on: asked, by: World.bob, at: t + .minutes(1))
    let pin = try world.pin(on: approved, at: t + .minutes(2))
    return (active, pin)
  }

  @Test func whatOthersLandWaitsForTheReconcilersCommit() throws {
    let world = try world()
    let grant = try world.grant(at: t)
    let asked = try world.request(grant, on: world.root)
    let (approved, _) = try world.approve(grant, on: asked, by: World.bob, at: t + .minutes(1))
    let (before, events) = try world.replay(approved, at: t + .minutes(2))
    #expect(before.state(of: grant.id) == nil)
    #expect(before.anticipating.state(of: grant.id) == .active)
    #expect(before.waiting.transitions.map(\.kind) == [.request, .approve])
    #expect(events.transitions.isEmpty && events.incidents.isEmpty)
    #expect(before.disputes.isEmpty, "a place that shows what waits is not disputed")
    let pin = try world.pin(on: approved, at: t + .minutes(5))
    let (after, told) = try world.replay(pin, at: t + .minutes(6))
    #expect(after.state(of: grant.id) == .active)
    #expect(after.waiting.isEmpty && after.disputes.isEmpty)
    #expect(told.transitions.map(\.kind) == [.request, .approve])
    #expect(told.transitions.allSatisfy { $0.landedAt == t + .minutes(5) })
    #expect(told.incidents.isEmpty)
  }

  @Test func coldAndFromACheckpointBelieveTheSame() throws {
    let world = try world()
    let (grant, pin) = try held(in: world)
    let (pinned, _) = try world.replay(pin, at: t + .minutes(3))
    #expect(pinned.state(of: grant.id) == .active)
    let second = try world.grant(by: World.erin, at: t + .minutes(4))
    let asked = try world.request(second, on: pin, by: World.erin)
    for checkpoint in [nil, pinned.checkpoint] {
      let (replay, _) = try world.replay(asked, at: t + .minutes(5), from: checkpoint)
      #expect(replay.state(of: second.id) == nil)
      #expect(replay.waiting.transitions.map(\.grant.id) == [second.id])
    }
  }

  @Test func anUnsignedMergeByAForgeGivesNothingBeforeTheReconcilersCommit() throws {
    let world = try world()
    let grant = try world.grant(at: t)
    let asked = try world.request(grant, on: world.root)
    let (approved, _) = try world.approve(grant, on: asked, by: World.bob, at: t + .minutes(1))
    // Merged a month late, dated within the approval's window.
    let merge = try world.merge(world.root, approved, tree: approved, at: t + .minutes(2))
    let late = t + .days(30)
    let pin = try world.pin(on: merge, at: late)
    let (replay, events) = try world.replay(pin, at: late)
    #expect(replay.state(of: grant.id) == nil, "its real landing is the reconciler's")
    #expect(events.rules.contains(.approvalWindow))
  }

  @Test func takingAwayDoesNotWait() throws {
    let world = try world()
    let (grant, pin) = try held(in: world)
    let ended = try world.close(grant, .revoked, on: pin, by: World.carol, at: t + .minutes(3))
    let (replay, events) = try world.replay(ended, at: t + .minutes(4))
    #expect(replay.state(of: grant.id) == nil)
    #expect(events.transitions.contains { $0.kind == .revoke })
    #expect(replay.waiting.isEmpty && replay.disputes.isEmpty)
    let next = try world.pin(on: ended, at: t + .minutes(5))
    let (after, told) = try world.replay(next, at: t + .minutes(6))
    #expect(after.state(of: grant.id) == nil)
    #expect(told.transitions.count { $0.kind == .revoke } == 1)
    #expect(told.incidents.isEmpty && after.disputes.isEmpty)
  }

  @Test func aRevocationOutlivesAnApprovalThatWaits() throws {
    let world = try world()
    let grant = try world.grant(at: t)
    let asked = try world.request(grant, on: world.root)
    let pin = try world.pin(on: asked, at: t + .minutes(1))
    let (approved, active) = try world.approve(grant, on: pin, by: World.bob, at: t + .minutes(2))
    let ended = try world.close(
      active, .revoked, on: approved, by: World.carol, at: t + .minutes(3))
    let (replay, _) = try world.replay(ended, at: t + .minutes(4))
    #expect(replay.state(of: grant.id) == nil)
    let next = try world.pin(on: ended, at: t + .minutes(5), base: ended)
    let (after, _) = try world.replay(next, at: t + .minutes(6))
    #expect(after.state(of: grant.id) == nil)
    #expect(after.anticipating.state(of: grant.id) == nil)
    #expect(replay.waiting.isEmpty, "what waited of it will never have counted")
    let (_, events) = try world.replay(next, at: t + .minutes(6))
    #expect(events.transitions.last?.kind == .reject || events.transitions.last?.kind == .revoke)
    #expect(!events.transitions.contains { $0.kind == .approve })
  }

  @Test func aWithdrawalOfARequestThatWaitsIsKeptInOrder() throws {
    let world = try world()
    let grant = try world.grant(at: t)
    let asked = try world.request(grant, on: world.root)
    let gone = try world.commit(
      on: asked, edits: [GrantPath(state: .pending, id: grant.id).description: nil],
      by: World.alice, at: t + .minutes(1), message: "No longer needed\n")
    let (replay, _) = try world.replay(gone, at: t + .minutes(2))
    #expect(replay.anticipating.state(of: grant.id) == nil)
    #expect(replay.waiting.transitions.map(\.kind) == [.request, .withdraw])
    let pin = try world.pin(on: gone, at: t + .minutes(3))
    let (after, _) = try world.replay(pin, at: t + .minutes(4))
    #expect(after.state(of: grant.id) == nil)
  }

  @Test func aRetractedApprovalThatWaitsDoesNotCount() throws {
    let world = try world()
    let grant = try world.grant(role: "prod-admin", at: t)
    let asked = try world.request(grant, on: world.root)
    let (first, once) = try world.approve(
      grant, on: asked, by: World.bob, at: t + .minutes(1), activates: false)
    let back = try world.commit(
      on: first, edits: World.place(grant, .pending), by: World.bob, at: t + .minutes(2))
    let (second, _) = try world.approve(
      grant, on: back, by: World.dave, at: t + .minutes(3), activates: false)
    let pin = try world.pin(on: second, at: t + .minutes(4))
    let (replay, events) = try world.replay(pin, at: t + .minutes(5))
    #expect(once.approvals.count == 1)
    #expect(replay.belief.live[grant.id]?.grant.approvals.map(\.by.name) == [World.dave])
    #expect(events.transitions.map(\.kind) == [.request, .approve, .retract, .approve])
  }

  @Test func whatIsNotSignedForIsDisputedAtOnce() throws {
    let world = try world()
    let grant = try world.grant(at: t)
    let forged = try world.approved(grant, by: World.bob, at: t, activates: true)
    let dropped = try world.commit(
      on: world.root, edits: World.place(forged, .active), by: nil, at: t)
    let (replay, events) = try world.replay(dropped, at: t + .minutes(1))
    #expect(replay.disputes.map(\.unit) == [.grant(grant.id)])
    #expect(events.rules == [.signature])
    #expect(replay.anticipating.state(of: grant.id) == nil)
  }

  @Test func aMergeThatSmugglesIsDisputedAtOnce() throws {
    let world = try world()
    let grant = try world.grant(at: t)
    let asked = try world.request(grant, on: world.root)
    let forged = try world.approved(grant, by: World.bob, at: t, activates: true)
    let merge = try world.merge(
      world.root, asked, tree: asked, at: t + .minutes(1),
      edits: World.place(forged, .active))
    let (replay, events) = try world.replay(merge, at: t + .minutes(2))
    #expect(replay.disputes.map(\.unit).contains(.grant(grant.id)))
    #expect(!events.incidents.isEmpty)
    #expect(replay.anticipating.state(of: grant.id) == .pending)
  }

  @Test func anybodysTrailerIsNoReconcilersCommit() throws {
    let world = try world()
    let grant = try world.grant(at: t)
    let asked = try world.request(grant, on: world.root)
    let fake = try world.pin(on: asked, by: World.bob, at: t + .minutes(1))
    let (replay, _) = try world.replay(fake, at: t + .minutes(2))
    #expect(replay.state(of: grant.id) == nil)
    #expect(replay.anticipating.state(of: grant.id) == .pending)
    // Nor is a reconciler's own without the trailer, nor one dated ahead.
    let plain = try world.commit(on: asked, by: World.ci, at: t + .minutes(1))
    let ahead = try world.pin(on: asked, at: t + .days(400))
    for head in [plain, ahead] {
      let (replay, _) = try world.replay(head, at: t + .minutes(2))
      #expect(replay.state(of: grant.id) == nil)
    }
  }

  @Test func aPolicyChangeWaitsAndIsAdoptedWithTheCommit() throws {
    let world = try world()
    let changed = try world.changePolicy(
      on: world.root,
      edits: [
        "daypass.yaml": World.policyHead(serial: 2) + "landing: reconciler\n",
        "roles/db-read.yaml": World.role(quorum: 2),
      ], by: World.carol, at: t)
    let (replay, _) = try world.replay(changed, at: t + .minutes(1))
    #expect(replay.belief.policy.policy.serial == 1)
    #expect(replay.disputes.isEmpty)
    // By the policy in force one approval is enough; the change comes after.
    let grant = try world.grant(at: t + .minutes(1))
    let asked = try world.request(grant, on: changed)
    let (approved, _) = try world.approve(grant, on: asked, by: World.bob, at: t + .minutes(2))
    let pin = try world.pin(on: approved, at: t + .minutes(3))
    let (after, events) = try world.replay(pin, at: t + .minutes(4))
    #expect(after.belief.policy.policy.serial == 2)
    #expect(after.state(of: grant.id) == .active)
    #expect(after.disputes.isEmpty && events.incidents.isEmpty)
  }

  @Test func landingByAnyoneAgainTakesEffectWithTheCommit() throws {
    let world = try world()
    let changed = try world.changePolicy(
      on: world.root, edits: ["daypass.yaml": World.policyHead(serial: 2)], by: World.carol, at: t)
    let pin = try world.pin(on: changed, at: t + .minutes(1))
    let grant = try world.grant(at: t + .minutes(2))
    let asked = try world.request(grant, on: pin)
    let (replay, _) = try world.replay(asked, at: t + .minutes(3))
    #expect(replay.state(of: grant.id) == .pending)
  }

  @Test func waitingBeginsWithTheLandingAfterTheChange() throws {
    let world = try World()
    let changed = try world.changePolicy(
      on: world.root,
      edits: ["daypass.yaml": World.policyHead(serial: 2) + "landing: reconciler\n"],
      by: World.carol, at: t)
    let grant = try world.grant(at: t + .minutes(1))
    let asked = try world.request(grant, on: changed)
    let (replay, _) = try world.replay(asked, at: t + .minutes(2))
    #expect(replay.belief.policy.policy.landing == .reconciler)
    #expect(replay.state(of: grant.id) == nil)
    let pin = try world.pin(on: asked, at: t + .minutes(3))
    let (after, _) = try world.replay(pin, at: t + .minutes(3))
    #expect(after.state(of: grant.id) == .pending)
  }

  @Test func aReconcilersMergeLandsABranchAndWhatWaited() throws {
    let world = try world()
    let waits = try world.grant(by: World.erin, at: t)
    let asked = try world.request(waits, on: world.root, by: World.erin)
    let grant = try world.grant(at: t)
    let branch = try world.request(grant, on: world.root)
    let landed = try world.commit(
      on: asked, branch, edits: World.place(grant, .pending), by: World.ci, at: t + .minutes(1),
      message: "Land\n\nDaypass-Mainline: \(asked)\n")
    let (replay, events) = try world.replay(landed, at: t + .minutes(2))
    #expect(replay.state(of: grant.id) == .pending && replay.state(of: waits.id) == .pending)
    #expect(replay.disputes.isEmpty && events.incidents.isEmpty)
  }
}
