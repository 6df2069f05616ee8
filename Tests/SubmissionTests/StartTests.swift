import Grants
import History
import Ledger
import Submission
import TestSupport
import Testing

/// Where a submission begins.
@Suite struct StartTests {
  enum Side: String, Sendable { case root, one, two, other }

  struct Row: Sendable, CustomTestStringConvertible {
    let here: Side?
    let there: Side?
    /// Nil where it cannot begin.
    let expected: Side?

    var testDescription: String {
      let names = [here, there, expected].map { $0?.rawValue ?? "none" }
      return "here \(names[0]), there \(names[1]): \(names[2])"
    }
  }

  /// one is upon the root, two upon one, other upon the root beside one.
  private func commits(_ world: World) throws -> [Side: ObjectID] {
    let edit = { (name: String) in [name: World.File?.some(World.File("x"))] }
    let one = try world.commit(on: world.root, edits: edit("a"), by: nil, at: Setting.now)
    let two = try world.commit(on: one, edits: edit("b"), by: nil, at: Setting.now)
    let other = try world.commit(on: world.root, edits: edit("c"), by: nil, at: Setting.now)
    return [.root: world.root, .one: one, .two: two, .other: other]
  }

  @Test(arguments: [
    Row(here: .one, there: .one, expected: .one), Row(here: .one, there: .two, expected: .two),
    Row(here: .two, there: .one, expected: .two), Row(here: .root, there: .two, expected: .two),
    Row(here: .one, there: nil, expected: .one), Row(here: nil, there: .one, expected: .one),
    Row(here: .two, there: .other, expected: nil), Row(here: nil, there: nil, expected: nil),
  ])
  func theNewerOfTheTwoTips(_ row: Row) async throws {
    let setting = try Setting()
    let commits = try commits(setting.world)
    let (here, there) = (row.here.flatMap { commits[$0] }, row.there.flatMap { commits[$0] })
    setting.world.history.force(Setting.here, to: here)
    setting.world.history.force(Setting.there, to: there)
    guard let expected = row.expected else {
      let error = await #expect(throws: SubmissionError.self) {
        try await setting.submitter().start()
      }
      #expect(error?.code == (here == nil ? .failed : .conflict))
      return
    }
    let start = try await setting.submitter().start()
    #expect(start.replay.head == commits[expected])
    #expect(start.localTip == here)
    #expect(start.remoteTip == there)
  }

  @Test func aBranchThatWasTakenBackIsNotTrusted() async throws {
    let setting = try Setting()
    let commits = try commits(setting.world)
    let done = try await setting.submitter().submit(try setting.request())
    // The remote alone, both sides, both sides led elsewhere.
    for (here, there) in [
      (done.commit, setting.world.root), (setting.world.root, setting.world.root),
      (try #require(commits[.other]), try #require(commits[.other])),
    ] {
      setting.world.history.force(Setting.here, to: here)
      setting.world.history.force(Setting.there, to: there)
      let error = await #expect(throws: SubmissionError.self) {
        try await setting.submitter().start()
      }
      #expect(error?.code == .untrusted)
    }
  }
}
