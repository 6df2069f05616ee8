import Grants
import History

extension Ledger {
  /// What landing a branch upon a replayed head would bring: judged by a merge that nobody writes
  /// and that says nothing of its own, since signatures alone decide.
  ///
  /// Nothing at all if the head has the branch's tip already.
  ///
  /// - Throws: ``LedgerError``: the branch cannot be trusted or judged.
  package func outlook(
    landing tip: ObjectID, on before: Replay, now: Timestamp, choice: ObjectID? = nil
  ) throws(LedgerError) -> Outlook {
    if try contains(tip, in: before.head) {
      return Outlook(before: before, after: before, events: [], ledger: self)
    }
    let tree = try authenticator.record(before.head).tree
    let text =
      "tree \(tree)\nparent \(before.head)\nparent \(tip)\n"
      + "author - <-> \(now.seconds) +0000\ncommitter - <-> \(now.seconds) +0000\n\n"
      + "What landing it would bring\n"
    let bytes = Array(text.utf8)
    let merge = ObjectID.hashing(.commit, bytes)
    let history = OverlaidHistory(
      base: authenticator.reader.history, added: [merge: RawObject(kind: .commit, bytes: bytes)])
    let overlaid = Ledger(history: history, root: root, branch: branch)
    let outlook = try overlaid.outlook(from: before, to: merge, now: now, choice: choice)
    // Its tree is the old head's, so it differs from what is believed wherever something counted.
    let events = outlook.events.filter { event in
      switch event {
      case .incident, .settled: event.commit != merge
      default: true
      }
    }
    return Outlook(before: before, after: outlook.after, events: events, ledger: overlaid)
  }

  /// The newest commit on a branch's first-parent chain that the head has already, or nil if the
  /// two share none.
  package func forkPoint(
    of tip: ObjectID, from head: ObjectID
  ) throws(LedgerError) -> ObjectID? {
    let known = try Reachability.all(from: head, authenticator: authenticator)
    var current: ObjectID? = tip
    while let commit = current {
      if known.contains(commit) { return commit }
      current = try authenticator.record(commit).parents.first
    }
    return nil
  }
}
