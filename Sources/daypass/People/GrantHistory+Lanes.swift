import Grants
import Ledger
import Submission

extension GrantHistory {
  /// The grant that the piece of an id names, also where it waits on a branch of its own, and the
  /// history with what that branch would bring.
  ///
  /// - Throws: ``Failure``.
  func reaching(
    _ choice: GrantChoice, _ session: Session
  ) async throws -> (id: GrantID, history: GrantHistory) {
    var waiting: [GrantID: (branch: String, outlook: Outlook)] = [:]
    var others: [(branch: String, obstacle: String?)] = []
    for offer in try await LaneViews.offers(session) {
      guard let id = Lane.id(of: offer.branch), choice.fits(id) else { continue }
      let prospect = try LaneViews.prospect(of: offer, on: replay, session)
      guard let outlook = prospect.outlook else {
        others.append((offer.branch, prospect.obstacle))
        continue
      }
      waiting[id] = (offer.branch, outlook)
    }
    if choice.piece.count >= 3, !ids.union(waiting.keys).contains(where: choice.fits),
      others.count == 1, let reason = others[0].obstacle
    {
      throw LaneViews.stuck(others[0].branch, because: reason, session)
    }
    let id = try choice.find(
      among: ids.union(waiting.keys),
      otherwise: "What there is: daypass list --all; what others did since: daypass sync")
    guard let (branch, outlook) = waiting[id] else { return (id, self) }
    return (id, upon(outlook, of: id, on: branch))
  }

  private func upon(_ outlook: Outlook, of id: GrantID, on branch: String) -> GrantHistory {
    var (steps, incidents) = (steps, incidents)
    steps[id, default: []] += outlook.transitions.filter { $0.grant.id == id }
    incidents[id, default: []] += outlook.refusals.filter { $0.unit == .grant(id) }
    return GrantHistory(
      replay: outlook.after, steps: steps, incidents: incidents, settlements: settlements,
      lane: (id, branch, outlook))
  }
}
