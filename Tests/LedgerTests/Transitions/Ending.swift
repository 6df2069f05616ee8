import Grants
import History
import Ledger
import TestSupport
import Testing

/// What is tried on several endings alike; each suite says with what.
extension Stage {
  /// An ending that time brings: refused a second before the moment, counted from it on.
  func expectDue(
    _ kind: Transition.Kind, _ outcome: Closure.Outcome, from end: Timestamp,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for (moment, isGood) in [(end - TimeSpan(seconds: 1), false), (end, true)] {
      let after = try world.closed(grant, outcome, by: World.ci, at: moment)
      let commit = try showing(after, .closed, by: .person(World.ci), at: moment)
      if isGood {
        try expectCounts(
          commit, as: kind, .closed, after, at: moment, sourceLocation: sourceLocation)
      } else {
        try expectRefused(commit, .dueTime, at: moment, sourceLocation: sourceLocation)
      }
    }
  }

  /// Somebody may not end it so: neither in the name of one who may nor in their own.
  ///
  /// - Parameter rule: what refuses it in their own name; nil where that hangs on who it is.
  func expectEndingRefused(
    _ outcome: Closure.Outcome, to signer: Signer, insteadOf rightful: String,
    _ rule: TrustRule? = nil, at now: Timestamp,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let forged = try world.closed(grant, outcome, by: rightful, at: now)
    try expectRefused(
      showing(forged, .closed, by: signer, at: now), at: now, sourceLocation: sourceLocation)
    guard case .person(let name) = signer else { return }
    let own = try world.closed(grant, outcome, by: name, at: now)
    let found = try expectRefused(
      showing(own, .closed, by: signer, at: now), at: now, sourceLocation: sourceLocation)
    if let rule { #expect(found == [rule], sourceLocation: sourceLocation) }
  }
}
