import Grants
import Ledger

/// How old the newest pin may be, and when a new one is due.
package enum Freshness {
  /// When the newest pin becomes too old to emit from: two heartbeats after it; nil before the
  /// first pin, whose place the root takes.
  package static func deadline(of replay: Replay) -> Timestamp? {
    let heartbeat = replay.belief.policy.policy.settings.heartbeat
    return replay.pinnedAt.map { $0 + heartbeat + heartbeat }
  }

  /// Whether nobody has pinned for two heartbeats: then an old head may have been served.
  package static func isStale(_ replay: Replay) -> Bool {
    let heartbeat = replay.belief.policy.policy.settings.heartbeat
    let last = replay.pinnedAt ?? replay.rootedAt
    return replay.now >= last + heartbeat + heartbeat
  }

  /// Whether a pin is due although nothing has landed.
  package static func heartbeatIsDue(_ replay: Replay) -> Bool {
    guard let last = replay.pinnedAt else { return true }
    return replay.now >= last + replay.belief.policy.policy.settings.heartbeat
  }

  /// The next moment at which something ends or must be decided; nil if nothing is open.
  package static func nextDeadline(of belief: Belief, after now: Timestamp) -> Timestamp? {
    belief.live.values.compactMap { live -> Timestamp? in
      let end =
        live.state == .active ? live.grant.expiresAt : belief.decisionDeadline(of: live.grant)
      return end.flatMap { $0 > now ? $0 : nil }
    }.min()
  }
}
