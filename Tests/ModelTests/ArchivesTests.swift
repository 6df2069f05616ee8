import Grants
import Ledger
import TestSupport
import Testing

/// That the two verifiers are asked about archives at all.
@Suite struct ArchivesTests {
  @Test func randomHistoriesArchive() throws {
    var count = 0
    for seed in UInt64(1)...6 where count == 0 {
      let history = try RandomHistory(
        seed: seed, steps: 40, varyingLanding: seed.isMultiple(of: 2), wildly: seed % 4 < 3)
      for (head, moment) in history.heads.reversed() {
        guard let (_, events) = try? history.world.replay(head, at: moment) else { continue }
        count += events.transitions.filter { $0.kind == Transition.Kind.archive }.count
        break
      }
    }
    #expect(count > 0)
  }
}
