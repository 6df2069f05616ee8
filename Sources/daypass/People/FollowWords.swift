import Grants
import Ledger

/// How what happens to a grant is told while somebody waits for it.
enum FollowWords {
  // MARK: What is waited for

  /// One line for the bottom of the terminal.
  static func waiting(for view: GrantView?, at now: Timestamp) -> String {
    guard let view else { return "waiting to see it" }
    let left = view.moment.map { max(TimeSpan(seconds: 0), $0 - now) }.map(Words.span)
    if view.status == .active {
      if view.counts { return "active" + (left.map { ", ends in \($0)" } ?? "") }
      return view.lane == nil
        ? "approved, waiting for the reconciler" : "approved on its branch, waiting to be landed"
    }
    let lapses = left.map { "; lapses in \($0)" } ?? ""
    guard let quorum = view.quorum, !quorum.isFilled else {
      return "all approvals are there, waiting for the reconciler" + lapses
    }
    return "waiting for \(Words.names(quorum.suppliers)) (\(quorum.have) of \(quorum.need))"
      + lapses
  }

  // MARK: What has happened

  /// `2026-11-24T09:00:05Z approved by bob@example.com: active until 2026-11-24T10:00:05Z`.
  static func line(_ step: GrantStep, _ belief: Belief, at now: Timestamp) -> String {
    let (lane, isAwaitingPin, step) = (step.lane, step.isAwaitingPin, step.step)
    let view = GrantView(step.grant, in: step.after, of: belief, at: now)
    var text = "\(Words.both(step.signedAt)) \(verb(step.kind)) by \(step.signer)"
    if step.after == .active, let end = step.grant.expiresAt {
      text += ": active until \(Words.both(end))"
    } else if step.after == .pending, let quorum = view.quorum {
      text += ": \(quorum.have) of \(quorum.need) approvals"
    } else if let closed = step.grant.closed {
      let isSaid = [.reject, .withdraw, .revoke].contains(step.kind)
      let words = [isSaid ? "" : closed.outcome.rawValue, closed.reason].filter { !$0.isEmpty }
      if !words.isEmpty { text += ": " + words.joined(separator: ", ") }
    }
    if isAwaitingPin { text += " (waits for the reconciler)" }
    if lane == nil, !isAwaitingPin, step.landedAt > step.signedAt {
      text += " (landed \(Words.both(step.landedAt)))"
    }
    if let lane { text += " (on \(lane), not landed)" }
    return Words.safe(text)
  }

  private static func verb(_ kind: Transition.Kind) -> String {
    switch kind {
    case .request: "asked for"
    case .amend: "amended"
    case .approve: "approved"
    case .activate: "activated"
    case .retract: "an approval taken back"
    case .reject: "rejected"
    case .withdraw: "withdrawn"
    case .revoke: "revoked"
    case .lapse, .expire, .disqualify: "closed"
    case .archive: "archived"
    }
  }

  /// What the clock or the policy has ended, before a reconciler has written it down.
  static func line(unswept view: GrantView, at now: Timestamp) -> String {
    Words.safe("\(Words.both(now)) \(view.status.word)\(why(view)); the next reconcile closes it")
  }

  private static func why(_ view: GrantView) -> String {
    guard case .ended(let outcome) = view.status else { return "" }
    switch outcome {
    case .expired: return ": its end, \(view.grant.expiresAt.map(Words.both) ?? ""), has passed"
    case .lapsed: return ": nobody decided it before \(view.deadline.map(Words.both) ?? "")"
    case .ineligible: return ": the policy in force does not allow it"
    case .rejected, .withdrawn, .revoked: return ""
    }
  }

  // MARK: How the waiting ended

  /// - Parameter isBlind: whether that is only what this clone could know.
  static func failure(_ view: GrantView, isBlind: Bool) -> Failure? {
    guard case .ended(let outcome) = view.status else { return nil }
    let grant = view.grant
    var sentence = "the request for \(Words.role(grant)) "
    switch outcome {
    case .expired: sentence = "\(Words.role(grant)) was granted and has expired already"
    case .lapsed: sentence += "has lapsed" + why(view)
    case .ineligible: sentence += "is ineligible" + why(view)
    case .rejected, .withdrawn, .revoked: sentence += "was \(outcome.rawValue)"
    }
    if let closed = grant.closed, ![.expired, .lapsed, .ineligible].contains(outcome) {
      sentence += " by \(closed.by)" + (closed.reason.isEmpty ? "" : ": \(closed.reason)")
    }
    if let lane = view.lane { sentence += " (on \(lane), not landed)" }
    if isBlind { sentence += " (as far as is known here; the remote is away)" }
    let isUndecided = [.expired, .lapsed].contains(outcome)
    return Failure(
      isUndecided ? .failed : .denied, sentence,
      hint: "All of it: daypass show \(grant.id.short)"
        + (isUndecided ? "\nTo ask again: daypass request \(grant.role)" : ""))
  }
}
