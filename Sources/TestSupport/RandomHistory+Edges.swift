import Grants
import Ledger

/// The seconds at which a rule changes its mind; random dates miss nearly all of them.
extension RandomHistory {
  /// One of them, or a second beside it.
  mutating func edge() -> Timestamp? {
    guard let replay = try? believed() else { return nil }
    let (belief, state) = (replay.belief, replay.state)
    let settings = belief.policy.policy.settings
    var edges = [
      now - settings.skew, now + settings.skew, now - settings.landingWindow,
      now - settings.policyLandingWindow, state.landedAt, state.landedAt - settings.landingWindow,
      state.landedAt - settings.policyLandingWindow, lastPin, lastPin - settings.skew,
    ]
    for live in belief.live.values.sorted(by: { $0.grant.id < $1.grant.id }) {
      edges += [
        live.requestSignedAt, live.requestSignedAt - settings.skew,
        live.grant.requestedAt + belief.policy.policy.approvalWindow(of: live.grant.role),
      ]
      if let end = live.grant.expiresAt { edges += [end, end] }
    }
    for entry in belief.policy.signers.entries {
      for end in [entry.validAfter, entry.validBefore].compactMap(\.self) {
        // Not those that are years away.
        let moment = Timestamp(seconds: end)
        if moment > now - .days(1), moment < now + .days(1) { edges += [moment, moment] }
      }
    }
    return pick(edges)?.moved(by: Int64.random(in: -1...1, using: &random))
  }
}

extension Timestamp {
  func moved(by seconds: Int64) -> Timestamp { self + TimeSpan(seconds: seconds) }
}
