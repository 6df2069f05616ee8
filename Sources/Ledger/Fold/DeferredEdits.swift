import Grants
import History

/// What a landing's steps change in the believed tree, noted before it is changed.
///
/// Nearly every landing changes what it asserts and nothing else, upon a tree that is believed as it
/// stands. Then its own tree is believed as it stands, too, and neither is walked.
struct DeferredEdits: Sendable {
  /// The believed `grants/`, which the edits are made upon.
  private let believed: ObjectID
  /// The commit's `grants/`.
  private let grants: ObjectID
  /// The commit's `policies/`.
  private let policy: ObjectID
  /// What the commit's tree changes in the believed one: the file at each place, or none.
  private let asserted: [GrantPath: ObjectID?]
  /// What the steps so far have made of each place.
  private var edits: [GrantPath: ObjectID?] = [:]
  /// Whether what is believed is what the parent of the only proposal says.
  let isUponParent: Bool

  /// - Returns: nil unless the landing is one upon a tree that is the belief, in a tree whose policy
  ///   is the believed one, and of a size that is judged at once.
  init?(_ landing: Landing, _ state: FoldState, reader: TreeReader) throws(LedgerError) {
    guard state.disputes.isEmpty, state.belief.extras.isEmpty,
      case .stored(let believed) = state.belief.tree,
      landing.proposals.allSatisfy({ $0.changes?.diff.isTooLarge == false })
    else { return nil }
    let commit = landing.mainline
    let diff: GovernedDiff
    if landing.proposals.count == 1, landing.proposals.first?.id == commit.id,
      let changes = commit.changes, changes.diff.grantsBefore?.id == believed
    {
      guard let asserted = Self.asserted(changes) else { return nil }
      (diff, self.asserted, isUponParent) = (changes.diff, asserted, true)
    } else {
      var found = try GovernedDiff(
        fromGrants: believed, policies: state.belief.policy.tree, to: commit.tree, reader: reader)
      guard let asserted = Self.asserted(found.takePlaces()) else { return nil }
      (diff, self.asserted, isUponParent) = (found, asserted, false)
    }
    guard !diff.isTooLarge, !diff.hidesPlaces, diff.strays.isEmpty, diff.policies == nil,
      let after = diff.grantsAfter, after.isTree, let policies = diff.policiesAfter,
      policies.isTree, policies.id == state.belief.policy.tree
    else { return nil }
    self.believed = believed
    self.grants = after.id
    self.policy = policies.id
  }

  private static func asserted(
    _ changes: AuthenticatedCommit.Changes
  ) -> [GrantPath: ObjectID?]? {
    var places: [GrantID: [GovernedDiff.ChangedPlace]] = [:]
    for change in changes.grants {
      guard let changed = change.places else { return nil }
      places[change.id] = changed
    }
    return asserted(places)
  }

  /// - Returns: nil where something is no plain file.
  private static func asserted(
    _ places: [GrantID: [GovernedDiff.ChangedPlace]]
  ) -> [GrantPath: ObjectID?]? {
    var asserted: [GrantPath: ObjectID?] = [:]
    for (id, changed) in places {
      for place in changed {
        if let entry = place.to, !entry.isFile { return nil }
        asserted[GrantPath(state: place.state, id: id)] = .some(place.to?.id)
      }
    }
    return asserted
  }

  mutating func set(_ path: GrantPath, to blob: ObjectID?) { edits[path] = .some(blob) }

  /// What the steps so far have put at the place, or taken away; nil where they have done neither.
  func edit(at path: GrantPath) -> ObjectID?? { edits[path] }

  /// The commit's `grants/`, if the steps change exactly what the commit does.
  fileprivate func agreed(
    _ policy: PolicySnapshot, reader: TreeReader
  ) throws(LedgerError) -> ObjectID? {
    // A policy may have been adopted in between.
    guard policy.tree == self.policy else { return nil }
    var met = 0
    for (path, blob) in edits {
      if let wanted = asserted[path] {
        guard wanted == blob else { return nil }
        met += 1
      } else if try Self.file(at: path, in: .stored(believed), reader: reader) != blob {
        return nil
      }
    }
    return met == asserted.count ? grants : nil
  }

  fileprivate static func file(
    at path: GrantPath, in tree: BeliefTree, reader: TreeReader
  ) throws(LedgerError) -> ObjectID? {
    let path = path.components
    return try tree.file(at: path.dropFirst(), in: Array(path.prefix(1)), reader: reader)
  }

  fileprivate func applied(_ set: (GrantPath, ObjectID?) throws(LedgerError) -> Void)
    throws(LedgerError)
  {
    for (path, blob) in edits { try set(path, blob) }
  }
}

extension Judge {
  /// Ends deferring: the belief's tree is what the steps have made of it.
  ///
  /// - Returns: whether the landing's tree is believed as it stands.
  mutating func settleDeferred() throws(LedgerError) -> Bool {
    guard let deferred else { return false }
    self.deferred = nil
    if let grants = try deferred.agreed(state.belief.policy, reader: reader) {
      state.belief.tree = .stored(grants)
      state.belief.extras = [:]
      return true
    }
    try deferred.applied { (path, blob) throws(LedgerError) in try set(path, to: blob) }
    return false
  }

  /// The file that the proposal's grant is believed to be closed with.
  func closedBlob(
    of change: AuthenticatedCommit.GrantChange, in belief: Belief
  ) throws(LedgerError) -> ObjectID? {
    if let deferred, deferred.isUponParent { return change.parent.closedFile }
    return try closedBlob(change.id, in: belief)
  }

  /// The file of a grant believed to be closed.
  func closedBlob(_ id: GrantID, in belief: Belief) throws(LedgerError) -> ObjectID? {
    let path = GrantPath(state: .closed, id: id)
    if let edit = deferred?.edit(at: path) { return edit }
    return try DeferredEdits.file(at: path, in: belief.tree, reader: reader)
  }
}
