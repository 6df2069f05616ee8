import Grants
import Ledger

/// Why a reconciler's commit is due, or that none is.
package struct Due: Sendable, Hashable {
  package enum Reason: Sendable, Hashable {
    /// Grants must be closed or activated.
    case sweep(Int)
    /// Places must be restored to what is believed.
    case disputes(Int)
    /// There is no pin yet.
    case unpinned
    /// Something landed since the newest pin.
    case landed
    /// A key ended, or the window of a policy consent closed, since the newest pin.
    case ended
    /// The newest pin is a heartbeat old.
    case heartbeat

    package var words: String {
      switch self {
      case .sweep(let count): "\(count) grant\(count == 1 ? "" : "s") to close or activate"
      case .disputes(let count): "\(count) disputed place\(count == 1 ? "" : "s") to restore"
      case .unpinned: "nothing has been pinned yet"
      case .landed: "something landed since the newest pin"
      case .ended: "a key or a window ended since the newest pin"
      case .heartbeat: "the newest pin is a heartbeat old"
      }
    }
  }

  /// Empty where nothing is due.
  package let reasons: [Reason]

  package init(for replay: Replay, sweep: Sweep) {
    var reasons: [Reason] = []
    if !sweep.steps.isEmpty { reasons.append(.sweep(sweep.steps.count)) }
    if !replay.disputes.isEmpty { reasons.append(.disputes(replay.disputes.count)) }
    if replay.pinnedAt == nil {
      reasons.append(.unpinned)
    } else {
      if replay.hasUnpinned { reasons.append(.landed) }
      if Self.somethingEnded(replay) { reasons.append(.ended) }
      if Freshness.heartbeatIsDue(replay) { reasons.append(.heartbeat) }
    }
    self.reasons = reasons
  }

  /// The approval windows that closed are sweep steps already.
  private static func somethingEnded(_ replay: Replay) -> Bool {
    guard let pinnedAt = replay.pinnedAt else { return false }
    let since = pinnedAt.seconds..<max(pinnedAt.seconds, replay.now.seconds)
    let keys = replay.belief.policy.signers.entries.compactMap(\.validBefore)
    let window = replay.belief.policy.policy.settings.policyLandingWindow
    let consents = replay.state.consents.map { ($0.signedAt + window).seconds }
    return (keys + consents).contains { since.contains($0) }
  }
}
