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

  /// A typed time ahead of the machine's would be pinned, and a pin's date is final for everybody:
  /// whoever has the true time could commit nothing more until then.
  ///
  /// - Parameter assumed: a person's word that it is the machine's clock that is slow.
  /// - Throws: ``Failure`` where ``--now`` is further ahead than the policy's skew.
  func demandNotAhead(_ replay: Replay, assumed: Bool) throws {
    guard let fixed = clock.fixed, !assumed else { return }
    let machine = SystemClock(fixed: nil).now()
    guard fixed > machine + replay.belief.policy.policy.settings.skew else { return }
    throw Failure(
      .clock,
      "--now \(fixed) is \(Words.span(fixed - machine)) ahead of this machine's clock, \(machine); "
        + "nothing is committed or written",
      hint: "A reconciler's date is final: with the true time nobody could commit before that.\n"
        + "What would be due then: --dry-run. If the machine's clock is slow: --assume-clock")
  }

  /// Says that what will be signed bears a time that was typed; what reads nothing but the commit
  /// cannot tell.
  func noteTypedTime(_ replay: Replay, isDry: Bool) {
    guard let fixed = clock.fixed, !isDry else { return }
    let machine = SystemClock(fixed: nil).now()
    let skew = replay.belief.policy.policy.settings.skew
    guard fixed > machine + skew || machine > fixed + skew else { return }
    let distance = fixed > machine ? fixed - machine : machine - fixed
    Notice.warn(
      "--now: what is signed here is dated \(fixed), \(Words.span(distance)) "
        + "\(fixed > machine ? "after" : "before") this machine's clock; all others judge it by theirs"
    )
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
