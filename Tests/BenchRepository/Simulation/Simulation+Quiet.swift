import Grants

/// An end at which nothing is due for a while.
extension Simulation {
  /// Between the last look around and the end, branches are merged.
  private static let slack = TimeSpan.minutes(30)

  /// Whether enough is live that will not be due soon.
  mutating func lookAround() {
    guard let quiet = plan.quiet else { return }
    let limit = now + Self.slack + quiet
    isCrowded = live.values.count { due($0) > limit } >= plan.live
  }

  /// When a grant runs out or lapses.
  private func due(_ grant: Live) -> Timestamp {
    grant.state == .active
      ? grant.grant.expiresAt ?? grant.grant.id.requestedAt
      : grant.grant.id.requestedAt + .days(1)
  }

  /// An admin ends what would be due soon, and as many more as are too many; the reconciler pins it.
  mutating func quieten(for quiet: TimeSpan) {
    now = now + TimeSpan(seconds: 1)
    let limit = now + quiet
    let all = live.values.map { (end: due($0), id: $0.grant.id) }.sorted { $0 < $1 }
    let soon = all.count { $0.end <= limit }
    let ended = all.prefix(max(soon, all.count - plan.live)).compactMap { live[$0.id] }
    for admin in company.admins.prefix(2) {
      let principal = company.people[admin].principal
      // Nobody decides about what is their own; the second admin takes what the first one leaves.
      let theirs = ended.filter {
        live[$0.grant.id] != nil
          && (admin > company.admins.lowerBound
            || ![$0.grant.requester, $0.grant.subject].contains(principal))
      }
      end(theirs.filter { $0.state == .active }, .revoked, .revoke, by: admin, "Revoke")
      end(theirs.filter { $0.state == .pending }, .rejected, .reject, by: admin, "Reject")
    }
    now = now + TimeSpan(seconds: 1)
    sweep()
  }

  private mutating func end(
    _ grants: [Live], _ outcome: Closure.Outcome, _ kind: Transition.Kind, by admin: Int,
    _ word: String
  ) {
    guard !grants.isEmpty else { return }
    for grant in grants {
      close(grant, outcome, by: admin, "the day is over")
      count(kind)
    }
    advance(by: admin, "\(word) \(grants.count) grants")
  }
}
