import History

/// A directory of the belief: one that lies in the store as it is, or one that no commit carries.
///
/// Sharing whole directories with the store is what makes the belief cheap to hold and to compare:
/// where it agrees with the head's tree, one id stands for everything below.
package indirect enum BeliefTree: Sendable, Equatable {
  case stored(ObjectID)
  case edited([String: Node])

  package enum Node: Sendable, Equatable {
    /// A regular file, mode 100644.
    case file(ObjectID)
    case directory(BeliefTree)
  }

  static let empty = BeliefTree.edited([:])

  /// The children by name; what is ignored or cannot be believed is left out.
  func children(at path: [String], reader: TreeReader) throws(LedgerError) -> [String: Node] {
    switch self {
    case .edited(let children): return children
    case .stored(let id):
      var children: [String: Node] = [:]
      for entry in try reader.tree(id)?.entries ?? [] {
        switch GovernedShape.kind(of: entry.name, in: path) {
        case .directory where entry.isTree:
          children[entry.name] = .directory(.stored(entry.id))
        case .file where entry.isFile: children[entry.name] = .file(entry.id)
        default: break
        }
      }
      return children
    }
  }

  /// The blob at the path below this directory, or nil.
  func file(
    at path: ArraySlice<String>, in directory: [String], reader: TreeReader
  ) throws(LedgerError) -> ObjectID? {
    guard let name = path.first else { return nil }
    if case .stored(let id) = self {
      return try reader.entry(at: path, below: id).flatMap { $0.isFile ? $0.id : nil }
    }
    switch try children(at: directory, reader: reader)[name] {
    case .file(let id): return path.count == 1 ? id : nil
    case .directory(let child):
      return try child.file(
        at: path.dropFirst(), in: directory + [name], reader: reader)
    case nil: return nil
    }
  }

  /// The same directory with the file put at the path, or taken away; emptied directories go.
  func setting(
    _ path: ArraySlice<String>, to blob: ObjectID?, in directory: [String], reader: TreeReader
  ) throws(LedgerError) -> BeliefTree {
    guard let name = path.first else { return self }
    var children = try children(at: directory, reader: reader)
    if path.count == 1 {
      children[name] = blob.map { .file($0) }
    } else {
      var child = BeliefTree.empty
      if case .directory(let existing) = children[name] { child = existing }
      child = try child.setting(
        path.dropFirst(), to: blob, in: directory + [name], reader: reader)
      children[name] = child == .empty ? nil : .directory(child)
    }
    return .edited(children)
  }
}
