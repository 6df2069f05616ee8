import Grants
import History
import Ledger
import TestSupport
import Testing

/// Whoever reads of an incident also reads that it is over, and since when.
@Suite struct SettlementTests {
  let t = World.start + .hours(1)

  @Test func placeThatIsPutBackIsReportedOnceWithItsCause() throws {
    let world = try World()
    let grant = try world.grant(at: t)
    let asked = try world.request(grant, on: world.root)
    let path = GrantPath(state: .pending, id: grant.id).description
    let kept = try #require(world.files(of: asked)[path])
    let bad = try world.commit(
      on: asked, edits: [path: World.File(Array("{}\n".utf8))], by: nil, at: t + .minutes(1))
    let other = try world.commit(
      on: bad, edits: ["notes.txt": World.File("hello")], by: nil, at: t + .minutes(2))
    #expect(try world.replay(other, at: t + .minutes(3)).events.settlements.isEmpty)
    let healed = try world.commit(
      on: other, edits: [path: kept], by: nil, at: t + .minutes(4))
    let later = try world.commit(
      on: healed, edits: ["notes.txt": World.File("bye")], by: nil, at: t + .minutes(5))
    let (replay, events) = try world.replay(later, at: t + .minutes(6))
    let settlement = try #require(events.settlements.first)
    #expect(events.settlements.count == 1 && replay.disputes.isEmpty)
    #expect(settlement.commit == healed && settlement.landedAt == t + .minutes(4))
    #expect(settlement.difference.path == path && settlement.difference.believed)
    #expect(settlement.cause.commit == bad && settlement.unit == .grant(grant.id))
    #expect(events.incidents == [settlement.cause])
  }

  @Test func placeThatDiffersOtherwiseThanBeforeIsNotSettled() throws {
    let world = try World()
    let stray = "grants/active/stray"
    let file = try world.commit(
      on: world.root, edits: [stray: World.File("one")], by: nil, at: t)
    let folder = try world.commit(
      on: file, edits: [stray: nil, "\(stray)/below/file": World.File("two")], by: nil,
      at: t + .minutes(1))
    let (disputed, events) = try world.replay(folder, at: t + .minutes(2))
    #expect(!disputed.disputes.isEmpty)
    #expect(events.settlements.isEmpty)
    let gone = try world.commit(
      on: folder, edits: ["\(stray)/below/file": nil], by: nil, at: t + .minutes(3))
    let (replay, all) = try world.replay(gone, at: t + .minutes(4))
    #expect(replay.disputes.isEmpty)
    #expect(all.settlements.map(\.commit) == [gone])
  }
}

extension Sequence<LedgerEvent> {
  fileprivate var settlements: [Settlement] {
    compactMap { if case .settled(let settlement) = $0 { settlement } else { nil } }
  }
}
