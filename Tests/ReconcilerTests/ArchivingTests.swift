import Grants
import History
import Ledger
import Reconciler
import Synchronization
import TestSupport
import Testing

@Suite struct ArchivingTests {
  private static let retention = TimeSpan.days(90)

  /// A repository that begins with a grant closed on each of those days before ``t``.
  private func world(closedDaysAgo days: [Int64], duration: TimeSpan = .hours(1)) throws -> World {
    let maker = try World()
    var files: [String: World.File] = [:]
    for day in days {
      let moment = t - .days(day)
      let grant = try maker.closed(
        maker.grant(at: moment), .withdrawn, by: World.alice, at: moment + .hours(1))
      files[GrantPath(state: .closed, id: grant.id).description] = World.File(
        grant.canonicalBytes)
    }
    return try World(grants: files)
  }

  private func archiving(
    _ replay: Replay, at now: Timestamp, most: Int = Archiving.most
  ) throws -> [Grant] {
    let sweep = Sweep(of: replay.belief, at: now, by: try #require(Principal(World.ci)))
    return try Archiving(of: replay, at: now, beside: sweep, most: most).grants
  }

  @Test func theOldestFirstAndNoMoreThanTheBound() throws {
    let world = try world(closedDaysAgo: [100, 400, 91, 90, 89, 2, 200])
    let (replay, _) = try world.replay(world.root, at: t)
    let all = try archiving(replay, at: t).map { ($0.requestedAt - t).seconds / -86_400 }
    #expect(all == [400, 200, 100, 91], "closed an hour after they were asked for")
    #expect(
      try archiving(replay, at: t, most: 2).map(\.id)
        == archiving(replay, at: t).prefix(2).map(\.id))
    #expect(try archiving(replay, at: t, most: 0).isEmpty)
    #expect(try archiving(replay, at: t + .hours(1)).count == 5, "to the second")
    #expect(try archiving(replay, at: t + .hours(1) - second).count == 4)
  }

  @Test func theSweepGoesFirst() throws {
    let world = try world(closedDaysAgo: [100, 200, 300])
    let (head, _) = try world.active()
    let now = t + .hours(2)
    let (replay, _) = try world.replay(head, at: now)
    #expect(try archiving(replay, at: now, most: 3).count == 2)
  }

  @Test func whatIsDisputedIsRestoredFirst() throws {
    let world = try world(closedDaysAgo: [100])
    let head = try world.commit(
      on: world.root, edits: ["grants/stray": World.File("x")], by: nil, at: t)
    let (replay, _) = try world.replay(head, at: t)
    #expect(try archiving(replay, at: t).isEmpty)
  }

  @Test func itIsNoReasonForACommitOfItsOwn() throws {
    let world = try world(closedDaysAgo: [100])
    let pin = try world.pin(on: world.root, at: t)
    #expect(try archiving(world.replay(pin, at: t).replay, at: t).count == 1)
    #expect(try world.due(pin, at: t).isEmpty)
  }

  @Test func whereNothingIsOldEnoughOnlyNamesAreRead() throws {
    let world = try world(closedDaysAgo: Array(1...80))
    let reads = Reads(world.history)
    let ledger = Ledger(history: reads, root: world.root, branch: "main")
    let replay = try ledger.replay(head: world.root, now: t)
    let before = reads.count
    #expect(try archiving(replay, at: t).isEmpty)
    #expect(reads.count - before <= 6)
  }
}

/// Counts what is read.
private final class Reads: HistoryReader {
  private let history: InMemoryHistory
  private let read = Atomic<Int>(0)

  init(_ history: InMemoryHistory) { self.history = history }

  var count: Int { read.load(ordering: .relaxed) }

  func read(_ id: ObjectID, limit: Int) throws(HistoryError) -> RawObject {
    read.add(1, ordering: .relaxed)
    return try history.read(id, limit: limit)
  }

  func scan(
    _ id: ObjectID, _ take: (UnsafeRawBufferPointer) -> Void
  ) throws(HistoryError) -> ObjectKind {
    read.add(1, ordering: .relaxed)
    return try history.scan(id, take)
  }

  func contains(_ id: ObjectID) throws(HistoryError) -> Bool { try history.contains(id) }
}
