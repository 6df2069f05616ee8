import Grants
import Ledger
import Reconciler

/// The reconciler's own commit: sweep, archive, restore what is disputed, pin.
package struct ReconcileIntent: Intent {
  package var reconciler: Principal

  package init(reconciler: Principal) { self.reconciler = reconciler }

  package func draft(on replay: Replay, at now: Timestamp) throws(SubmissionError) -> Draft {
    try replay.demandReconciler(reconciler)
    // Never dated before the previous pin; a clock that is behind by more is refused by the caller.
    let moment = max(now, replay.pinnedAt ?? now)
    let sweep = Sweep(of: replay.belief, at: moment, by: reconciler)
    // Asked on every head anew: another reconciler may have done it all meanwhile.
    guard !Due(for: replay, sweep: sweep).reasons.isEmpty else {
      throw SubmissionError(.idle, "nothing is due")
    }
    let archived: [GrantID]
    do {
      archived = try Archiving(of: replay, at: moment, beside: sweep).grants.map(\.id)
    } catch {
      throw SubmissionError(error)
    }
    let swept = sweep.steps.map { Draft.Edit(id: $0.grant.id, content: ($0.after, $0.grant)) }
    let edits = swept + archived.map { Draft.Edit(id: $0, content: nil) }
    var draft = Draft(
      edits: edits,
      subject: Self.subject(sweep, archived: archived.count, disputes: replay.disputes.count),
      expected: Set(edits.map { .grant($0.id) }))
    draft.restores = !replay.disputes.isEmpty
    draft.isReconcilers = true
    draft.moment = moment
    return draft
  }

  private static func subject(_ sweep: Sweep, archived: Int, disputes: Int) -> String {
    var counts = Dictionary(grouping: sweep.steps, by: \.kind).mapValues(\.count)
    if archived > 0 { counts[.archive] = archived }
    var parts = counts.sorted { $0.key.rawValue < $1.key.rawValue }.map {
      "\($0.key.rawValue) \($0.value)"
    }
    if disputes > 0 { parts.append("restore \(disputes)") }
    return parts.isEmpty ? "Pin" : "Reconcile: " + parts.joined(separator: ", ")
  }
}

/// A merge that makes the true mainline the first parent again: what `reconcile` and `heal` do
/// where somebody merged it into a branch.
package struct StraightenIntent: Intent {
  /// Set where a reconciler signs, who pins as well.
  package var reconciler: Principal?

  package init(reconciler: Principal? = nil) { self.reconciler = reconciler }

  package func draft(on replay: Replay, at now: Timestamp) throws(SubmissionError) -> Draft {
    guard let mainline = replay.flippedUpon else {
      throw SubmissionError(.idle, "the mainline is straight")
    }
    if let reconciler { try replay.demandReconciler(reconciler) }
    var draft = Draft(
      subject: "Straighten: bring \(replay.head.short) home onto \(mainline.short)",
      expected: [], firstParent: mainline, secondParent: replay.head)
    draft.restores = true
    draft.isReconcilers = reconciler != nil
    if reconciler != nil { draft.moment = max(now, replay.pinnedAt ?? now) }
    return draft
  }
}

/// Writing the belief back into the tree; anyone may, since it asserts nothing new.
package struct HealIntent: Intent {
  package init() {}

  package func draft(on replay: Replay, at now: Timestamp) throws(SubmissionError) -> Draft {
    guard !replay.disputes.isEmpty else {
      throw SubmissionError(.idle, "nothing is disputed")
    }
    var draft = Draft(
      subject: "Heal: restore \(replay.disputes.count) disputed "
        + (replay.disputes.count == 1 ? "place" : "places"),
      expected: [])
    draft.restores = true
    return draft
  }
}
