import Grants
import Ledger
import Policies

/// Whether a name that was typed is anybody's or anything's here: a mistyped one must not look like
/// an answer.
enum Known {
  /// - Throws: ``Failure`` with `.denied`, the nearest name and all there are.
  @discardableResult
  static func demandRole(_ name: RoleName, in policy: Policy) throws -> Role {
    if let role = policy.roles[name] { return role }
    throw unknownRole(name, policy)
  }

  static func unknownRole(_ name: RoleName, _ policy: Policy) -> Failure {
    let names = policy.roles.keys.sorted().map(\.name)
    return Failure(
      .denied, "there is no role \(name)",
      hint: Closest.question(name.name, among: names)
        + "The roles are: \(names.joined(separator: ", "))")
  }

  static func unknownPerson(_ person: Principal, _ belief: Belief) -> Failure {
    let names = people(of: belief).map(\.name).sorted()
    let few = names.count <= 20 ? "Known are: \(names.joined(separator: ", "))" : ""
    return Failure(
      .denied, "nobody here is called \(person)",
      hint: Closest.question(person.name, among: names)
        + (few.isEmpty ? "Who is known stands in \(PolicyFile.signers) and groups.yaml" : few))
  }

  /// What is wrong with names to choose grants by: a role or a person that neither the policy nor
  /// any of the grants knows. What is gone may still be asked about.
  static func fault(
    role: RoleName?, person: Principal?, among grants: [GrantView], _ belief: Belief
  ) -> Failure? {
    let policy = belief.policy.policy
    if let role, policy.roles[role] == nil, !grants.contains(where: { $0.grant.role == role }) {
      return unknownRole(role, policy)
    }
    guard let person, !people(of: belief).contains(person),
      !grants.contains(where: { $0.isOf(person) })
    else { return nil }
    return unknownPerson(person, belief)
  }

  /// Everybody the policy in force names.
  static func people(of belief: Belief) -> Set<Principal> {
    let snapshot = belief.policy
    return snapshot.known.union(snapshot.policy.admins).union(snapshot.policy.reconcilers)
  }
}
