import Grants
import History
import Ledger
import Policies
import TestSupport
import Testing

/// What a checkpoint's bytes say, and what lies beside them.
@Suite struct CheckpointFormTests {
  let t = World.start + .hours(1)

  @Test func everyWordOfAGrantComesBackAsItWas() throws {
    let world = try World()
    var head = world.root
    var grants: [Grant] = []
    let said = ["caf\u{e9}", "again, and more", "\"quoted\"\n\ttabbed", "日本語 🔑"]
    for (index, words) in said.enumerated() {
      let asking = [World.alice, World.erin, World.dave, World.bob]
      var grant = try world.grant(by: asking[index], at: t + .minutes(Int64(index)))
      grant.justification = words
      grants.append(grant)
      head = try world.request(grant, on: head, by: asking[index])
    }
    let (active, approved) = try world.approve(
      grants[1], on: head, by: World.bob, at: t + .minutes(5))
    head = try world.pin(on: active, at: t + .minutes(6))
    let now = t + .minutes(7)
    let cold = try world.replay(head, at: now).replay
    let stored = try #require(Checkpoint.read(cold.checkpoint.bytes, history: world.history))
    let live = try world.replay(head, at: now, from: stored).replay.belief.live
    #expect(live.count == 4)
    #expect(live.count(of: .pending) == 3 && live.count(of: .active) == 1)
    for grant in grants {
      let kept = try #require(live[grant.id])
      let known = try #require(cold.belief.live[grant.id])
      #expect(kept == known)
      #expect(kept.grant.justification.utf8.elementsEqual(grant.justification.utf8))
      #expect(kept.grant.canonicalBytes == known.grant.canonicalBytes)
    }
    #expect(live[grants[1].id]?.grant == approved)
    #expect(Set(live.keys) == Set(grants.map(\.id)))
    #expect(Set(live.values) == Set(cold.belief.live.values))
    #expect(live[try world.grant(at: t - .minutes(1)).id] == nil)
  }

  @Test func whatIsKeptChangesAsAllElseDoes() throws {
    let world = try World()
    let (one, other) = (try world.grant(at: t), try world.grant(role: "prod-admin", at: t))
    var head = try world.request(one, on: world.root)
    head = try world.request(other, on: head)
    head = try world.pin(on: head, at: t + .minutes(1))
    let stored = try #require(
      Checkpoint.read(
        try world.replay(head, at: t + .minutes(1)).replay.checkpoint.bytes,
        history: world.history))
    // Changed, ended and new, and then another pin.
    (head, _) = try world.approve(one, on: head, by: World.bob, at: t + .minutes(2))
    head = try world.close(other, .withdrawn, on: head, by: World.alice, at: t + .minutes(3))
    let new = try world.grant(by: World.erin, at: t + .minutes(4))
    head = try world.request(new, on: head, by: World.erin)
    let now = t + .minutes(6)
    for head in [head, try world.pin(on: head, at: t + .minutes(5))] {
      let warm = try world.replay(head, at: now, from: stored).replay
      let cold = try world.replay(head, at: now).replay
      #expect(warm.belief.live == cold.belief.live)
      #expect(warm.belief.live.count == 2)
      #expect(warm.belief.live.count(of: .active) == cold.belief.live.count(of: .active))
      #expect(warm.belief.live[other.id] == nil)
      #expect(Set(warm.belief.live.keys) == Set(cold.belief.live.keys))
      #expect(Set(warm.belief.live.values) == Set(cold.belief.live.values))
      let person = one.subject
      #expect(
        warm.belief.open(of: person, at: now, except: new.id)
          == cold.belief.open(of: person, at: now, except: new.id))
      #expect(warm.checkpoint.bytes == cold.checkpoint.bytes)
    }
  }

  @Test func thePolicyIsKeptAsItWasRead() throws {
    let world = try World()
    let head = try world.pin(on: world.root, at: t)
    let cold = try world.replay(head, at: t).replay
    let stored = try #require(Checkpoint.read(cold.checkpoint.bytes, history: world.history))
    let policy = stored.state.belief.policy
    #expect(policy.policy == cold.belief.policy.policy)
    #expect(policy.signers == cold.belief.policy.signers)
    #expect(policy.known == cold.belief.policy.known)
    #expect(policy.tree == cold.belief.policy.tree)
  }

  @Test func anAcceptedHeadIsKeptBesideTheStateItCameAfter() throws {
    let world = try World()
    let pinned = try world.pin(on: world.root, at: t)
    let first = try world.replay(pinned, at: t).replay.checkpoint
    #expect(first.acceptance == nil && !first.isKept)
    let stored = try #require(Checkpoint.read(first.bytes, history: world.history))
    #expect(stored.isKept)
    let head = try world.request(try world.grant(at: t + .minutes(1)), on: pinned)
    let now = t + .minutes(2)
    let next = try world.replay(head, at: now, from: stored).replay.checkpoint
    #expect(!next.isKept)
    let acceptance = try #require(next.acceptance)
    func read(_ acceptance: [UInt8]?, _ bytes: [UInt8]) -> ObjectID? {
      Checkpoint.read(bytes, acceptance: acceptance, history: world.history)?.verifiedHead
    }
    #expect(read(acceptance, first.bytes) == head)
    #expect(
      Checkpoint.read(first.bytes, acceptance: acceptance, history: world.history)?.isKept == true)
    #expect(read(nil, first.bytes) == pinned)
    // Of another state, damaged or cut short it says nothing.
    let later = try world.replay(
      try world.pin(on: head, at: now), at: now, from: stored
    ).replay.checkpoint
    #expect(later.acceptance == nil)
    #expect(read(acceptance, later.bytes) == later.verifiedHead)
    for index in acceptance.indices {
      var damaged = acceptance
      damaged[index] ^= 1
      #expect(read(damaged, first.bytes) == pinned)
      #expect(read(Array(acceptance[..<index]), first.bytes) == pinned)
    }
  }
}
