import Grants
import History
import Ledger
import Reconciler
import TestSupport
import Testing

/// What a verifier said: the Ledger in this process, or the binary in its JSON.
struct Finding: Equatable {
  var expectation: Expectation
  var disputes: Set<String> = []
  var pending = 0
  var active = 0
}

/// The Ledger, on the history in memory.
enum LedgerTrial {
  static func find(
    _ scene: Scene, from accepted: Scene.Accepted?
  ) throws -> Finding {
    try find(
      scene,
      from: accepted.map { try scene.world.replay($0.head, at: $0.now).replay.checkpoint })
  }

  static func find(_ scene: Scene, from checkpoint: Checkpoint?) throws -> Finding {
    do {
      let (replay, events) = try scene.world.replay(
        scene.head, at: scene.now, from: checkpoint)
      return finding(replay, refused: Set(events.rules))
    } catch let error as LedgerError {
      return Finding(expectation: .stops(error.code))
    }
  }

  private static func finding(_ replay: Replay, refused: Set<TrustRule>) -> Finding {
    var judgement = Judgement(refused: refused)
    for live in replay.belief.live.values {
      let id = live.grant.id
      if live.state == .pending { judgement.pending.insert(id) }
      if live.state == .active { judgement.active.insert(id) }
    }
    for (role, holders) in EffectiveSet(of: replay).roles {
      for (holder, supports) in holders {
        for support in supports {
          judgement.holdings.insert(
            Holding(
              role: role.name, holder: holder.name, grant: support.grant.description,
              expiresAt: support.expiresAt.description))
        }
      }
    }
    judgement.isDisputed = !replay.disputes.isEmpty
    judgement.serial = Int(replay.belief.policy.policy.serial)
    judgement.isFlipped = replay.flippedUpon != nil
    return Finding(
      expectation: .judged(judgement), disputes: Set(replay.disputes.map(\.difference.path)),
      pending: judgement.pending.count, active: judgement.active.count)
  }
}

extension Attack {
  /// Tries it on the Ledger, cold and with every memory, and then on the binary.
  func attempt() async throws {
    guard let opening else { return try await attemptOnAll() }
    await withKnownIssue(opening) { try await attemptOnAll() }
  }

  private func attemptOnAll() async throws {
    let scene = try make()
    let cold = try LedgerTrial.find(scene, from: Checkpoint?.none)
    #expect(cold.expectation == scene.expected, "the Ledger, from the root")
    for accepted in scene.accepted {
      let found = try LedgerTrial.find(scene, from: accepted)
      expect(found, like: cold, scene, "the Ledger, from a checkpoint")
    }
    for memory in scene.memories {
      let checkpoint = Checkpoint.read(memory, history: scene.world.history)
      #expect(try LedgerTrial.find(scene, from: checkpoint) == cold, "the Ledger, misremembering")
    }
    try await BinaryTrial(scene).expect(cold: cold)
  }

  /// From a checkpoint only what came since is told; all else must be the same.
  func expect(_ found: Finding, like cold: Finding, _ scene: Scene, _ who: Comment) {
    guard var remembering = scene.remembering ?? .some(cold.expectation) else { return }
    var said = found.expectation
    if case .judged(var told) = said, case .judged(var wanted) = remembering {
      #expect(told.refused.isSubset(of: wanted.refused), who)
      told.refused = []
      wanted.refused = []
      (said, remembering) = (.judged(told), .judged(wanted))
    }
    #expect(said == remembering, who)
  }
}
