import Grants
import History
import Ledger

/// A signed commit that the ledger has accepted and that nobody has seen yet.
package struct MadeCommit: Sendable {
  package let id: ObjectID
  package let events: [LedgerEvent]
  package let replay: Replay
  package let subject: String
}

extension Submitter {
  /// Writes, signs and judges the draft's commit; no reference moves.
  func make(
    _ draft: Draft, on replay: Replay, at now: Timestamp
  ) async throws(SubmissionError) -> MadeCommit {
    let now = draft.moment ?? now
    let (parent, root) = try await foundation(for: draft, on: replay, at: now)
    var draft = draft
    let commit: ObjectID
    do {
      let tree = try TreeComposer(reader: reader, writer: writer).tree(root, applying: draft)
      if draft.isReconcilers {
        draft.trailers.append(("Daypass-Mainline", parent.hex))
        draft.trailers.append(("Daypass-State", try replay.digest(ofRestored: tree)))
      }
      commit = try await signed(
        draft, tree: tree, upon: [parent] + (draft.secondParent.map { [$0] } ?? []), at: now)
    } catch {
      throw SubmissionError(error)
    }
    return try judge(commit, draft, from: replay.checkpoint)
  }

  /// The commit to build on and its root tree, with what is disputed set right where the draft
  /// needs it: content that already lies in the parent would not be asserted at all.
  private func foundation(
    for draft: Draft, on replay: Replay, at now: Timestamp
  ) async throws(SubmissionError) -> (ObjectID, ObjectID) {
    do {
      let parent = draft.firstParent ?? replay.head
      let root = try replay.tree(of: replay.head)
      if draft.restores {
        let tree = try restored(replay, over: root)
        guard let second = draft.secondParent else { return (parent, tree) }
        // What the merge brings lands anew, at the merge's time: the tree is what is believed then.
        let preview = try writer.write(
          .commit,
          CommitComposer.payload(
            tree: tree, parents: [parent, second], author: author, at: now, message: "Preview\n"))
        let landed = try self.replay(head: preview, at: now, from: replay.checkpoint)
        return (parent, try restored(landed, over: root))
      }
      let units = Set(draft.edits.map { Unit.grant($0.id) })
        .union(draft.policies == nil ? [] : [.policies])
      let needed = replay.disputes.contains { dispute in
        if case .place = dispute.unit { true } else { units.contains(dispute.unit) }
      }
      guard needed || replay.flippedUpon != nil else { return (parent, root) }
      let healed = try await heal(replay, at: now)
      return (healed, try replay.tree(of: healed))
    } catch {
      throw SubmissionError(error)
    }
  }

  private func restored(_ replay: Replay, over root: ObjectID) throws -> ObjectID {
    try replay.restoredTree(over: root) { (kind, bytes) throws(HistoryError) in
      try writer.write(kind, bytes)
    }
  }

  /// A commit that puts the tree right and asserts nothing new; it needs no signature.
  private func heal(_ replay: Replay, at now: Timestamp) async throws -> ObjectID {
    let root = try replay.tree(of: replay.head)
    let tree = try restored(replay, over: root)
    let parents = replay.flippedUpon.map { [$0, replay.head] } ?? [replay.head]
    let payload = CommitComposer.payload(
      tree: tree, parents: parents, author: author, at: now,
      message: "Restore what was signed for\n")
    return try writer.write(.commit, payload)
  }

  /// Replays up to the very commit just signed; it must bring what it was meant to and nothing
  /// that is refused.
  ///
  /// - Parameter checkpoint: of the head it was begun on. The stored one may be another run's by
  ///   now, which has gone on to another commit, or to this very one.
  private func judge(
    _ commit: ObjectID, _ draft: Draft, from checkpoint: Checkpoint
  ) throws(SubmissionError) -> MadeCommit {
    var events: [LedgerEvent] = []
    let replay = try replay(head: commit, at: clock.now(), from: checkpoint) { event in
      if event.commit == commit { events.append(event) }
    }
    events += replay.waiting.filter { $0.commit == commit }
    var found: Set<Unit> = []
    var isPin = false
    for event in events {
      switch event {
      case .incident(let incident):
        throw SubmissionError(justSigned: "commit", refused: incident)
      case .transition(let transition): found.insert(.grant(transition.grant.id))
      case .consent, .policy: found.insert(.policies)
      case .settled: continue
      case .pin: isPin = true
      }
    }
    guard draft.expected.isSubset(of: found) else {
      let lacking = draft.expected.subtracting(found).map(\.description).sorted()
      throw SubmissionError(
        .denied,
        "the commit just signed would not do what it was meant to for "
          + lacking.joined(separator: ", "))
    }
    guard isPin || !draft.isReconcilers else {
      let (now, since) = (clock.now(), replay.pinnedAt ?? replay.rootedAt)
      guard now >= since else {
        throw SubmissionError(
          .clock,
          "the commit just signed would be no pin: \(now) lies before \(since), "
            + "when the history here \(replay.pinnedAt == nil ? "begins" : "was last pinned")",
          hint: "Set the clock, or leave --now out.")
      }
      throw SubmissionError(
        .denied, "the commit just signed would be no pin: git signs with another key here",
        hint: TrustRule.knownKey.hint)
    }
    guard replay.flippedUpon == nil || !draft.isReconcilers else {
      throw SubmissionError(
        .conflict, "the commit just signed would pin a line that is not the mainline",
        hint: "Straighten it first: daypass reconcile")
    }
    return MadeCommit(id: commit, events: events, replay: replay, subject: draft.subject)
  }

  /// Publishes; nil if another writer was faster.
  func publish(
    _ made: MadeCommit, _ start: Start
  ) async throws(SubmissionError) -> Submitted? {
    var lag: HistoryError?
    do {
      lag = try await obstacle(to: made.id)
      if let remote {
        switch try await remote.push(made.id, to: ledger.branch, expecting: start.remoteTip) {
        case .accepted: break
        case .stale: return nil
        case .refused(let refusal):
          throw SubmissionError(
            refusal.code == .protectedBranch ? .protected : .remote, refusal.sentence,
            hint: "Nothing was changed, here or there.\n\(refusal.hint)")
        }
      }
      if lag == nil { lag = try await follow(made, start) }
    } catch {
      if let error = error as? HistoryError, error.code == .conflict { return nil }
      throw SubmissionError(error)
    }
    if remembers { checkpoints.keep(made.replay.checkpoint) }
    return Submitted(
      commit: made.id, events: made.events, replay: made.replay, isPushed: remote != nil,
      lag: lag?.sentence)
  }

  /// Why the working tree could not follow although the commit can be published: an attribute or a
  /// bomb of files that somebody pushed must keep nobody from revoking.
  ///
  /// - Throws: ``HistoryError`` where the user's own work stands in the way, or nothing is
  ///   published at all.
  private func obstacle(to commit: ObjectID) async throws -> HistoryError? {
    do throws(HistoryError) {
      try await local.prepare(to: commit)
      return nil
    } catch {
      guard remote != nil, error.code == .unsupported else { throw error }
      return error
    }
  }

  /// Once it is published, or the branch itself has moved, what goes wrong here is no failure any
  /// more: the next command that writes, or `sync`, brings this clone along.
  private func follow(
    _ made: MadeCommit, _ start: Start
  ) async throws(HistoryError) -> HistoryError? {
    do {
      try await local.advance(
        from: start.localTip, to: made.id, because: "daypass: \(made.subject)")
      return nil
    } catch {
      let tip = try? local.tip()
      guard remote != nil || tip == made.id else { throw error }
      return error
    }
  }
}
