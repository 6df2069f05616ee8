import Grants
import History
import Ledger
import Synchronization
import TestSupport
import Testing

/// What is read ahead of the judge gives the same verdicts.
@Suite struct ReadingAheadTests {
  let t = World.start + .hours(1)

  @Test(arguments: [true, false])
  func theSameIsBelieved(_ aheadFirst: Bool) throws {
    let world = try World()
    var head = world.root
    // More than are read ahead at a time.
    for number in 0..<1_400 {
      let now = t + .minutes(Int64(number))
      switch number % 5 {
      case 0:
        let grant = try world.grant(at: now, duration: .minutes(3))
        head = try world.request(grant, on: head)
      case 1:
        head = try world.commit(on: head, edits: ["a": World.File("\(number)")], by: nil, at: now)
      case 2:
        let side = try world.commit(
          on: head, edits: ["grants/stray\(number)": World.File("x")], by: nil, at: now)
        head = try world.merge(head, side, at: now)
      case 3:
        head = try world.commit(
          on: head, edits: ["grants/x": World.File("\(number)")], by: nil, at: now)
      default: head = try world.pin(on: head, at: now)
      }
    }
    let now = t + .hours(30)
    var plain: [LedgerEvent] = []
    let one = try world.ledger.replay(head: head, now: now) { plain.append($0) }
    let sideBySide = Mutex(0)
    let ledger = Ledger(
      history: world.history, root: world.root, branch: "main",
      sideBySide: SideBySide(secondReader: { aheadFirst ? world.history : nil }) { first, second in
        sideBySide.withLock { $0 += 1 }
        if aheadFirst {
          second()
          first()
        } else {
          first()
          second()
        }
      })
    var ahead: [LedgerEvent] = []
    let other = try ledger.replay(head: head, now: now) { ahead.append($0) }
    #expect(ahead == plain)
    #expect(other.belief.live == one.belief.live)
    #expect(other.disputes == one.disputes)
    #expect(other.checkpoint.bytes == one.checkpoint.bytes)
    #expect(!plain.isEmpty && sideBySide.withLock { $0 } > 1)
  }
}
