import Grants
import History

/// The policies that may come to be in force within a segment: the one it begins with, and whatever
/// an admin of one of them has carried in with a consent.
///
/// Anybody may write a pin's trailer, and folding a segment again is dear: a key that is a
/// reconciler's in none of these policies is turned away first.
struct Successors {
  private(set) var policies: [PolicySnapshot]
  private let reader: TreeReader

  init(after state: FoldState, reader: TreeReader) throws(LedgerError) {
    self.reader = reader
    policies = [state.belief.policy]
    for consent in state.consents where consent.carries { try add(consent.to) }
  }

  /// Takes note of a commit that has landed; none is adopted without such a one.
  mutating func note(_ commit: AuthenticatedCommit) throws(LedgerError) {
    guard let trailer = commit.policyTrailer, case .valid(let signature) = commit.signature,
      policies.contains(where: { policy in
        policy.principal(of: signature.key).map { policy.policy.isAdmin($0.0) } ?? false
      }),
      let carried = try reader.tree(commit.tree)?.entry(named: "policies"), carried.isTree,
      trailer.hasSuffix(carried.id.hex)
    else { return }
    try add(carried.id)
  }

  private mutating func add(_ tree: ObjectID) throws(LedgerError) {
    guard !policies.contains(where: { $0.tree == tree }) else { return }
    if case .success(let policy) = try PolicySnapshot.read(tree, reader: reader) {
      policies.append(policy)
    }
  }

  /// Whether one of them knows the signer for a reconciler.
  func mayPin(_ commit: AuthenticatedCommit) -> Bool {
    policies.contains { TrustRule.pinSigner(commit, $0) != nil }
  }
}
