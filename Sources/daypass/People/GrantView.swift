import Grants
import Ledger
import Policies
import Reconciler

/// One grant as a person should see it at one moment: what it is by the clock and the policy,
/// whether or not a reconciler has written that down yet.
struct GrantView {
  /// What a grant is called. `now >= expiresAt` is expired here as everywhere.
  enum Status: Sendable, Hashable {
    case pending, active
    /// Ended, or about to be: no access rests on it any more.
    case ended(Closure.Outcome)

    var word: String {
      switch self {
      case .pending: "pending"
      case .active: "active"
      case .ended(let outcome): outcome.rawValue
      }
    }
  }

  let grant: Grant
  /// Where the file lies.
  let state: GrantState
  let status: Status
  /// How far the approvals go, while they matter.
  let quorum: Quorum?
  /// Until when a pending request can be decided.
  let deadline: Timestamp?
  let now: Timestamp
  /// The branch it waits on to be landed; nil for what counts already.
  var lane: String?
  /// Whether something of it waits for the next commit of a reconciler.
  var isAwaitingPin = false

  /// Whether nothing has to happen first for it to count.
  var counts: Bool { lane == nil && !isAwaitingPin }

  init(_ grant: Grant, in state: GrantState, of belief: Belief, at now: Timestamp) {
    self.grant = grant
    self.state = state
    self.now = now
    let policy = belief.policy.policy
    deadline = state == .pending ? belief.decisionDeadline(of: grant) : nil
    quorum = state == .pending ? policy.quorum(of: grant) : nil
    if let closed = grant.closed {
      status = .ended(closed.outcome)
    } else if state == .active, grant.isExpired(at: now) {
      status = .ended(.expired)
    } else if !policy.decideEligibility(
      of: grant, known: { belief.policy.known.contains($0) }
    ).isAllowed {
      status = .ended(.ineligible)
    } else if let deadline, now >= deadline {
      status = .ended(.lapsed)
    } else {
      status = state == .active ? .active : .pending
    }
  }

  init(_ live: LiveGrant, in replay: Replay) {
    self.init(live.grant, in: live.state, of: replay.belief, at: replay.now)
    isAwaitingPin = replay.waitingGrants.contains(live.grant.id)
  }

  /// Whether a reconciler has yet to write down what the clock or the policy says.
  var isUnswept: Bool {
    if case .ended = status { state != .closed } else { false }
  }

  /// When the next thing happens to it, or the last thing happened.
  var moment: Timestamp? {
    switch state {
    case .pending: deadline
    case .active: grant.expiresAt
    case .closed: grant.closed?.at
    }
  }

  /// `35m`; nothing for what has ended.
  var left: String {
    guard let moment, state != .closed, moment > now else { return "" }
    return Words.span(moment - now)
  }

  /// `1/2`: how many approvals there are and how many are needed.
  var approvals: String {
    quorum.map { "\($0.have)/\($0.need)" }
      ?? (grant.approvals.isEmpty ? "" : "\(grant.approvals.count)")
  }

  /// The subject, with the requester where that is somebody else.
  var people: String {
    grant.subject == grant.requester
      ? grant.subject.name : "\(grant.subject) (by \(grant.requester))"
  }

  /// Whether that person asked for it or holds it.
  func isOf(_ person: Principal) -> Bool { [grant.subject, grant.requester].contains(person) }

  func paint(_ style: Style) -> (String) -> String {
    switch status {
    case .active: style.good
    case .pending: style.warn
    case .ended: style.dim
    }
  }
}

extension GrantView {
  /// Whether that person's approval would bring the request on; perhaps only a shortened one, where
  /// the cap was lowered since it was asked.
  func isReviewable(by person: Principal, _ policy: Policy) -> Bool {
    guard status == .pending, quorum?.suppliers.contains(person) == true else { return false }
    let cap = policy.durationLimit(of: grant.role)?.cap ?? grant.duration
    return policy.decideApproval(of: grant, by: person, duration: min(cap, grant.duration))
      .isAllowed
  }
}
