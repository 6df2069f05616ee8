import History

/// A place where a tree differs from the belief, at the highest directory that tells the whole.
package struct Difference: Sendable, Hashable {
  /// From the top of the repository.
  package let path: String
  /// Whether the belief has something there.
  package let believed: Bool
  /// Whether the tree has something there.
  package let found: Bool
}

extension BeliefTree {
  /// Compares the belief with a directory in a commit's tree.
  ///
  /// - Parameters:
  ///   - found: what lies there; nil for nothing.
  ///   - differences: receives the places that differ.
  /// - Returns: the same belief, equal directories now held by the store's id.
  func compared(
    with found: TreeEntry?, at path: [String], reader: TreeReader,
    differences: inout [Difference]
  ) throws(LedgerError) -> BeliefTree {
    if case .stored(let id) = self, let found, found.isTree, found.id == id { return self }
    guard let found else {
      if try !children(at: path, reader: reader).isEmpty {
        differences.append(Self.difference(path, believed: true, found: false))
      }
      return self
    }
    guard found.isTree, let tree = try reader.tree(found.id) else {
      let believed = try !children(at: path, reader: reader).isEmpty
      differences.append(Self.difference(path, believed: believed, found: true))
      return self
    }
    var rest = try children(at: path, reader: reader)
    let before = differences.count
    var collapsed = rest
    for entry in tree.entries {
      let kind = GovernedShape.kind(of: entry.name, in: path)
      if kind == .ignored { continue }
      let childPath = path + [entry.name]
      switch rest.removeValue(forKey: entry.name) {
      case .file(let id):
        if entry.isFile, entry.id == id { continue }
        differences.append(Self.difference(childPath, believed: true, found: true))
      case .directory(let child):
        let same = try child.compared(
          with: entry, at: childPath, reader: reader, differences: &differences)
        collapsed[entry.name] = .directory(same)
      case nil where kind == .directory && path.count == 1 && entry.isTree:
        // A state folder that the belief has empty may be kept by an ignored file.
        _ = try BeliefTree.empty.compared(
          with: entry, at: childPath, reader: reader, differences: &differences)
      case nil:
        differences.append(Self.difference(childPath, believed: false, found: true))
      }
    }
    for name in rest.keys.sorted() {
      differences.append(Self.difference(path + [name], believed: true, found: false))
    }
    if differences.count == before { return .stored(found.id) }
    if case .stored = self { return self }
    return .edited(collapsed)
  }

  private static func difference(_ path: [String], believed: Bool, found: Bool) -> Difference {
    Difference(path: path.joined(separator: "/"), believed: believed, found: found)
  }
}
