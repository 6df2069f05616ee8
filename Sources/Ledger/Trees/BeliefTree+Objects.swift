import History
import Signatures

extension BeliefTree {
  /// The id the directory has as a git tree, ignored files left out; nil if it is empty.
  ///
  /// - Parameter emit: called with the bytes of every tree that may not lie in the store yet.
  func treeID(
    at path: [String], reader: TreeReader, emit: (ObjectID, [UInt8]) -> Void
  ) throws(LedgerError) -> ObjectID? {
    // Ignored files can lie in the two upper levels only; below, a stored tree is clean.
    if case .stored(let id) = self, path.count > 2 { return id }
    var entries: [TreeEntry] = []
    for (name, node) in try children(at: path, reader: reader) {
      switch node {
      case .file(let id):
        entries.append(TreeEntry(mode: TreeEntry.fileMode, name: name, id: id))
      case .directory(let child):
        let id = try child.treeID(at: path + [name], reader: reader, emit: emit)
        if let id { entries.append(TreeEntry(mode: TreeEntry.treeMode, name: name, id: id)) }
      }
    }
    guard !entries.isEmpty else { return nil }
    let bytes = TreeRecord(entries).bytes
    let id = ObjectID.hashing(.tree, bytes)
    emit(id, bytes)
    return id
  }
}

extension ObjectID {
  /// The id an object of that kind and content has.
  package static func hashing(_ kind: ObjectKind, _ bytes: [UInt8]) -> ObjectID {
    let header = Array("\(kind.rawValue) \(bytes.count)\0".utf8)
    return Digest.withSHA1(header, bytes) { ObjectID(startOf: $0) } ?? .zero
  }
}
