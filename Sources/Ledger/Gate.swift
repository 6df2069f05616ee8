import Grants
import History

/// Why a push is not let in.
package struct Objection: Sendable, Hashable {
  /// The commit it is about.
  package let commit: ObjectID
  /// The place, grant or policy it is about; nil where it is the whole push.
  package let place: String?
  /// A ``TrustRule``'s name, or one of the gate's own: `mainline-kept`, `clock-near`.
  package let rule: String
  package let sentence: String
  /// What the pusher can do; may be empty.
  package let hint: String
}

/// Judges a push to the governed branch before it is let in: what the replay would refuse or
/// dispute stays out, and so does what only a door can see.
///
/// The fold is sound without it; a gate keeps honest mistakes from becoming incidents, and bounds
/// how far a landing can be misdated.
package struct Gate: Sendable {
  let ledger: Ledger
  /// The gate's clock.
  let now: Timestamp
  /// How long ago a mainline commit may have been made.
  let longestDelay: TimeSpan

  /// What a mainline commit may be late by the usual: signed offline, pushed after lunch.
  package static let usualDelay = TimeSpan.hours(1)

  package init(ledger: Ledger, now: Timestamp, longestDelay: TimeSpan = usualDelay) {
    self.ledger = ledger
    self.now = now
    self.longestDelay = longestDelay
  }

  /// What speaks against a branch that does not exist yet beginning with that head: settled
  /// incidents of its past do not.
  ///
  /// - Throws: ``LedgerError``: it cannot be trusted or judged at all.
  package func objections(toBeginningWith head: ObjectID) throws(LedgerError) -> [Objection] {
    let replay = try ledger.replay(head: head, now: now)
    return replay.disputes.map(Self.objection)
  }

  /// What speaks against moving the branch on from where it is.
  ///
  /// - Throws: ``LedgerError``: the new head cannot be trusted or judged at all.
  package func objections(
    to head: ObjectID, after before: Replay
  ) throws(LedgerError) -> [Objection] {
    guard let advance = try ledger.advance(from: before.head, to: head) else {
      return [
        Objection(
          commit: head, place: nil, rule: "mainline-kept",
          sentence: "its first parents do not lead to \(before.head.short), where the branch is: "
            + "it was rewritten, or the branch was merged the wrong way round",
          hint: "Bring your work home the right way round: daypass sync, then sign again; "
            + "or push it as a branch and have it landed: daypass land BRANCH")
      ]
    }
    let skew = before.belief.policy.policy.settings.skew
    let late = advance.compactMap { clockObjection($0, skew: skew) }
    let outlook = try ledger.outlook(from: before, to: head, now: now)
    var seen: Set<Objection> = []
    return (late + outlook.refusals.map(Self.objection) + outlook.disputes.map(Self.objection))
      .filter { seen.insert($0).inserted }
  }

  /// A landing time that is not near the gate's clock.
  private func clockObjection(_ commit: CommitRecord, skew: TimeSpan) -> Objection? {
    let moment = Timestamp(seconds: commit.committerTime)
    let sentence: String
    if moment > now + skew {
      sentence = "is dated \(moment); here it is \(now)"
    } else if moment + longestDelay < now {
      sentence = "is dated \(moment), more than \(longestDelay.seconds / 60) minutes ago"
    } else {
      return nil
    }
    return Objection(
      commit: commit.id, place: nil, rule: "clock-near", sentence: sentence,
      hint: "Look at your clock, and make the commit anew: it lands when it is made.")
  }

  private static func objection(_ incident: Incident) -> Objection {
    objection(incident, at: incident.unit)
  }

  private static func objection(_ dispute: Dispute) -> Objection {
    objection(dispute.cause, at: dispute.unit)
  }

  private static func objection(_ cause: Incident, at unit: Unit) -> Objection {
    Objection(
      commit: cause.commit, place: unit.description, rule: cause.rule.rawValue,
      sentence: cause.sentence, hint: cause.rule.hint)
  }
}
