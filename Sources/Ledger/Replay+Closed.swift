import Grants
import History

extension Replay {
  /// Visits the grants believed closed whose ids are no later than that moment, in id order.
  ///
  /// Directories lie by the time in the id: of the newer ones only names are read, and where none
  /// is old enough that is all that is read.
  ///
  /// - Parameter visit: returns whether to go on.
  /// - Throws: ``LedgerError``: an object is missing or corrupt.
  package func visitClosed(
    requestedBy moment: Timestamp, _ visit: (Grant) -> Bool
  ) throws(LedgerError) {
    let limit = GrantPath(state: .closed, id: GrantID(requestedAt: moment, random: .max))
    _ = try visitClosed(
      in: belief.tree, at: ["grants"], upTo: limit.components, visit)
  }

  /// - Returns: whether to go on.
  private func visitClosed(
    in tree: BeliefTree, at path: [String], upTo limit: [String], _ visit: (Grant) -> Bool
  ) throws(LedgerError) -> Bool {
    let depth = path.count
    let children = try tree.children(at: path, reader: reader).filter { name, _ in
      depth > 1 || name == limit[1]
    }
    for (name, node) in children.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) })
    {
      let here = path + [name]
      // Every name on the way has a fixed width, so that paths order as ids do.
      guard !limit[...depth].lexicographicallyPrecedes(here) else { return false }
      switch node {
      case .directory(let child):
        guard try visitClosed(in: child, at: here, upTo: limit, visit) else { return false }
      case .file(let blob):
        guard let grant = try closedGrant(blob, at: here) else { continue }
        guard visit(grant) else { return false }
      }
    }
    return true
  }

  private func closedGrant(
    _ blob: ObjectID, at components: [String]
  ) throws(LedgerError) -> Grant? {
    guard let path = GrantPath(components: components) else { return nil }
    // What no commit carries yet is restored first.
    guard belief.extras[blob] == nil else { return nil }
    let entry = TreeEntry(mode: TreeEntry.fileMode, name: path.components[6], id: blob)
    return try reader.content(of: entry, at: path).content.grant
  }
}
