import Grants
import History
import Ledger
import Synchronization
import TestSupport
import Testing

/// A replay says how far it is.
@Suite struct ReplayProgressTests {
  @Test func allIsSaidAtTheEnd() throws {
    let world = try World()
    var head = world.root
    for second in 1...1_100 {
      head = try world.commit(
        on: head, by: nil, at: World.start + TimeSpan(seconds: Int64(second)))
    }
    let told = Mutex<[(done: Int, all: Int)]>([])
    let ledger = Ledger(
      history: world.history, root: world.root, branch: "main",
      sideBySide: SideBySide { first, second in
        first()
        second()
      }, progress: { done, all in told.withLock { $0.append((done, all)) } })
    _ = try ledger.replay(head: head, now: World.start + .hours(1))
    let steps = told.withLock { $0 }
    #expect(steps.count > 3)
    #expect(steps.first?.done == 0 && steps.last?.done == 1_100)
    #expect(steps.allSatisfy { $0.all == 1_100 })
    #expect(steps.map(\.done) == steps.map(\.done).sorted())
  }
}
