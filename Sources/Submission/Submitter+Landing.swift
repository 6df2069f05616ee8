import Grants
import History
import Ledger

/// A branch that somebody wants landed.
package struct Offer: Sendable, Hashable {
  package let branch: String
  package let tip: ObjectID

  package init(branch: String, tip: ObjectID) {
    self.branch = branch
    self.tip = tip
  }
}

/// What became of the branches that were to be landed.
package struct LandingReport: Sendable {
  package struct Landed: Sendable {
    package let offer: Offer
    package let commit: ObjectID
    /// What it brought.
    package let outlook: Outlook
  }

  package struct Left: Sendable {
    package let offer: Offer
    /// Why, one sentence.
    package let reason: String
    /// What would be refused, if that is why.
    package let refusals: [Incident]
  }

  package internal(set) var landed: [Landed] = []
  package internal(set) var left: [Left] = []
  /// The branch's new head; nil if nothing landed.
  package internal(set) var submitted: Submitted?

  package init() {}

  mutating func leave(_ offer: Offer, _ obstacle: LandingObstacle) {
    left.append(Left(offer: offer, reason: obstacle.reason, refusals: obstacle.refusals))
  }
}

/// The merge by which a reconciler lands a branch: its tree is what is believed afterwards.
struct LandIntent: Intent {
  let reconciler: Principal
  let offer: Offer

  func draft(on replay: Replay, at now: Timestamp) throws(SubmissionError) -> Draft {
    try replay.demandReconciler(reconciler)
    guard replay.flippedUpon == nil else {
      // A pin on the flipped line would make a second mainline of it.
      throw SubmissionError(
        .conflict, "the mainline was merged into a branch the wrong way round",
        hint: "Straighten it first: daypass reconcile")
    }
    var draft = Draft(
      subject: "Land \(offer.branch) at \(offer.tip.short)", expected: [],
      secondParent: offer.tip)
    draft.restores = true
    draft.isReconcilers = true
    draft.moment = max(now, replay.pinnedAt ?? now)
    return draft
  }
}

extension Submitter {
  /// Lands those branches that may land, one merge each, and pushes them together; begins again
  /// where another writer was faster. What may not land is left, and nobody else notices.
  package func land(
    _ offers: [Offer], as reconciler: Principal
  ) async throws(SubmissionError) -> LandingReport {
    try await retrying { (start) throws(SubmissionError) in
      let (report, last) = try await draftLandings(of: offers, on: start, as: reconciler)
      guard let last else { return report }
      guard let submitted = try await publish(last, start) else { return nil }
      var done = report
      done.submitted = submitted
      return done
    }
  }

  /// What would land, and what would be left, without anybody's signature.
  package func previewLandings(
    of offers: [Offer], on start: Start
  ) throws(SubmissionError) -> LandingReport {
    var report = LandingReport()
    var (replay, ledger) = (start.replay, self.ledger)
    for offer in offers {
      switch try verdict(on: offer, upon: replay, by: ledger, at: clock.now()) {
      case .failure(let obstacle): report.leave(offer, obstacle)
      case .success(let outlook):
        report.landed.append(
          LandingReport.Landed(offer: offer, commit: offer.tip, outlook: outlook))
        (replay, ledger) = (outlook.after, outlook.ledger)
      }
    }
    return report
  }

  private func draftLandings(
    of offers: [Offer], on start: Start, as reconciler: Principal
  ) async throws(SubmissionError) -> (LandingReport, MadeCommit?) {
    var report = LandingReport()
    var replay = start.replay
    try replay.demandReconciler(reconciler)
    var last: MadeCommit?
    for offer in offers {
      let now = clock.now()
      switch try verdict(on: offer, upon: replay, by: ledger, at: now) {
      case .failure(let obstacle): report.leave(offer, obstacle)
      case .success(let outlook):
        let draft = try LandIntent(reconciler: reconciler, offer: offer).draft(
          on: replay, at: now)
        let made = try await make(draft, on: replay, at: now)
        report.landed.append(
          LandingReport.Landed(offer: offer, commit: made.id, outlook: outlook))
        replay = made.replay
        last = made
      }
    }
    return (report, last)
  }

  /// Whether a branch may land upon that head.
  private func verdict(
    on offer: Offer, upon replay: Replay, by ledger: Ledger, at now: Timestamp
  ) throws(SubmissionError) -> Result<Outlook, LandingObstacle> {
    let outlook: Outlook
    do throws(LedgerError) {
      outlook = try ledger.outlook(landing: offer.tip, on: replay, now: now, choice: choice)
    } catch {
      // One branch that cannot be judged keeps no other from landing.
      return .failure(LandingObstacle(reason: error.sentence, refusals: []))
    }
    if let refusal = outlook.refusals.first {
      let more = outlook.refusals.count > 1 ? ", and \(outlook.refusals.count - 1) more" : ""
      return .failure(
        LandingObstacle(
          reason: "\(refusal.sentence) (rule \(refusal.rule.rawValue))\(more)",
          refusals: outlook.refusals))
    }
    guard !outlook.events.isEmpty else {
      return .failure(
        LandingObstacle(reason: "it brings nothing that is not here already", refusals: []))
    }
    do throws(SubmissionError) {
      if let other = try changedElsewhere(offer, upon: replay, by: ledger) {
        return .failure(
          LandingObstacle(
            reason: "it changes \(Text.printable(other)), which daypass does not judge: land that "
              + "in a branch of its own", refusals: []))
      }
    } catch {
      return .failure(LandingObstacle(reason: error.sentence, refusals: []))
    }
    return .success(outlook)
  }

  /// A file outside of the governed places that the branch changes; the merge would lose it.
  private func changedElsewhere(
    _ offer: Offer, upon replay: Replay, by ledger: Ledger
  ) throws(SubmissionError) -> String? {
    do {
      guard let fork = try ledger.forkPoint(of: offer.tip, from: replay.head) else { return nil }
      let (old, new) = (try entries(of: fork, replay), try entries(of: offer.tip, replay))
      // What it has from the mainline by merging it, it does not change.
      let here = try entries(of: replay.head, replay)
      return Set(old.keys).union(new.keys).sorted().first { name in
        !["grants", "policies"].contains(name) && old[name] != new[name] && here[name] != new[name]
      }
    } catch {
      throw SubmissionError(error)
    }
  }

  private func entries(of commit: ObjectID, _ replay: Replay) throws -> [String: TreeEntry] {
    let tree = try reader.tree(try replay.tree(of: commit))
    return Dictionary(tree.entries.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }
}

/// Why a branch is left where it is.
package struct LandingObstacle: Error, Sendable {
  package let reason: String
  package let refusals: [Incident]
}
