import Grants
import History
import Ledger

/// Commits that wait on a branch of their own until enough admins have consented.
extension Submitter {
  /// What landing a branch upon the head would bring.
  package func preview(
    landing tip: ObjectID, on start: Start, at now: Timestamp
  ) throws(SubmissionError) -> [LedgerEvent] {
    try outlook(landing: tip, on: start.replay, at: now).events
  }

  /// Signs an admin's consent in a commit upon `parent`; it is judged and not published.
  ///
  /// - Parameter carried: the new policies' tree if the commit itself shall carry it; nil keeps the
  ///   parent's tree.
  package func consent(
    from old: ObjectID, to new: ObjectID, carried: ObjectID?, upon parent: ObjectID,
    subject: String, on start: Start
  ) async throws(SubmissionError) -> (commit: ObjectID, events: [LedgerEvent]) {
    let now = clock.now()
    let draft = Draft(
      policies: carried, subject: subject, trailers: [("Daypass-Policy", "\(old)..\(new)")],
      expected: [.policies])
    let commit = try await signed(draft, upon: parent, on: start.replay, at: now)
    let events = try preview(landing: commit, on: start, at: now)
    for case .incident(let incident) in events where incident.commit == commit {
      throw SubmissionError(justSigned: "consent", refused: incident)
    }
    guard events.contains(where: { Self.isConsent($0, commit) }) else {
      throw SubmissionError(.denied, "the consent just signed would not count")
    }
    return (commit, events)
  }

  private static func isConsent(_ event: LedgerEvent, _ commit: ObjectID) -> Bool {
    if case .consent(let found, _, _, _, _) = event { return found == commit }
    return false
  }
}
