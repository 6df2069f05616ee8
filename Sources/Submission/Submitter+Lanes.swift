import Grants
import History
import Ledger

/// The branch that one grant's request and approvals wait on until somebody lands it.
///
/// One grant a branch: two of one hour on one branch look to git like a renamed directory, and a
/// merge of it conflicts.
package enum Lane {
  package static let prefix = "daypass/"

  package static func branch(of id: GrantID) -> String { prefix + id.description }

  /// The grant a branch is for; nil if it is no lane.
  package static func id(of branch: String) -> GrantID? {
    guard branch.hasPrefix(prefix) else { return nil }
    return GrantID(String(branch.dropFirst(prefix.count)))
  }
}

extension Submitter {
  /// Submits the intent on a branch of its own, judged as if the branch landed now; the governed
  /// branch stays where it is.
  ///
  /// - Parameter lane: the branch; nil for a new one, named for the grant that the intent asks for.
  package func submit(
    _ intent: some Intent, on lane: String?
  ) async throws(SubmissionError) -> Submitted {
    try await retrying { (start) throws(SubmissionError) in
      let now = clock.now()
      let tip = if let lane { try await tip(of: lane) } else { nil as ObjectID? }
      let view = try view(of: tip, on: start.replay, at: now)
      let draft = try intent.draft(on: view, at: now)
      guard let branch = lane ?? draft.edits.first.map({ Lane.branch(of: $0.id) }) else {
        throw SubmissionError(.failed, "what concerns no grant has no branch of its own")
      }
      let parent = try parent(for: tip, on: start.replay)
      let commit = try await signed(draft, upon: parent, on: start.replay, at: now)
      let outlook = try outlook(landing: commit, on: start.replay, at: now)
      try demand(draft, in: outlook, of: commit)
      guard let said = try await publish(commit, to: branch, expecting: tip) else { return nil }
      return Submitted(
        commit: commit, events: outlook.events.filter { $0.commit == commit },
        replay: outlook.after, isPushed: remote != nil, lane: branch, said: said)
    }
  }

  /// What would be believed if the branch landed now.
  package func view(
    of tip: ObjectID?, on replay: Replay, at now: Timestamp
  ) throws(SubmissionError) -> Replay {
    guard let tip else { return replay.anticipating }
    return try outlook(landing: tip, on: replay, at: now).after
  }

  /// What landing a commit upon a replayed head would bring.
  package func outlook(
    landing tip: ObjectID, on replay: Replay, at now: Timestamp
  ) throws(SubmissionError) -> Outlook {
    do throws(LedgerError) {
      return try ledger.outlook(landing: tip, on: replay, now: now, choice: choice)
    } catch { throw SubmissionError(error) }
  }

  /// The lanes there are, here or at the remote, by name; those landed already are left out.
  package func lanes(on start: Start) async throws(SubmissionError) -> [Offer] {
    let tips: [String: ObjectID]
    do {
      if let remote {
        tips = try await remote.fetch(below: Lane.prefix)
      } else {
        tips = try await local.tips(below: Lane.prefix)
      }
    } catch {
      throw SubmissionError(error)
    }
    var offers: [Offer] = []
    for (branch, tip) in tips.sorted(by: { $0.key < $1.key }) where Lane.id(of: branch) != nil {
      do throws(LedgerError) {
        if try ledger.contains(tip, in: start.replay.head) { continue }
      } catch { throw SubmissionError(error) }
      offers.append(Offer(branch: branch, tip: tip))
    }
    return offers
  }

  /// Where a branch is at the remote, or here where there is none.
  package func tip(of branch: String) async throws(SubmissionError) -> ObjectID? {
    do {
      if let remote { return try await remote.fetch(branch: branch) }
      return try writer.tip(of: "refs/heads/" + branch)
    } catch {
      throw SubmissionError(error)
    }
  }

  /// The branch goes on from its own tip; from the head, where that has landed.
  private func parent(
    for tip: ObjectID?, on replay: Replay
  ) throws(SubmissionError) -> ObjectID {
    guard let tip else { return replay.head }
    do throws(LedgerError) {
      return try ledger.contains(tip, in: replay.head) ? replay.head : tip
    } catch { throw SubmissionError(error) }
  }

  /// The commit must bring what it was meant to, and nothing that is refused.
  private func demand(
    _ draft: Draft, in outlook: Outlook, of commit: ObjectID
  ) throws(SubmissionError) {
    if let incident = outlook.refusals.first(where: { $0.commit == commit }) {
      throw SubmissionError(justSigned: "commit", refused: incident)
    }
    let found = Set(
      outlook.transitions.filter { $0.commit == commit }.map { Unit.grant($0.grant.id) })
    guard draft.expected.isSubset(of: found) else {
      throw SubmissionError(
        .denied, "the commit just signed would not do what it was meant to")
    }
  }

  /// - Returns: what the remote said, or nil if another writer was faster.
  private func publish(
    _ commit: ObjectID, to branch: String, expecting tip: ObjectID?
  ) async throws(SubmissionError) -> String? {
    do {
      guard let remote else {
        try writer.move("refs/heads/" + branch, to: commit, expecting: tip, because: "daypass")
        return ""
      }
      switch try await remote.push(commit, to: branch, expecting: tip) {
      case .accepted(let said): return said
      case .stale: return nil
      case .refused(let refusal):
        throw SubmissionError(.remote, refusal.sentence, hint: refusal.hint)
      }
    } catch let error as SubmissionError {
      throw error
    } catch let error as HistoryError {
      if error.code == .conflict { return nil }
      throw SubmissionError(error)
    } catch {
      throw SubmissionError(error)
    }
  }
}
