import Clibgit2
import Glibc
import History

/// The part libgit2 does: an ordinary index, which it reads and writes within milliseconds.
extension WorkTree {
  /// What git and libgit2 make while they write the index.
  var indexLock: LockFile { LockFile(path: repository.gitDirectory + "/index.lock") }

  func refuseLockedIndex() throws(HistoryError) {
    guard access(indexLock.path, F_OK) != 0 else {
      throw indexLock.error("The index of \(path)", takenAwayLater: false)
    }
  }

  /// A changed entry in the index is lost in a checkout that only compares files, so it is looked
  /// at here.
  func refuseStaged(
    from old: ObjectID?, to new: ObjectID, _ paths: [String]
  ) throws(HistoryError) {
    let before = try repository.entries(of: old, at: paths)
    let after = try repository.entries(of: new, at: paths)
    try repository.withHandle { (handle) throws(HistoryError) in
      let index = try Owned("read the index", freedBy: git_index_free) {
        git_repository_index($0, handle)
      }
      try Libgit2.call("read the index") { git_index_read(index.pointer, 0) }
      for path in paths {
        let staged = git_index_get_bypath(index.pointer, path, 0).map {
          TreeEntry(mode: $0.pointee.mode, name: path, id: ObjectID($0.pointee.id))
        }
        let allowed = [before[path], after[path]]
        // A directory has no entry of its own.
        let isDirectory = allowed.contains { $0?.isTree == true }
        let isUnmerged = (1...3).contains {
          git_index_get_bypath(index.pointer, path, Int32($0)) != nil
        }
        guard (allowed.contains(staged) || isDirectory) && !isUnmerged else {
          throw Self.dirty(path, in: self.path)
        }
      }
    }
  }

  /// libgit2 writes through a symbolic link that stands where a directory should, and overwrites
  /// what it finds there. One that is of the old tree itself it takes away first.
  func refuseLinkedFolders(_ paths: [String]) throws(HistoryError) {
    let known = Set(paths)
    var looked: Set<Substring> = []
    for path in paths {
      var folder = path[...]
      while let slash = folder.lastIndex(of: "/") {
        folder = folder[..<slash]
        guard looked.insert(folder).inserted else { break }
        var status = stat()
        guard lstat("\(self.path)/\(folder)", &status) == 0,
          status.st_mode & S_IFMT == S_IFLNK, !known.contains(String(folder))
        else { continue }
        throw Self.dirty(String(folder), in: self.path)
      }
    }
  }

  /// The index stays as it is, too: its lock would be one more thing to leave behind.
  private static let touchingNothing =
    GIT_CHECKOUT_DRY_RUN.rawValue | GIT_CHECKOUT_DONT_UPDATE_INDEX.rawValue
    | GIT_CHECKOUT_DONT_WRITE_INDEX.rawValue

  func checkOut(
    from old: ObjectID?, to new: ObjectID, _ paths: [String], dryRun: Bool
  ) throws(HistoryError) {
    let baseline: ObjectID
    if let old { baseline = old } else { baseline = try repository.write(.tree, []) }
    try repository.withHandle { (handle) throws(HistoryError) in
      let oldTree = try GitRepository.lookUp(baseline, in: handle)
      let newTree = try GitRepository.lookUp(new, in: handle)
      var options = git_checkout_options()
      git_checkout_options_init(&options, UInt32(GIT_CHECKOUT_OPTIONS_VERSION))
      options.checkout_strategy =
        GIT_CHECKOUT_SAFE.rawValue | GIT_CHECKOUT_DISABLE_PATHSPEC_MATCH.rawValue
        | GIT_CHECKOUT_DONT_OVERWRITE_IGNORED.rawValue
        | (dryRun ? Self.touchingNothing : 0)
      // Files are what was signed, byte for byte.
      options.disable_filters = 1
      options.baseline = oldTree.pointer
      options.notify_flags = GIT_CHECKOUT_NOTIFY_CONFLICT.rawValue
      options.notify_cb = { _, path, _, _, _, found in
        guard let path else { return 0 }
        found?.assumingMemoryBound(to: [String].self).pointee.append(String(cString: path))
        return 0
      }
      let inTheWay = UnsafeMutablePointer<[String]>.allocate(capacity: 1)
      inTheWay.initialize(to: [])
      defer {
        inTheWay.deinitialize(count: 1)
        inTheWay.deallocate()
      }
      options.notify_payload = UnsafeMutableRawPointer(inTheWay)
      let list = CStrings(paths)
      options.paths = list.array
      let conflict = GIT_ECONFLICT.rawValue
      let code = try Libgit2.call("check out \(new.short)", tolerating: [conflict]) {
        git_checkout_tree(handle, newTree.pointer, &options)
      }
      // libgit2 goes on using the strings until here.
      _ = consume list
      if code == conflict { throw Self.dirty(inTheWay.pointee.first ?? paths[0], in: path) }
    }
  }
}

/// Copies of strings for a C function, freed with their owner.
private struct CStrings: ~Copyable {
  private let pointers: UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>

  init(_ strings: [String]) {
    pointers = .allocate(capacity: strings.count)
    _ = pointers.initialize(from: strings.map { strdup($0) })
  }

  /// Valid as long as the owner.
  var array: git_strarray { git_strarray(strings: pointers.baseAddress, count: pointers.count) }

  deinit {
    for pointer in pointers { free(pointer) }
    pointers.deallocate()
  }
}
