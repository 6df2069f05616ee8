import Grants
import Ledger

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
    throw Failure(
      .failed, "no open grant is named \(Words.safe(choice.piece))",
      hint: otherwise + (writing.noPush ? " (after daypass sync)" : "")
        + "\nWhat has ended, too: daypass list --all")
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
