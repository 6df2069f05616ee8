import Grants
import History

/// What a landing's steps change in the believed tree, noted before it is changed.
///
/// Nearly every commit changes what it asserts and nothing else, upon a tree that is believed as it
/// stands. Then its own tree is believed as it stands, too, and neither is walked.
struct DeferredEdits: Sendable {
  struct Edit: Sendable, Hashable {
    let path: GrantPath
    let blob: ObjectID?
  }

  /// The commit's `grants/`.
  private let grants: ObjectID
  /// The commit's `policies/`.
  let policy: ObjectID
  /// What the commit changes.
  private let asserted: [Edit]
  private(set) var edits: [Edit] = []

  /// - Returns: nil unless the landing is one plain commit upon a tree that is the belief, in a
  ///   tree whose policy is the believed one.
  init?(_ landing: Landing, _ state: FoldState) {
    let commit = landing.mainline
    guard landing.proposals.count == 1, landing.proposals.first?.id == commit.id,
      state.disputes.isEmpty, state.belief.extras.isEmpty,
      let changes = commit.changes, !changes.diff.isTooLarge, !changes.diff.hidesPlaces,
      changes.diff.strays.isEmpty, changes.diff.policies == nil,
      case .stored(let believed) = state.belief.tree,
      changes.diff.grantsBefore?.id == believed,
      let after = changes.diff.grantsAfter, after.isTree,
      let policies = changes.diff.policiesAfter, policies.isTree,
      policies.id == state.belief.policy.tree
    else { return nil }
    var asserted: [Edit] = []
    for change in changes.grants {
      guard let changed = change.places else { return nil }
      for place in changed {
        if let entry = place.to, !entry.isFile { return nil }
        asserted.append(
          Edit(path: GrantPath(state: place.state, id: change.id), blob: place.to?.id))
      }
    }
    self.grants = after.id
    self.policy = policies.id
    self.asserted = asserted
  }

  mutating func set(_ path: GrantPath, to blob: ObjectID?) {
    edits.append(Edit(path: path, blob: blob))
  }

  /// The commit's `grants/`, if the steps change exactly what the commit does.
  var agreed: ObjectID? {
    // A step sets each place once, in an order of its own.
    Set(edits) == Set(asserted) ? grants : nil
  }
}

extension Judge {
  /// Ends deferring: the belief's tree is what the steps have made of it.
  ///
  /// - Returns: whether the landing's tree is believed as it stands.
  mutating func settleDeferred() throws(LedgerError) -> Bool {
    guard let deferred else { return false }
    self.deferred = nil
    // A policy may have been adopted in between.
    if let grants = deferred.agreed, deferred.policy == state.belief.policy.tree {
      state.belief.tree = .stored(grants)
      state.belief.extras = [:]
      return true
    }
    for edit in deferred.edits { try set(edit.path, to: edit.blob) }
    return false
  }
}
