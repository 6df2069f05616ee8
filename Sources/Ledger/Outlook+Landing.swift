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

  /// Places that the branch's own files would leave disputed, were they merged as they are (a
  /// forge's button does that): what it changes since it forked and what is not believed then.
  package func unbelieved(
    in tip: ObjectID, after outlook: Outlook
  ) throws(LedgerError) -> [String] {
    guard let fork = try forkPoint(of: tip, from: outlook.before.head) else { return [] }
    let tree = try authenticator.record(tip).tree
    let diff = try GovernedDiff(
      from: try authenticator.record(fork).tree, to: tree, reader: authenticator.reader)
    if diff.isTooLarge { return ["grants"] }
    var places = diff.strays
    for id in diff.grants {
      let found = try authenticator.reader.content(of: id, in: tree)
      if try !outlook.believes(found, of: id) { places.append(id.description) }
    }
    if let change = diff.policies, !outlook.accounts(for: change.to) { places.append("policies") }
    return places
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

extension Outlook {
  /// Whether that is what would be believed of the grant.
  fileprivate func believes(
    _ found: PlacedContent, of id: GrantID
  ) throws(LedgerError) -> Bool {
    if let live = after.belief.live[id] {
      return found.blob == live.blob && found.content.state == live.state
    }
    let path = GrantPath(state: .closed, id: id).components
    let closed = try after.belief.tree.file(
      at: path.dropFirst(), in: Array(path.prefix(1)), reader: after.reader)
    guard let closed else { return found.content == .absent }
    return found.blob == closed && found.content.state == .closed
  }

  /// Whether the policy would be in force, or waits for consents of which the branch brings one.
  fileprivate func accounts(for policy: PolicyPlace) -> Bool {
    guard case .tree(let tree) = policy else { return false }
    if tree == after.belief.policy.tree { return true }
    return events.contains { event in
      if case .consent(_, _, _, let to, _) = event { to == tree } else { false }
    }
  }
}
