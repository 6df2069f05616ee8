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

  /// The files that differ between two trees; equal subtrees are not looked into.
  func changedPaths(
    from old: ObjectID?, to new: ObjectID
  ) throws(HistoryError) -> [String] {
    try withHandle { (handle) throws(HistoryError) in
      var result: [String] = []
      var pending: [(prefix: String, old: ObjectID?, new: ObjectID?)] = [("", old, new)]
      while let next = pending.popLast() {
        // A handful of trees can stand for more paths than anybody can walk.
        guard result.count + pending.count <= 100_000, next.prefix.utf8.count <= 4_096 else {
          throw HistoryError(
            .unsupported, "More than 100,000 files differ, or they lie too deep.",
            hint: "Work in a bare clone, which has no files to bring along.")
        }
        let before = try Self.list(next.old, in: handle)
        let after = try Self.list(next.new, in: handle)
        for name in Set(before.keys).union(after.keys) where before[name] != after[name] {
          let (old, new) = (before[name], after[name])
          let path = next.prefix + name
          if [old, new].contains(where: { $0.map { !$0.isTree } ?? false }) { result.append(path) }
          if old?.isTree == true || new?.isTree == true {
            pending.append(
              (path + "/", old?.isTree == true ? old?.id : nil, new?.isTree == true ? new?.id : nil)
            )
          }
        }
      }
      return result.sorted()
    }
  }

  private static func list(
    _ tree: ObjectID?, in handle: OpaquePointer
  ) throws(HistoryError) -> [String: TreeEntry] {
    guard let tree else { return [:] }
    let owned = try lookUp(tree, in: handle)
    var result: [String: TreeEntry] = [:]
    for index in 0..<git_tree_entrycount(owned.pointer) {
      guard let entry = git_tree_entry_byindex(owned.pointer, index),
        let name = git_tree_entry_name(entry).map({ String(cString: $0) }),
        let id = git_tree_entry_id(entry)
      else { continue }
      result[name] = TreeEntry(
        mode: git_tree_entry_filemode(entry).rawValue, name: name, id: ObjectID(id.pointee))
    }
    return result
  }

  /// The tree as libgit2 wants it for a checkout.
  static func lookUp(_ tree: ObjectID, in handle: OpaquePointer) throws(HistoryError) -> Owned {
    var oid = tree.oid
    return try Owned("read the tree \(tree)", freedBy: git_tree_free) {
      git_tree_lookup($0, handle, &oid)
    }
  }
}
