import Grants
import History
import Ledger

/// What every commit that somebody signs has in common, wherever it goes.
extension Submitter {
  /// Writes the draft's commit upon its parents, signed; no reference moves.
  ///
  /// - Parameter tree: with the draft's changes.
  func signed(
    _ draft: Draft, tree: ObjectID, upon parents: [ObjectID], at now: Timestamp
  ) async throws -> ObjectID {
    let payload = CommitComposer.payload(
      tree: tree, parents: parents, author: author, at: now,
      message: CommitComposer.message(draft))
    let armor = try await signer.sign(payload)
    return try writer.write(.commit, CommitComposer.signed(payload, armor: armor))
  }

  /// The same upon one parent, the changes made to that parent's own tree.
  func signed(
    _ draft: Draft, upon parent: ObjectID, on replay: Replay, at now: Timestamp
  ) async throws(SubmissionError) -> ObjectID {
    do {
      let tree = try TreeComposer(reader: reader, writer: writer).tree(
        try replay.tree(of: parent), applying: draft)
      return try await signed(draft, tree: tree, upon: [parent], at: now)
    } catch {
      throw SubmissionError(error)
    }
  }
}

extension SubmissionError {
  /// - Parameter what: what was signed: `commit`.
  init(justSigned what: String, refused incident: Incident) {
    self.init(
      .denied,
      "the \(what) just signed would be refused: \(incident.sentence) "
        + "(rule \(incident.rule.rawValue))",
      hint: incident.rule.hint)
  }
}
