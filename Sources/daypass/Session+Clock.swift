import Grants
import Ledger

/// What a reconciler's commit needs of the clock: a pin's date is final for everybody.
extension Session {
  /// - Parameter assumed: a person's word that the clock is right.
  /// - Throws: ``Failure`` where the kernel does not vouch for it.
  func demandClock(assumed: Bool) throws {
    // A time that was typed is not the kernel's.
    guard clock.fixed == nil, !assumed, !clock.isSynchronised else { return }
    throw Failure(
      .clock, "the kernel says that the clock is not synchronised; nothing is committed or written",
      hint: "Look at timedatectl. If you know the clock is right: --assume-clock")
  }

  /// - Throws: ``Failure`` where a pin, or what would be one, lies ahead of the clock.
  func demandPinsBehind(_ replay: Replay) throws {
    let skew = replay.belief.policy.policy.settings.skew
    var latest = replay.pinsAhead.map { ($0.at, "\($0.commit.short) by \($0.signer)") }
    if let pinnedAt = replay.pinnedAt, pinnedAt > replay.now + skew {
      latest.append((pinnedAt, "the newest pin"))
    }
    guard let (moment, what) = latest.max(by: { $0.0 < $1.0 }) else { return }
    throw Failure(
      .clock,
      "\(what) is dated \(moment), ahead of this clock's \(replay.now) by "
        + "\(Words.span(moment - replay.now)); nothing is committed or written",
      hint: "If this clock is slow, set it right. If that date is wrong, the reconciler's key is "
        + "abused: take it out of the policy.")
  }
}
