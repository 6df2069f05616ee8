import Grants
import History
import Ledger
import Submission
import TestSupport
import Testing

/// Two runs of one reconciler in one clone, in one second: the second makes the very same commit,
/// byte for byte, and finds in the clone's checkpoint that it has been accepted already.
@Suite struct TwinRunTests {
  /// Signs, and lets the twin be accepted in the moment before the answer comes.
  private struct SignerWithATwin: CommitSigner {
    let setting: Setting
    let key: TestKey

    func sign(_ payload: [UInt8]) async throws(SigningError) -> [UInt8] {
      let armor = key.sign(payload)
      do {
        let twin = try setting.world.history.write(
          .commit, CommitComposer.signed(payload, armor: armor))
        let replay = try setting.world.ledger.replay(head: twin, now: Setting.now)
        setting.checkpoints.save(replay.checkpoint.bytes)
      } catch { throw SigningError("\(error)") }
      return armor
    }
  }

  @Test func theSecondIsJudgedByWhatItBeganWith() async throws {
    let setting = try Setting()
    let world = setting.world
    let plain = setting.submitter()
    let submitter = Submitter(
      ledger: plain.ledger, reader: plain.reader, writer: plain.writer, local: plain.local,
      remote: plain.remote,
      signer: SignerWithATwin(setting: setting, key: try world.require(world.keys[World.ci])),
      clock: plain.clock, checkpoints: setting.checkpoints, author: plain.author)
    let done = try await submitter.submit(
      ReconcileIntent(reconciler: try world.person(World.ci)))
    #expect(try setting.thereTip == done.commit)
    #expect(done.replay.pinnedAt == Setting.now)
  }
}
