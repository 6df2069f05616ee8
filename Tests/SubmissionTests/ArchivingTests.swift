import Grants
import History
import Ledger
import Submission
import TestSupport
import Testing

/// The reconciler's commit sweeps and archives in one.
@Suite struct ArchivingTests {
  /// A closed grant of that many days ago.
  private func closed(_ maker: World, daysAgo: Int64, second: Int64 = 0) throws -> Grant {
    let moment = Setting.now - .days(daysAgo) + TimeSpan(seconds: second)
    return try maker.closed(
      maker.grant(at: moment), .withdrawn, by: World.alice, at: moment + .minutes(1))
  }

  @Test func sweepAndArchiveAreOneCommit() async throws {
    let maker = try World()
    let old = try (0..<40).map {
      try closed(maker, daysAgo: 100 + $0 % 3, second: $0)
    }
    let young = try closed(maker, daysAgo: 10)
    let lapsed = try maker.grant(at: Setting.now - .days(3))
    var files: [String: World.File] = [:]
    for grant in old + [young] {
      files[GrantPath(state: .closed, id: grant.id).description] = World.File(grant.canonicalBytes)
    }
    files[GrantPath(state: .pending, id: lapsed.id).description] = World.File(
      lapsed.canonicalBytes)
    let setting = try Setting(signingFor: World.ci, grants: files)
    let done = try await setting.submitter().submit(
      ReconcileIntent(reconciler: try setting.world.person(World.ci)))
    let steps = done.events.transitions
    #expect(steps.filter { $0.kind == .archive }.map(\.grant.id) == old.map(\.id).sorted())
    #expect(steps.filter { $0.kind != .archive }.map(\.grant.id) == [lapsed.id])
    #expect(Set(steps.map(\.commit)) == [done.commit])
    #expect(done.replay.disputes.isEmpty && done.replay.pinnedAt == Setting.now)

    let (replay, events) = try setting.world.replay(done.commit, at: Setting.now)
    #expect(replay.disputes.isEmpty && events.incidents.isEmpty)
    var left: [GrantID] = []
    try replay.visitClosed(requestedBy: Setting.now) {
      left.append($0.id)
      return true
    }
    #expect(left == [lapsed.id, young.id].sorted())
  }
}
