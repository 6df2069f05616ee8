import Grants

extension TrustRule {
  /// A closed grant stays as it is, and its id never comes back.
  static func refuseClosedFinal(_ id: GrantID) -> Refusal {
    Refusal(.closedFinal, "grant \(id) is closed already, and closed is final")
  }

  /// An archived grant lies nowhere any more: no id as old as one that may have been archived under
  /// an earlier policy comes into being, whatever approval window this one allows.
  static func checkClosedFinal(_ act: Act, _ belief: Belief) throws(Refusal) {
    guard case .request(let grant, _) = act.transition, belief.mayHaveArchived(grant.id),
      let last = belief.archivedUpTo
    else { return }
    throw Refusal(
      .closedFinal,
      "grants of that time may have been archived, up to \(last); no id as old as that begins anew")
  }
}
