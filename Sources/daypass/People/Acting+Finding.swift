import Grants
import Ledger
import Submission

extension Acting {
  /// The open grant that the piece of an id names.
  ///
  /// - Parameter otherwise: where to look for the right one.
  /// - Throws: ``Failure``, also where it is closed or was never asked for.
  func find(
    _ choice: GrantChoice, otherwise: String = "What is open: daypass list"
  ) throws -> GrantID {
    let ids = replay.belief.live.keys
    let isGuess = choice.piece.count >= 3 && !ids.contains { choice.fits($0) }
    guard isGuess else { return try choice.find(among: ids) }
    if let ended = try ended(choice) { throw ended }
    throw Failure(
      .failed, "no open grant is named \(Words.safe(choice.piece))",
      hint: otherwise + (writing.noPush ? " (after daypass sync)" : "")
        + "\nWhat has ended, too: daypass list --all")
  }

  /// How the one grant ended that the piece names among those that are over; nil for none, or
  /// several. Reads the whole history: nobody hurries towards what is over.
  private func ended(_ choice: GrantChoice) throws -> Failure? {
    let history = try GrantHistory.read(session, at: start.replay)
    var closed = history.ids.filter(choice.fits).compactMap { history.view($0)?.grant }
    closed += (lane?.transitions ?? []).map(\.grant).filter { choice.fits($0.id) }
    closed.removeAll { $0.closed == nil }
    guard let grant = closed.last, Set(closed.map(\.id)).count == 1, let end = grant.closed else {
      return nil
    }
    var hint = "All about it: daypass show \(grant.id.short)"
    if grant.requester == me {
      hint += "\nTo ask again: daypass request \(grant.role) --why REASON"
    }
    let isWaiting = lane?.transitions.contains { $0.grant.id == grant.id } == true
    let place = isWaiting ? " (on \(Lane.branch(of: grant.id)), not landed)" : ""
    return Failure(.failed, Self.words(grant, end, at: session.now) + place, hint: hint)
  }

  /// `k3f9q2xw was revoked by bob@example.com, at 2026-11-24T09:00:14Z, 5m ago: the wrong order`.
  private static func words(_ grant: Grant, _ end: Closure, at now: Timestamp) -> String {
    let when = Words.full(end.at, at: now)
    let reason = end.reason.isEmpty ? "" : ": \(end.reason)"
    let id = grant.id.short
    switch end.outcome {
    case .rejected, .withdrawn, .revoked:
      return "\(id) was \(end.outcome.rawValue) by \(end.by), at \(when)\(reason)"
    case .expired, .lapsed, .ineligible:
      let how = end.outcome == .ineligible ? "became ineligible" : "has \(end.outcome.rawValue)"
      let ended = end.outcome == .expired ? grant.expiresAt.map { ", at \(Words.both($0))" } : nil
      return "\(id) \(how)\(ended ?? ""); \(end.by) closed it at \(when)\(reason)"
    }
  }

  /// The grants among these that are not past their end: of the others there is nothing left to
  /// take away, and what the clock has ended is the reconciler's to close.
  ///
  /// - Parameter verb: what was to be done, for the words: `revoke`.
  /// - Throws: ``Failure`` where none is left.
  func stillRunning(_ grants: [LiveGrant], _ verb: String) throws -> [LiveGrant] {
    let over = grants.filter { $0.state == .active && $0.grant.isExpired(at: session.now) }
    let words = over.map { live in
      let end = live.grant.expiresAt.map { ", at \(Words.full($0, at: session.now))" } ?? ""
      return "\(live.grant.id.short) has expired already\(end)"
    }
    guard over.count < grants.count || grants.isEmpty else {
      throw Failure(
        .failed, words.joined(separator: "\n") + "; there is nothing to \(verb)",
        hint: "What is active: daypass list --state active")
    }
    for sentence in words { Notice.warn("\(sentence); it is left out") }
    let gone = Set(over.map(\.grant.id))
    return grants.filter { !gone.contains($0.grant.id) }
  }
}
