import Grants
import History
import Ledger
import Policies

/// What a reconciler does to the grants at one moment: activate what is approved, lapse what nobody
/// decided, expire what has run out, disqualify what the policy no longer admits.
package struct Sweep: Sendable {
  package struct Step: Sendable, Hashable {
    package let kind: Transition.Kind
    package let before: GrantState
    package let after: GrantState
    /// The grant after the step.
    package let grant: Grant
  }

  /// In id order, at most one step a grant.
  package let steps: [Step]

  /// The steps that are due.
  ///
  /// - Parameters:
  ///   - reconciler: who will sign them.
  ///   - now: the time they will be signed at.
  package init(of belief: Belief, at now: Timestamp, by reconciler: Principal) {
    steps = belief.live.values.sorted { $0.grant.id < $1.grant.id }.compactMap {
      Self.step(for: $0, in: belief, at: now, by: reconciler)
    }
  }

  private static func step(
    for live: LiveGrant, in belief: Belief, at now: Timestamp, by reconciler: Principal
  ) -> Step? {
    let grant = live.grant
    func closing(
      _ outcome: Closure.Outcome, _ kind: Transition.Kind, _ reason: String
    ) -> Step {
      var closed = grant
      closed.closed = Closure(
        outcome: outcome, by: reconciler, at: now, reason: Text.cleaned(reason))
      return Step(kind: kind, before: live.state, after: .closed, grant: closed)
    }
    if live.state == .active, grant.isExpired(at: now) {
      let end = grant.expiresAt?.description ?? now.description
      return closing(.expired, .expire, "ran out at \(end)")
    }
    let eligibility = belief.policy.policy.decideEligibility(of: grant) {
      belief.policy.known.contains($0)
    }
    if !eligibility.isAllowed {
      let why = eligibility.refusals.map(\.sentence).joined(separator: "; ")
      return closing(.ineligible, .disqualify, why)
    }
    guard live.state == .pending else { return nil }
    if let step = activation(of: live, in: belief, at: now) { return step }
    let deadline = belief.decisionDeadline(of: grant)
    return now >= deadline
      ? closing(.lapsed, .lapse, "not decided by \(deadline)") : nil
  }

  /// Approvals that came side by side, so that neither moved the file.
  private static func activation(
    of live: LiveGrant, in belief: Belief, at now: Timestamp
  ) -> Step? {
    guard belief.policy.policy.decideActivation(of: live.grant).isAllowed else { return nil }
    let start = live.grant.lastApprovedAt ?? now
    guard now < start + live.grant.approvedDuration,
      let (after, grant) = Transition.activate(statedAt: start).apply(
        to: live.grant, in: live.state, suffices: { _ in true })
    else { return nil }
    return Step(kind: .activate, before: live.state, after: after, grant: grant)
  }
}
