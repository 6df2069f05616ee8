import Clibgit2
import History

extension GitRepository {
  /// What a tree has at each of the paths; those at which it has nothing are left out.
  ///
  /// Read by libgit2 and not strictly: a work tree may hold names no grant would have.
  ///
  /// - Parameter tree: nil stands for the empty tree.
  func entries(
    of tree: ObjectID?, at paths: [String]
  ) throws(HistoryError) -> [String: TreeEntry] {
    guard let tree else { return [:] }
    return try withHandle { (handle) throws(HistoryError) in
      let root = try Self.lookUp(tree, in: handle)
      var result: [String: TreeEntry] = [:]
      for path in paths {
        guard
          let entry = try Owned.ifFound(
            "look up \(path)", freedBy: git_tree_entry_free,
            { git_tree_entry_bypath($0, root.pointer, path) }),
          let id = git_tree_entry_id(entry.pointer)
        else { continue }
        result[path] = TreeEntry(
          mode: git_tree_entry_filemode(entry.pointer).rawValue, name: path,
          id: ObjectID(id.pointee))
      }
      return result
    }
  }

  /// The tree as libgit2 wants it for a checkout.
  static func lookUp(_ tree: ObjectID, in handle: OpaquePointer) throws(HistoryError) -> Owned {
    var oid = tree.oid
    return try Owned("read the tree \(tree)", freedBy: git_tree_free) {
      git_tree_lookup($0, handle, &oid)
    }
  }
}
