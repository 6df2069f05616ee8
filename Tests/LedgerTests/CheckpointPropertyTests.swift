import Grants
import History
import Ledger
import TestSupport
import Testing

/// Cold and from a checkpoint: the same belief, always.
@Suite struct CheckpointPropertyTests {
  @Test(arguments: UInt64(1)...8)
  func aCheckpointNeverChangesTheBelief(seed: UInt64) throws {
    try compare(try RandomHistory(seed: seed, steps: 40), seed)
  }

  @Test(arguments: UInt64(1)...4)
  func norWhereLandingsWaitForTheReconciler(seed: UInt64) throws {
    try compare(try RandomHistory(seed: seed, steps: 50, varyingLanding: true), seed)
  }

  @Test(arguments: UInt64(101)...104)
  func aPinMakesOfWhatWaitsWhatWasForeseen(seed: UInt64) throws {
    let history = try RandomHistory(seed: seed, steps: 40, varyingLanding: true)
    let world = history.world
    for (head, now) in history.heads {
      let (before, _) = try world.replay(head, at: now)
      guard before.belief.policy.policy.landing == .reconciler else { continue }
      let pin = try world.pin(on: head, at: now)
      let (after, _) = try world.replay(pin, at: now)
      guard after.pins.last?.commit == pin else { continue }
      #expect(after.belief.live == before.anticipating.belief.live)
      #expect(after.disputes.map(\.difference) == before.disputes.map(\.difference))
      #expect(after.waiting.isEmpty)
      let told = before.waiting.transitions.map { [$0.commit.hex, $0.kind.rawValue] }
      let later = try world.replay(pin, at: now).events.transitions
        .map { [$0.commit.hex, $0.kind.rawValue] }
      #expect(Set(told).isSubset(of: later))
    }
  }

  private func compare(_ history: RandomHistory, _ seed: UInt64) throws {
    var random = SeededRandom(seed: seed &* 77)
    var checkpoint: Checkpoint?
    var accepted = 0
    for (head, now) in history.heads {
      let (cold, events) = try history.world.replay(head, at: now)
      let (warm, _) = try history.world.replay(head, at: now, from: checkpoint)
      #expect(warm.belief.live == cold.belief.live)
      #expect(warm.belief.policy.tree == cold.belief.policy.tree)
      #expect(warm.belief.policy.policy == cold.belief.policy.policy)
      #expect(warm.belief.policy.signers == cold.belief.policy.signers)
      #expect(warm.belief.policy.known == cold.belief.policy.known)
      #expect(warm.disputes == cold.disputes)
      #expect(warm.waiting == cold.waiting)
      #expect(warm.anticipating.belief.live == cold.anticipating.belief.live)
      #expect(warm.checkpoint.bytes == cold.checkpoint.bytes)
      accepted = events.transitions.count
      if Int.random(in: 0..<3, using: &random) == 0 {
        checkpoint = Checkpoint.read(warm.checkpoint.bytes, history: history.world.history)
        #expect(checkpoint != nil)
      }
    }
    #expect(accepted > 0)
  }
}
