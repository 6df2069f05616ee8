import Grants
import History

extension TrustRule {
  /// The root's governed tree is the first belief, as it stands; it must be valid in every part.
  static func checkTrustedRoot(
    _ root: CommitRecord, reader: TreeReader
  ) throws(LedgerError) -> Belief {
    func invalid(_ sentence: String) -> LedgerError {
      LedgerError(
        .rootInvalid, "the root \(root.id.short) cannot be trusted: \(sentence)",
        hint: "Trust another root: daypass trust COMMIT")
    }
    guard let tree = try reader.tree(root.tree), let entry = tree.entry(named: "policies"),
      entry.isTree
    else { throw invalid("it has no policies/ directory") }
    let policy: PolicySnapshot
    switch try PolicySnapshot.read(entry.id, reader: reader) {
    case .success(let snapshot): policy = snapshot
    case .failure(let fault):
      if fault.isUnknownSchema {
        throw LedgerError(
          .cannotJudge, fault.problems.joined(separator: "; "),
          hint: "Install a newer daypass.")
      }
      throw invalid(fault.problems.joined(separator: "; "))
    }
    do {
      try checkPolicyKeys(policy, at: Timestamp(seconds: root.committerTime))
    } catch {
      throw invalid(error.sentence)
    }
    // Everything a new tree could assert is asserted by a comparison with the empty tree.
    let diff = try GovernedDiff(from: nil, to: root.tree, reader: reader)
    if diff.isTooLarge { throw invalid("it has more than \(GovernedDiff.limit) grants") }
    if let stray = diff.strays.first {
      throw invalid(refuseStrayPath(stray).sentence)
    }
    var live: [LiveGrant] = []
    for id in diff.grants {
      let placed = try reader.content(of: id, in: root.tree)
      guard case .file(let state, let grant) = placed.content, let blob = placed.blob else {
        if case .unreadable(let why) = placed.content { throw invalid("grant \(id) \(why)") }
        continue
      }
      if let objection = grant.objection(in: state) { throw invalid("grant \(id): \(objection)") }
      guard grant.repository == policy.policy.name else {
        throw invalid("grant \(id) names the repository \(grant.repository)")
      }
      if state != .closed {
        guard grant.canonicalBytes.count <= Grant.largestOpenFile else {
          throw invalid("grant \(id) is larger than an open grant may be")
        }
        live.append(
          LiveGrant(
            state: state, grant: grant, blob: blob, requestSignedAt: grant.requestedAt))
      }
    }
    let grants = tree.entry(named: "grants")
    return Belief(
      policy: policy, tree: grants.map { .stored($0.id) } ?? .empty, live: LiveGrants(live))
  }
}
