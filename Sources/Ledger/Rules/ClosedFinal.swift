import Grants

extension TrustRule {
  /// A closed grant stays as it is, and its id never comes back.
  static func refuseClosedFinal(_ id: GrantID) -> Refusal {
    Refusal(.closedFinal, "grant \(id) is closed already, and closed is final")
  }
}
