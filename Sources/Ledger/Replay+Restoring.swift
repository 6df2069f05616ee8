import Grants
import History

extension Replay {
  /// Writes the believed `policies/` and `grants/` into a root tree whose other files stay.
  ///
  /// - Parameters:
  ///   - root: the root tree the other files, and the ignored ones below `grants/`, are taken from.
  ///   - write: stores an object that may not lie in the store yet.
  /// - Returns: the new root tree.
  package func restoredTree(
    over root: ObjectID,
    write: (ObjectKind, [UInt8]) throws(HistoryError) -> ObjectID
  ) throws(LedgerError) -> ObjectID {
    // A malformed root tree tells nothing about the other files; the newest pin's does.
    var top = try reader.tree(root)
    if top == nil { top = try reader.tree(try tree(of: pinned.pinnedCommit)) }
    guard let top else {
      throw LedgerError(
        .brokenHistory, "the root tree \(root.short) is malformed, and so is the newest pin's")
    }
    var failure: HistoryError?
    func store(_ kind: ObjectKind, _ bytes: [UInt8]) -> ObjectID {
      do { return try write(kind, bytes) } catch {
        failure = error
        return .zero
      }
    }
    let belief = state.waiting?.settled ?? belief
    for bytes in belief.extras.values { _ = store(.blob, bytes) }

    let path = ["grants"]
    let old = try subtree(of: top, "grants")
    var states: [TreeEntry] = Self.ignored(in: old, at: path)
    for (name, node) in try belief.tree.children(at: path, reader: reader) {
      guard case .directory(let child) = node else { continue }
      let below = path + [name]
      var entries = Self.ignored(in: try subtree(of: old, name), at: below)
      for (name, node) in try child.children(at: below, reader: reader) {
        switch node {
        case .file(let id):
          entries.append(TreeEntry(mode: TreeEntry.fileMode, name: name, id: id))
        case .directory(let tree):
          let id = try tree.treeID(at: below + [name], reader: reader) { _, bytes in
            _ = store(.tree, bytes)
          }
          if let id { entries.append(TreeEntry(mode: TreeEntry.treeMode, name: name, id: id)) }
        }
      }
      if entries.isEmpty { continue }
      let id = store(.tree, TreeRecord(entries).bytes)
      states.append(TreeEntry(mode: TreeEntry.treeMode, name: name, id: id))
    }
    // A state folder that only an ignored file keeps.
    for name in ["pending", "active", "closed"] where !states.contains(where: { $0.name == name }) {
      let kept = Self.ignored(in: try subtree(of: old, name), at: path + [name])
      if kept.isEmpty { continue }
      let id = store(.tree, TreeRecord(kept).bytes)
      states.append(TreeEntry(mode: TreeEntry.treeMode, name: name, id: id))
    }
    var grants: TreeEntry?
    if !states.isEmpty {
      grants = TreeEntry(
        mode: TreeEntry.treeMode, name: "grants", id: store(.tree, TreeRecord(states).bytes))
    }
    let policies = TreeEntry(
      mode: TreeEntry.treeMode, name: "policies", id: belief.policy.tree)
    let restored = top.replacing("policies", with: policies).replacing("grants", with: grants)
    let id = store(.tree, restored.bytes)
    if let failure { throw LedgerError(failure) }
    return id
  }

  /// The digest of what is believed: without what waits.
  package func digest() throws(LedgerError) -> String { try state.digest(reader: reader) }

  /// The digest of what is believed, were the root tree the head's: what a pin states.
  package func digest(ofRestored root: ObjectID) throws(LedgerError) -> String {
    guard let top = try reader.tree(root), let policies = top.entry(named: "policies") else {
      throw LedgerError(.brokenHistory, "tree \(root.short) has no policies/")
    }
    var grants: ObjectID?
    if let entry = top.entry(named: "grants") {
      grants = try BeliefTree.stored(entry.id).treeID(at: ["grants"], reader: reader) { _, _ in }
    }
    return FoldState.digest(policies: policies.id, grants: grants)
  }

  /// The tree of a commit.
  package func tree(of commit: ObjectID) throws(LedgerError) -> ObjectID {
    try Authenticator(reader: reader).record(commit).tree
  }

  private func subtree(of tree: TreeRecord?, _ name: String) throws(LedgerError) -> TreeRecord? {
    guard let entry = tree?.entry(named: name), entry.isTree else { return nil }
    return try reader.tree(entry.id)
  }

  private static func ignored(in tree: TreeRecord?, at path: [String]) -> [TreeEntry] {
    (tree?.entries ?? []).filter {
      $0.isFile && GovernedShape.kind(of: $0.name, in: path) == .ignored
    }
  }
}

extension Replay {
  /// The policy in that tree, believed or not, or what is wrong with it.
  package func policy(
    at tree: ObjectID
  ) throws(LedgerError) -> Result<PolicySnapshot, PolicyFault> {
    try PolicySnapshot.read(tree, reader: reader)
  }
}
