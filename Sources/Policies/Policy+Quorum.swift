import Grants

/// How far the approvals a grant carries go.
package struct Quorum: Sendable, Hashable {
  /// How many of the approvals count.
  package let have: Int
  /// How many the role asks for, over all stages.
  package let need: Int
  /// What the role asks for: `1 of leads, and 2 of security`.
  package let words: String
  /// What is still open: `1 more of leads`; nil when nothing is.
  package let missing: String?
  /// Whose approval would fill a place, in order.
  package let suppliers: [Principal]
  /// Where the policy says so.
  package let source: SourceLine

  package var isFilled: Bool { missing == nil }
}

extension Policy {
  /// How far the grant's approvals go; nil when there is no such role or it needs none.
  package func quorum(of grant: Grant) -> Quorum? {
    guard let role = roles[grant.role], !role.isAutomatic else { return nil }
    let able = approvers(of: grant)
    let (places, approved) = places(of: grant, role)
    let open = zip(role.stages, places.seated).filter { $0.quorum > $1.count }
    let missing = open.map { "\($0.quorum - $1.count) more of \($0.whom)" }
    let total = role.stages.reduce(0) { $0 + $1.quorum }
    return Quorum(
      have: total - places.missing, need: total,
      words: role.stages.map { "\($0.quorum) of \($0.whom)" }.joined(separator: ", and "),
      missing: missing.isEmpty ? nil : missing.joined(separator: ", and "),
      suppliers: able.subtracting(approved).filter { places.hasRoom(for: $0) }.sorted(),
      source: open.first?.0.source ?? role.approvalSource)
  }
  /// The places of the role's stages that the grant's approvals fill, and by whom.
  func places(of grant: Grant, _ role: Role) -> (places: Places, approved: Set<Principal>) {
    let able = grant.approvals.map(\.by).filter {
      $0 != grant.requester && $0 != grant.subject && isApprover($0, of: role.name)
    }
    let approved = Set(able)
    var places = Places(role.stages)
    for person in approved.sorted() { places.seat(person) }
    return (places, approved)
  }
}
