import Grants
import History
import Ledger
import Submission
import TestSupport
import Testing

/// Another writer is faster, again and again.
@Suite struct SubmitterTests {
  /// Somebody adds a file upon whatever the remote has.
  private static func somebodyElseWrites(_ world: World) throws {
    let tip = try world.require(try world.history.tip(of: Setting.there))
    let commit = try world.commit(
      on: tip, edits: ["src/x\(world.nextRandom())": World.File("x")], by: nil, at: Setting.now)
    world.history.force(Setting.there, to: commit)
  }

  private func parents(_ payload: [UInt8]) -> [String] {
    String(decoding: payload, as: UTF8.self).split(separator: "\n")
      .filter { $0.hasPrefix("parent ") }.map { String($0.dropFirst("parent ".count)) }
  }

  @Test(arguments: [0, 1, 3])
  func eachTimeItIsJudgedAndSignedAnew(_ losses: Int) async throws {
    let setting = try Setting { world, number in
      if number <= losses { try Self.somebodyElseWrites(world) }
      return nil
    }
    let done = try await setting.submitter(attempts: losses + 1).submit(try setting.request())

    #expect(setting.remote.pushes.count == losses + 1)
    #expect(setting.signer.payloads.count == losses + 1)
    let bases = setting.signer.payloads.flatMap(parents)
    #expect(Set(bases).count == losses + 1, "signed twice upon the same head")
    #expect(setting.remote.pushes.last == done.commit)
    let record = try setting.world.history.commit(done.commit)
    #expect(record.parents.map(\.hex) == [try #require(bases.last)])

    #expect(done.isPushed)
    #expect(done.lag == nil)
    #expect(done.events.transitions.map(\.kind) == [.request])
    #expect(try setting.thereTip == done.commit)
    #expect(try setting.hereTip == done.commit)
    let replay = try setting.world.replay(done.commit, at: Setting.now).replay
    #expect(replay.belief.live.count == 1)
    // What the others wrote stands.
    let root = try setting.world.history.tree(record.tree)
    let others = try root.entry(named: "src").map { try setting.world.history.tree($0.id) }
    #expect((others?.entries.count ?? 0) == losses)
  }

  @Test(arguments: [1, 2, 5])
  func afterSoManyAttemptsItGivesUpAndNothingHasMoved(_ attempts: Int) async throws {
    let setting = try Setting { world, _ in
      try Self.somebodyElseWrites(world)
      return nil
    }
    let error = await #expect(throws: SubmissionError.self) {
      try await setting.submitter(attempts: attempts).submit(try setting.request())
    }
    #expect(error?.code == .conflict)
    #expect(error?.sentence.contains("\(attempts)") == true)
    #expect(setting.remote.pushes.count == attempts)
    #expect(try setting.hereTip == setting.world.root)
    let there = try #require(try setting.thereTip)
    #expect(!setting.remote.pushes.contains(there))
    #expect(try setting.world.replay(there, at: Setting.now).replay.belief.live.isEmpty)
    #expect(setting.checkpoints.load() == nil)
  }

  @Test func whatTheOtherDidCanMakeItImpossible() async throws {
    // While bob's approval is on its way, alice withdraws.
    let setting = try Setting(signingFor: World.bob) { world, number in
      guard number == 1 else { return nil }
      let tip = try world.require(try world.history.tip(of: Setting.there))
      let live = try world.require(
        try world.replay(tip, at: Setting.now).replay.belief.live.values.first)
      let end = try world.close(
        live.grant, .withdrawn, on: tip, by: World.alice, at: Setting.now)
      world.history.force(Setting.there, to: end)
      return nil
    }
    let world = setting.world
    let grant = try world.grant(at: Setting.now - .minutes(1))
    world.history.force(Setting.there, to: try world.request(grant, on: world.root))
    let intent = ApproveIntent(approver: try world.person(World.bob), id: grant.id)
    let error = await #expect(throws: SubmissionError.self) {
      try await setting.submitter().submit(intent)
    }
    #expect(error?.code == .failed)
    #expect(error?.sentence.contains("not open") == true)
    #expect(setting.signer.payloads.count == 1, "signed for what is gone")
    #expect(try setting.hereTip == world.root)
  }

  @Test func withoutARemoteAnotherWriterHereCountsTheSame() async throws {
    let setting = try Setting(obstacle: .advancing(.conflict))
    let error = await #expect(throws: SubmissionError.self) {
      try await setting.submitter(offline: true, attempts: 3).submit(try setting.request())
    }
    #expect(error?.code == .conflict)
    #expect(setting.signer.payloads.count == 3)
    #expect(try setting.hereTip == setting.world.root)
  }
}
