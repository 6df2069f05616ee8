import Grants
import History
import Ledger

/// Writes the trees of a new commit.
struct TreeComposer {
  let reader: any HistoryReader
  let writer: any HistoryWriter

  /// What changes in a directory: an entry put there or taken away, or what lies below one.
  private enum Change {
    case entry(TreeEntry?)
    case below([String: Change])
  }

  /// The root tree with the draft's edits made in it; each tree is written once, however many of
  /// its files change.
  func tree(_ root: ObjectID, applying draft: Draft) throws(HistoryError) -> ObjectID {
    var changes: [String: Change] = [:]
    for edit in draft.edits {
      for state in GrantState.allCases {
        let path = GrantPath(state: state, id: edit.id).components
        var entry: TreeEntry?
        if let (wanted, grant) = edit.content, wanted == state {
          let blob = try writer.write(.blob, grant.canonicalBytes)
          entry = TreeEntry(mode: TreeEntry.fileMode, name: path[path.count - 1], id: blob)
        }
        Self.note(.entry(entry), at: path[...], in: &changes)
      }
    }
    if let policies = draft.policies {
      let entry = TreeEntry(mode: TreeEntry.treeMode, name: "policies", id: policies)
      changes["policies"] = .entry(entry)
    }
    return try apply(changes, to: root) ?? root
  }

  private static func note(
    _ change: Change, at path: ArraySlice<String>, in changes: inout [String: Change]
  ) {
    guard let name = path.first else { return }
    guard path.count > 1 else { return changes[name] = change }
    var below: [String: Change] = [:]
    // Taken out while it is changed: else the whole of it is copied for each file.
    if case .below(let known) = changes.removeValue(forKey: name) { below = known }
    note(change, at: path.dropFirst(), in: &below)
    changes[name] = .below(below)
  }

  /// The tree with the changes made; nil if it is empty then.
  private func apply(
    _ changes: [String: Change], to tree: ObjectID?
  ) throws(HistoryError) -> ObjectID? {
    var record = TreeRecord.empty
    if let tree {
      let object = try reader.read(tree, limit: 64 << 20)
      guard let read = TreeRecord(parsing: object.bytes) else {
        throw HistoryError(
          .corrupt, "tree \(tree.short) is malformed", hint: "Repair it: daypass heal")
      }
      record = read
    }
    var replaced: [String: TreeEntry?] = [:]
    for (name, change) in changes {
      let existing = record.entry(named: name)
      switch change {
      case .entry(let entry):
        // Taking away what is not there changes nothing.
        if existing != nil || entry != nil { replaced.updateValue(entry, forKey: name) }
      case .below(let inner):
        let below = try apply(inner, to: existing.flatMap { $0.isTree ? $0.id : nil })
        guard existing != nil || below != nil else { continue }
        let entry = below.map { TreeEntry(mode: TreeEntry.treeMode, name: name, id: $0) }
        replaced.updateValue(entry, forKey: name)
      }
    }
    guard !replaced.isEmpty else { return tree }
    let changed = record.replacing(replaced)
    return changed.isEmpty ? nil : try writer.write(.tree, changed.bytes)
  }
}
