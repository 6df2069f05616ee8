import Grants
import History
import TestSupport

/// Trees and commits that no git would write.
extension World {
  /// A tree with these bytes for entries, in this order.
  func rawTree(_ entries: [(mode: String, name: [UInt8], id: ObjectID)]) throws -> ObjectID {
    var bytes: [UInt8] = []
    for entry in entries {
      bytes += Array("\(entry.mode) ".utf8) + entry.name + [0] + entry.id.bytes
    }
    return try history.write(.tree, bytes)
  }

  func rawTree(_ entries: [(mode: String, name: String, id: ObjectID)]) throws -> ObjectID {
    try rawTree(entries.map { ($0.mode, Array($0.name.utf8), $0.id) })
  }

  func blob(_ text: String) throws -> ObjectID { try history.write(.blob, Array(text.utf8)) }

  /// The top tree of a commit with another object at `path`, which may be new; nil mode: a tree.
  func tree(
    of commit: ObjectID, with id: ObjectID, mode: UInt32 = TreeEntry.treeMode, at path: String
  ) throws -> ObjectID {
    try replace(
      try history.commit(commit).tree, path.split(separator: "/").map(String.init)[...],
      TreeEntry(mode: mode, name: "", id: id))
  }

  private func replace(
    _ tree: ObjectID?, _ path: ArraySlice<String>, _ entry: TreeEntry
  ) throws -> ObjectID {
    guard let name = path.first else { return entry.id }
    let record = try tree.map { try history.tree($0) } ?? TreeRecord.empty
    let below = try replace(record.entry(named: name)?.id, path.dropFirst(), entry)
    let mode = path.count == 1 ? entry.mode : TreeEntry.treeMode
    let new = TreeEntry(mode: mode, name: name, id: below)
    return try history.write(.tree, record.replacing(name, with: new).bytes)
  }

  /// A commit of that tree.
  func rawCommit(
    _ tree: ObjectID, on parents: [ObjectID], by signer: String?, at moment: Timestamp,
    message: String = "A change\n", author: String = "Someone <someone@example.com>"
  ) throws -> ObjectID {
    let header =
      "tree \(tree)\n" + parents.map { "parent \($0)\n" }.joined()
      + "author \(author) \(moment.seconds) +0000\n"
      + "committer Someone <someone@example.com> \(moment.seconds) +0000\n"
    let payload = Array((header + "\n" + message).utf8)
    guard let key = signer.flatMap({ keys[$0] }) else {
      return try history.write(.commit, payload)
    }
    return try history.write(
      .commit, World.embed(key.sign(payload), in: payload, headerEnd: header.utf8.count))
  }
}
