import Grants
import History
import Ledger
import TestSupport
import Testing

/// Request, approve, end: the way that should work.
@Suite struct MainJobTests {
  let t = World.start + .hours(1)

  @Test func requestThenApprovalMakesAnActiveGrant() throws {
    let world = try World()
    let grant = try world.grant(at: t)
    let asked = try world.request(grant, on: world.root)
    #expect(try world.replay(asked, at: t).replay.state(of: grant.id) == .pending)

    let (head, after) = try world.approve(grant, on: asked, by: World.bob, at: t + .minutes(5))
    let (replay, events) = try world.replay(head, at: t + .minutes(6))
    #expect(replay.belief.live[grant.id]?.grant == after)
    #expect(replay.disputes.isEmpty)
    #expect(events.incidents.isEmpty)
    #expect(events.transitions.map(\.kind) == [.request, .approve])
  }

  @Test func twoApprovalsAreNeededWhereTheRoleSaysSo() throws {
    let world = try World()
    let grant = try world.grant(role: "prod-admin", at: t)
    let asked = try world.request(grant, on: world.root)
    let (first, once) = try world.approve(
      grant, on: asked, by: World.bob, at: t + .minutes(1), activates: false)
    #expect(try world.replay(first, at: t + .minutes(2)).replay.state(of: grant.id) == .pending)
    let (second, _) = try world.approve(once, on: first, by: World.dave, at: t + .minutes(3))
    let (replay, _) = try world.replay(second, at: t + .minutes(4))
    #expect(replay.state(of: grant.id) == .active)
    #expect(replay.belief.live[grant.id]?.grant.activatedAt == t + .minutes(3))
  }

  @Test func anUnsignedFileInActiveConfersNothing() throws {
    let world = try World()
    let honest = try world.grant(at: t)
    let asked = try world.request(honest, on: world.root)
    let (active, _) = try world.approve(honest, on: asked, by: World.bob, at: t + .minutes(1))
    let forged = try world.approved(
      world.grant(by: World.erin, role: "prod-admin", at: t), by: World.bob, at: t, activates: true)
    let head = try world.commit(
      on: active, edits: World.place(forged, .active), by: nil, at: t + .minutes(2))
    let (replay, events) = try world.replay(head, at: t + .minutes(3))
    #expect(replay.state(of: forged.id) == nil)
    #expect(replay.state(of: honest.id) == .active)
    #expect(events.rules == [.signature])
    let dispute = try #require(replay.disputes.first)
    #expect(dispute.cause.commit == head)
    #expect(dispute.difference.path == GrantPath(state: .active, id: forged.id).description)
  }

  @Test func aPinMakesVerdictsFinal() throws {
    let world = try World()
    let grant = try world.grant(at: t)
    let asked = try world.request(grant, on: world.root)
    let pinned = try world.pin(on: asked, at: t + .minutes(1))
    let (replay, events) = try world.replay(pinned, at: t + .minutes(2))
    #expect(events.pins.map(\.commit) == [pinned])
    #expect(replay.pinnedAt == t + .minutes(1))
    #expect(!replay.hasUnpinned)
  }

  @Test func revokeExpireRejectWithdrawLapse() throws {
    let world = try World()
    let grant = try world.grant(at: t)
    let asked = try world.request(grant, on: world.root)
    let (active, held) = try world.approve(grant, on: asked, by: World.bob, at: t + .minutes(1))
    for (person, outcome, moment) in [
      (World.alice, Closure.Outcome.revoked, t + .minutes(2)),
      (World.bob, .revoked, t + .minutes(2)), (World.carol, .revoked, t + .minutes(2)),
      (World.ci, .expired, t + .minutes(61)),
    ] {
      let end = try world.close(held, outcome, on: active, by: person, at: moment)
      let (replay, events) = try world.replay(end, at: moment)
      #expect(replay.state(of: grant.id) == nil, "\(person) \(outcome)")
      #expect(events.incidents.isEmpty, "\(events.incidents)")
      #expect(events.transitions.last?.after == .closed)
    }
    for (person, outcome, moment) in [
      (World.alice, Closure.Outcome.withdrawn, t + .minutes(2)),
      (World.dave, .rejected, t + .minutes(2)), (World.ci, .lapsed, t + .hours(24)),
    ] {
      let end = try world.close(grant, outcome, on: asked, by: person, at: moment)
      let (replay, events) = try world.replay(end, at: moment)
      #expect(replay.state(of: grant.id) == nil, "\(person) \(outcome)")
      #expect(events.incidents.isEmpty, "\(events.incidents)")
    }
  }

  @Test func aPolicyChangeByConsent() throws {
    let world = try World()
    let head = try world.changePolicy(
      on: world.root, edits: ["daypass.yaml": World.policyHead(serial: 2)], by: World.carol, at: t)
    let (replay, events) = try world.replay(head, at: t)
    #expect(replay.belief.policy.policy.serial == 2)
    #expect(events.incidents.isEmpty)
    #expect(replay.disputes.isEmpty)
  }

  @Test func checkpointAndColdReplayAgree() throws {
    let world = try World()
    let grant = try world.grant(at: t)
    let asked = try world.request(grant, on: world.root)
    let pinned = try world.pin(on: asked, at: t + .minutes(1))
    let (first, _) = try world.replay(pinned, at: t + .minutes(2))
    let bytes = first.checkpoint.bytes
    let stored = try #require(Checkpoint.read(bytes, history: world.history))
    let (head, _) = try world.approve(grant, on: pinned, by: World.bob, at: t + .minutes(5))
    let (warm, warmEvents) = try world.replay(head, at: t + .minutes(6), from: stored)
    let (cold, _) = try world.replay(head, at: t + .minutes(6))
    #expect(warm.belief.live == cold.belief.live)
    #expect(warm.checkpoint.bytes == cold.checkpoint.bytes)
    #expect(warmEvents.transitions.map(\.kind) == [.approve])
    for index in stride(from: 0, to: bytes.count, by: 97) {
      var damaged = bytes
      damaged[index] ^= 1
      #expect(Checkpoint.read(damaged, history: world.history) == nil)
      #expect(Checkpoint.read(Array(bytes.prefix(index)), history: world.history) == nil)
    }
  }
}
