import Grants
import History
import Ledger
import TestSupport
import Testing

/// A merge decides nothing: it can neither smuggle in nor swallow.
@Suite struct MergeTests {
  let t = World.start + .hours(1)

  @Test func honestMergeOfTwoBranchesWithOneRequestEach() throws {
    let world = try World()
    let first = try world.grant(at: t)
    let second = try world.grant(by: World.erin, at: t)
    let left = try world.request(first, on: world.root)
    let right = try world.request(second, on: world.root, by: World.erin)
    let head = try world.merge(left, right, at: t + .minutes(1))
    let (replay, events) = try world.replay(head, at: t + .minutes(2))
    #expect(replay.state(of: first.id) == .pending)
    #expect(replay.state(of: second.id) == .pending)
    #expect(events.incidents.isEmpty && replay.disputes.isEmpty)
  }

  @Test func smuggledChangeInAMergeConfersNothing() throws {
    let world = try World()
    let honest = try world.grant(at: t)
    let asked = try world.request(honest, on: world.root)
    let branch = try world.commit(
      on: world.root, edits: ["notes.txt": World.File("hello")], by: nil, at: t)
    let forged = try world.approved(honest, by: World.bob, at: t, activates: true)
    let head = try world.merge(
      asked, branch, at: t + .minutes(1), edits: World.place(forged, .active))
    let (replay, events) = try world.replay(head, at: t + .minutes(2))
    #expect(replay.state(of: honest.id) == .pending)
    #expect(Set(events.rules) == [.mergeCarriesNothing])
    #expect(replay.disputes.allSatisfy { $0.cause.commit == head })
    #expect(!replay.disputes.isEmpty)
  }

  @Test func twoApproversWhoSignedSideBySideBothCount() throws {
    let world = try World()
    let grant = try world.grant(role: "prod-admin", at: t)
    let asked = try world.request(grant, on: world.root)
    let (left, _) = try world.approve(
      grant, on: asked, by: World.bob, at: t + .minutes(1), activates: false)
    let (right, _) = try world.approve(
      grant, on: asked, by: World.dave, at: t + .minutes(2), activates: false)
    let head = try world.merge(left, right, tree: left, at: t + .minutes(3))
    let (replay, _) = try world.replay(head, at: t + .minutes(4))
    let believed = try #require(replay.belief.live[grant.id])
    #expect(believed.grant.approvals.map(\.by.name) == [World.bob, World.dave])
    #expect(believed.state == .pending)

    // Neither moved the file; the reconciler's activation follows.
    var active = believed.grant
    active.activatedAt = active.lastApprovedAt
    active.expiresAt = t + .minutes(2) + .hours(1)
    let activated = try world.commit(
      on: head, edits: World.place(active, .active), by: World.ci, at: t + .minutes(5))
    let (after, events) = try world.replay(activated, at: t + .minutes(6))
    #expect(after.state(of: grant.id) == .active)
    #expect(after.disputes.isEmpty)
    #expect(events.transitions.last?.kind == .activate)
  }

  @Test func aRivalApprovalLandedFirstDoesNotSwallowARejection() throws {
    let world = try World()
    let grant = try world.grant(at: t)
    let asked = try world.request(grant, on: world.root)
    let rejected = try world.close(grant, .rejected, on: asked, by: World.dave, at: t + .minutes(1))
    let (approved, _) = try world.approve(grant, on: asked, by: World.bob, at: t + .minutes(2))
    let head = try world.merge(approved, rejected, tree: approved, at: t + .minutes(3))
    let (replay, events) = try world.replay(head, at: t + .minutes(4))
    #expect(replay.state(of: grant.id) == nil)
    #expect(events.transitions.last?.kind == .revoke)
    #expect(events.transitions.last?.grant.closed?.outcome == .revoked)
  }

  @Test func unrelatedHistoryProposesNothing() throws {
    let world = try World()
    let grant = try world.grant(at: t)
    let asked = try world.request(grant, on: world.root)
    let tree = try World.writeTree(world.files(of: world.root), world.history)
    let orphan = try world.history.write(
      .commit,
      Array("tree \(tree)\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n\norphan\n".utf8))
    let child = try world.commit(
      on: orphan, edits: [:], by: nil, at: t, base: world.root)
    let strange = try world.commit(
      on: child, edits: World.place(grant, .pending), by: World.alice, at: t, base: world.root)
    let head = try world.merge(world.root, strange, at: t + .minutes(1))
    let (replay, events) = try world.replay(head, at: t + .minutes(2))
    #expect(replay.state(of: grant.id) == nil)
    #expect(events.transitions.isEmpty)
    #expect(Set(events.rules) == [.mergeCarriesNothing])
    // The honest request still lands on top.
    let next = try world.merge(head, asked, at: t + .minutes(3))
    #expect(try world.replay(next, at: t + .minutes(4)).replay.state(of: grant.id) == .pending)
  }

  @Test func anEvilDeletionOfEverythingCostsNobodyAnything() throws {
    let world = try World()
    let grant = try world.grant(at: t)
    let asked = try world.request(grant, on: world.root)
    let (active, _) = try world.approve(grant, on: asked, by: World.bob, at: t + .minutes(1))
    var gone: [String: World.File?] = [:]
    for path in world.files(of: active).keys where path.hasPrefix("grants/") {
      gone.updateValue(nil, forKey: path)
    }
    let wiped = try world.commit(on: active, edits: gone, by: nil, at: t + .minutes(2))
    let (replay, _) = try world.replay(wiped, at: t + .minutes(3))
    #expect(replay.state(of: grant.id) == .active)
    #expect(
      replay.disputes.map(\.difference.path)
        == [GrantPath(state: .active, id: grant.id).description])
    #expect(replay.disputes.first?.cause.commit == wiped)
    let restored = try world.commit(
      on: wiped, edits: [:], by: nil, at: t + .minutes(4), base: active)
    let (healed, events) = try world.replay(restored, at: t + .minutes(5))
    #expect(healed.disputes.isEmpty)
    #expect(events.rules == [.signature])
    #expect(healed.state(of: grant.id) == .active)
  }
}
