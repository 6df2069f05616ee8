import Grants
import History
import Ledger
import Submission
import TestSupport
import Testing

/// What becomes of a signed commit where something does not go the usual way.
@Suite struct PublishingTests {
  struct Row: Sendable, CustomTestStringConvertible {
    enum Outcome: Sendable, Equatable {
      /// Published, and this clone followed.
      case done
      /// Pushed, and this clone stays behind.
      case lags
      /// Refused; nothing has moved, here or there.
      case fails(SubmissionError.Code)
    }

    let obstacle: MemoryBranch.Obstacle
    let offline: Bool
    let expected: Outcome

    var testDescription: String { "\(obstacle), \(offline ? "offline" : "pushing"): \(expected)" }
  }

  static let rows = [
    Row(obstacle: .none, offline: false, expected: .done),
    Row(obstacle: .none, offline: true, expected: .done),
    // An attribute or a bomb of files that somebody pushed must keep nobody from revoking.
    Row(obstacle: .preparing(.unsupported), offline: false, expected: .lags),
    Row(obstacle: .preparing(.unsupported), offline: true, expected: .fails(.failed)),
    // The user's own work is never passed by.
    Row(obstacle: .preparing(.dirty), offline: false, expected: .fails(.failed)),
    Row(obstacle: .preparing(.dirty), offline: true, expected: .fails(.failed)),
    Row(obstacle: .preparing(.locked), offline: false, expected: .fails(.conflict)),
    // What is published is published, whatever goes wrong here.
    Row(obstacle: .advancing(.dirty), offline: false, expected: .lags),
    Row(obstacle: .advancing(.locked), offline: false, expected: .lags),
    Row(obstacle: .advancing(.conflict), offline: false, expected: .lags),
    Row(obstacle: .advancing(.locked), offline: true, expected: .fails(.conflict)),
    Row(obstacle: .advancing(.unreadable), offline: true, expected: .fails(.failed)),
  ]

  @Test(arguments: rows)
  func whereTheCloneCannotFollow(_ row: Row) async throws {
    let setting = try Setting(obstacle: row.obstacle)
    let root = setting.world.root
    let submitter = setting.submitter(offline: row.offline)
    if case .fails(let code) = row.expected {
      let error = await #expect(throws: SubmissionError.self) {
        try await submitter.submit(try setting.request())
      }
      #expect(error?.code == code)
      #expect(error?.sentence == MemoryBranch.sentence)
      #expect(try setting.hereTip == root)
      #expect(try setting.thereTip == root)
      #expect(setting.checkpoints.load() == nil)
    } else {
      let done = try await submitter.submit(try setting.request())
      #expect(done.isPushed == !row.offline)
      #expect(done.lag == (row.expected == .lags ? MemoryBranch.sentence : nil))
      #expect(try setting.hereTip == (row.expected == .lags ? root : done.commit))
      #expect(try setting.thereTip == (row.offline ? root : done.commit))
      #expect(setting.remote.pushes == (row.offline ? [] : [done.commit]))
      #expect(setting.checkpoints.load() == done.replay.checkpoint.bytes)
    }
  }

  @Test func aRefusedPushChangesNothing() async throws {
    let setting = try Setting { _, _ in .refused(RemoteError(.protectedBranch, "protected branch"))
    }
    let error = await #expect(throws: SubmissionError.self) {
      try await setting.submitter().submit(try setting.request())
    }
    #expect(error?.code == .protected)
    #expect(error?.sentence.contains("protected branch") == true)
    #expect(setting.remote.pushes.count == 1, "tried again in spite of a refusal")
    #expect(try setting.hereTip == setting.world.root)
  }

  @Test func aRemoteThatIsAwayIsSaidBeforeAnybodySigns() async throws {
    let setting = try Setting()
    setting.remote.goDown()
    let error = await #expect(throws: SubmissionError.self) {
      try await setting.submitter().submit(try setting.request())
    }
    #expect(error?.code == .remote)
    #expect(error?.description == "origin cannot be reached\ngit remote -v")
    #expect(setting.signer.payloads.isEmpty)
  }

  @Test(arguments: [World.bob, "nobody@example.com"])
  func whatAnotherKeySignedIsNotPublished(_ person: String) async throws {
    let setting = try Setting(signingFor: person)
    let error = await #expect(throws: SubmissionError.self) {
      try await setting.submitter().submit(try setting.request())
    }
    #expect(error?.code == .denied)
    #expect(setting.remote.pushes.isEmpty)
    #expect(try setting.hereTip == setting.world.root)
  }

  @Test func withoutAKeyTheReasonIsTheSigners() async throws {
    let setting = try Setting(signingFor: nil)
    let error = await #expect(throws: SubmissionError.self) {
      try await setting.submitter().submit(try setting.request())
    }
    #expect(error?.code == .failed)
    #expect(error?.description == "no key is configured\ndaypass whoami")
    #expect(setting.remote.pushes.isEmpty)
  }
}
