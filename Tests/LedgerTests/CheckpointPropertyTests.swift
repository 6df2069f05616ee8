import Grants
import History
import Ledger
import TestSupport
import Testing

/// Cold and from a checkpoint: the same belief, always.
@Suite struct CheckpointPropertyTests {
  @Test(arguments: UInt64(1)...8)
  func aCheckpointNeverChangesTheBelief(seed: UInt64) throws {
    let history = try RandomHistory(seed: seed, steps: 40)
    var random = SeededRandom(seed: seed &* 77)
    var checkpoint: Checkpoint?
    var accepted = 0
    for (head, now) in history.heads {
      let (cold, events) = try history.world.replay(head, at: now)
      let (warm, _) = try history.world.replay(head, at: now, from: checkpoint)
      #expect(warm.belief.live == cold.belief.live)
      #expect(warm.belief.policy.tree == cold.belief.policy.tree)
      #expect(warm.disputes == cold.disputes)
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
