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
      differences += try missing(at: path, reader: reader)
      return self
    }
    guard found.isTree, let tree = try reader.tree(found.id) else {
      differences.append(Self.difference(path, believed: false, found: true))
      differences += try missing(at: path, reader: reader)
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
      case nil where kind == .directory && entry.isTree:
        differences += try Self.unbelieved(entry, at: childPath, reader: reader)
      case nil:
        differences.append(Self.difference(childPath, believed: false, found: true))
      }
    }
    for (name, node) in rest.sorted(by: { $0.key < $1.key }) {
      switch node {
      case .file:
        differences.append(Self.difference(path + [name], believed: true, found: false))
      case .directory(let child):
        differences += try child.missing(at: path + [name], reader: reader)
      }
    }
    if differences.count == before { return .stored(found.id) }
    if case .stored = self { return self }
    return .edited(collapsed)
  }

  /// The most files of one directory that are named one by one; a larger directory is one entry, so
  /// that a push that deletes a million closed grants costs one.
  private static let mostNamed = 256

  /// What is believed here and not found.
  private func missing(
    at path: [String], reader: TreeReader
  ) throws(LedgerError) -> [Difference] {
    var files: [String] = []
    guard try collect(into: &files, at: path, reader: reader) else {
      return [Self.difference(path, believed: true, found: false)]
    }
    return files.map { Difference(path: $0, believed: true, found: false) }
  }

  /// Adds the paths of the files below; false if there are more than can be named.
  private func collect(
    into files: inout [String], at path: [String], reader: TreeReader
  ) throws(LedgerError) -> Bool {
    for (name, node) in try children(at: path, reader: reader).sorted(by: { $0.key < $1.key }) {
      switch node {
      case .file: files.append((path + [name]).joined(separator: "/"))
      case .directory(let child):
        guard try child.collect(into: &files, at: path + [name], reader: reader) else {
          return false
        }
      }
      if files.count > Self.mostNamed { return false }
    }
    return true
  }

  /// What is found in a directory that the belief does not have.
  private static func unbelieved(
    _ entry: TreeEntry, at path: [String], reader: TreeReader
  ) throws(LedgerError) -> [Difference] {
    var paths: [String] = []
    guard try collect(entry, into: &paths, at: path, reader: reader) else {
      return [difference(path, believed: false, found: true)]
    }
    // Git makes no empty directories; below the states one would only change the digest.
    if paths.isEmpty, path.count > 2 { return [difference(path, believed: false, found: true)] }
    return paths.map { Difference(path: $0, believed: false, found: true) }
  }

  private static func collect(
    _ entry: TreeEntry, into paths: inout [String], at path: [String], reader: TreeReader
  ) throws(LedgerError) -> Bool {
    guard entry.isTree, path.count < 7, let tree = try reader.tree(entry.id) else {
      paths.append(path.joined(separator: "/"))
      return true
    }
    for child in tree.entries {
      let childPath = path + [child.name]
      switch GovernedShape.kind(of: child.name, in: path) {
      case .ignored: continue
      case .directory:
        let before = paths.count
        guard try collect(child, into: &paths, at: childPath, reader: reader) else { return false }
        if paths.count == before { paths.append(childPath.joined(separator: "/")) }
      case .file, .stray: paths.append(childPath.joined(separator: "/"))
      }
      if paths.count > mostNamed { return false }
    }
    return true
  }

  private static func difference(_ path: [String], believed: Bool, found: Bool) -> Difference {
    Difference(path: path.joined(separator: "/"), believed: believed, found: found)
  }
}
