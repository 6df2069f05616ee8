import Grants
import History
import Ledger

/// Writes the trees of a new commit.
package struct TreeComposer {
  let reader: any HistoryReader
  let writer: any HistoryWriter

  package init(reader: any HistoryReader, writer: any HistoryWriter) {
    self.reader = reader
    self.writer = writer
  }

  /// The root tree with the draft's edits made in it.
  package func tree(_ root: ObjectID, applying draft: Draft) throws(HistoryError) -> ObjectID {
    var result = root
    for edit in draft.edits {
      for state in GrantState.allCases {
        let path = GrantPath(state: state, id: edit.id).components
        var entry: TreeEntry?
        if let (wanted, grant) = edit.content, wanted == state {
          let blob = try writer.write(.blob, grant.canonicalBytes)
          entry = TreeEntry(mode: TreeEntry.fileMode, name: path[path.count - 1], id: blob)
        }
        result = try set(path[...], to: entry, in: result) ?? result
      }
    }
    if let policies = draft.policies {
      let entry = TreeEntry(mode: TreeEntry.treeMode, name: "policies", id: policies)
      result = try set(["policies"], to: entry, in: result) ?? result
    }
    return result
  }

  /// The tree with the entry put at the path or taken away; nil if it is empty then.
  private func set(
    _ path: ArraySlice<String>, to entry: TreeEntry?, in tree: ObjectID?
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
    guard let name = path.first else { return tree }
    var child = entry
    if path.count > 1 {
      let existing = record.entry(named: name)
      // Taking away what is not there changes nothing.
      if existing == nil, entry == nil { return tree }
      let below = try set(
        path.dropFirst(), to: entry, in: existing.flatMap { $0.isTree ? $0.id : nil })
      child = below.map { TreeEntry(mode: TreeEntry.treeMode, name: name, id: $0) }
    }
    let changed = record.replacing(name, with: child)
    return changed.isEmpty ? nil : try writer.write(.tree, changed.bytes)
  }
}
