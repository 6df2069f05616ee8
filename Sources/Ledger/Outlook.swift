import Grants
import History

/// What the governed branch would bring if it moved from a head that is believed to another: the
/// replay of the one, less what the replay of the other has said already.
///
/// The doors ask this and nothing else, so what they let in and what a verifier later believes are
/// one judgement.
package struct Outlook: Sendable {
  package let before: Replay
  package let after: Replay
  /// What happens, in order; nothing that the earlier head's replay reports as well. What would
  /// wait for a reconciler is told as if it had come.
  package let events: [LedgerEvent]
  /// Reads the later head, which may be one that nobody has written.
  package let ledger: Ledger

  /// Whether it would count only with the next commit of a reconciler.
  package var isWaiting: Bool { after.holdsBack(any: events) }

  /// What would be asserted and count for nothing.
  package var refusals: [Incident] {
    events.compactMap { event in
      if case .incident(let incident) = event { incident } else { nil }
    }
  }

  /// The steps of grants that would count.
  package var transitions: [VerifiedTransition] {
    events.compactMap { event in
      if case .transition(let transition) = event { transition } else { nil }
    }
  }

  /// Places that would be disputed and are not yet.
  package var disputes: [Dispute] {
    let known = Set(before.disputes.map(\.difference))
    return after.disputes.filter { !known.contains($0.difference) }
  }
}

extension Ledger {
  /// What moving the branch on to `head` would bring.
  ///
  /// - Parameter checkpoint: where the earlier head's replay began, if not at the root.
  /// - Throws: ``LedgerError``: the new history cannot be trusted, or not be judged.
  package func outlook(
    from before: Replay, to head: ObjectID, now: Timestamp, choice: ObjectID? = nil
  ) throws(LedgerError) -> Outlook {
    // Both begin at the same pin, so that what lies between is reported by both. Where another line
    // with a claim to be the mainline is brought in, both begin at the root and nobody's word
    // counts: whoever verifies for the first time has no more either.
    let claims = try MainlineSearch(
      ledger: self, head: head, now: now, checkpoint: nil, choice: nil
    ).bringsClaims(after: before.head)
    let start = claims ? nil : before.checkpoint
    let choice = claims ? nil : choice
    var known: Set<LedgerEvent> = []
    let old = try replay(head: before.head, now: now, from: start, choice: choice) {
      known.insert($0)
    }
    known.formUnion(old.waiting)
    var events: [LedgerEvent] = []
    let after = try replay(head: head, now: now, from: start, choice: choice) { event in
      if !known.contains(event) { events.append(event) }
    }
    events += after.waiting.filter { !known.contains($0) }
    return Outlook(before: before, after: after.anticipating, events: events, ledger: self)
  }

  /// The first-parent chain from `old` (left out) to `new`, oldest first; nil if it does not pass
  /// through `old`.
  package func advance(
    from old: ObjectID, to new: ObjectID
  ) throws(LedgerError) -> [CommitRecord]? {
    guard let chain = try Line.chain(of: new, downTo: old, authenticator: authenticator) else {
      return nil
    }
    var records: [CommitRecord] = []
    for step in chain.dropFirst() { records.append(try authenticator.record(step.id)) }
    return records
  }
}
