import Clibgit2
import History

/// Checked-out files and their index, kept in step with a branch that is moved under them.
///
/// ``prepare(from:to:paths:)`` finds out, before the reference moves, whether anything of the
/// user's stands in the way; ``apply(from:to:paths:)`` follows after it has moved. Whatever is not
/// at the given paths (staged, unstaged, untracked) stays as it is. If the process dies in between,
/// `apply` with the same arguments repairs it.
package struct WorkTree: Sendable {
  let repository: GitRepository
  /// The directory of the files.
  package let path: String

  private init(_ repository: GitRepository, path: String) {
    self.repository = repository
    self.path = path
  }

  /// Every place where the branch is checked out: here, in the main work tree, in linked ones; none
  /// in a bare repository without worktrees.
  ///
  /// - Parameter reference: the full name, `refs/heads/main`.
  package static func following(
    _ reference: String, in repository: GitRepository
  ) throws(HistoryError) -> [WorkTree] {
    var result: [WorkTree] = []
    for checkout in [repository] + (try others(of: repository)) {
      if let path = checkout.workTree, try checkout.headReference == reference {
        result.append(WorkTree(checkout, path: path))
      }
    }
    return result
  }

  /// Makes sure that `apply` will succeed, and changes nothing.
  ///
  /// - Parameters:
  ///   - old: the tree of the branch as it is; nil on a branch without commits.
  ///   - new: the tree it will have.
  ///   - paths: the files that may differ between the two and are brought along; others are not
  ///     looked at.
  /// - Throws: ``HistoryError`` with `.dirty`, naming the first file in the way; `.locked`;
  ///   `.unsupported` where an attribute would make the files other than what was signed.
  package func prepare(
    from old: ObjectID?, to new: ObjectID, paths: [String]
  ) async throws(HistoryError) {
    guard !paths.isEmpty else { return }
    try refuseLockedIndex()
    try refuseLinkedFolders(paths)
    if try await isLeftToGit() {
      try await refuseFiltersByGit(paths)
      try await refuseDirtyByGit(paths)
    } else {
      try refuseFilters(paths)
      try refuseStaged(from: old, to: new, paths)
      let open = try notYetThere(from: old, to: new, paths)
      if !open.isEmpty { try checkOut(from: old, to: new, open, dryRun: true) }
    }
  }

  /// Brings index and files to the new tree at these paths. Doing it twice does no harm.
  ///
  /// - Throws: as ``prepare(from:to:paths:)``; what is in the way is never overwritten.
  package func apply(
    from old: ObjectID?, to new: ObjectID, paths: [String]
  ) async throws(HistoryError) {
    guard !paths.isEmpty else { return }
    try refuseLockedIndex()
    try refuseLinkedFolders(paths)
    if try await isLeftToGit() {
      try await applyByGit(from: old, to: new, paths)
    } else {
      try makeWay(from: old, to: new, paths)
      try checkOut(from: old, to: new, paths, dryRun: false)
    }
  }

  static func dirty(_ path: String, in place: String) -> HistoryError {
    HistoryError(
      .dirty, "The file \(path) in \(place) has changes of your own; nothing was changed.",
      hint: "See them with git status; put them away: git stash push -- \(path)")
  }

  // MARK: Elsewhere

  private static func others(
    of repository: GitRepository
  ) throws(HistoryError) -> [GitRepository] {
    var places = try repository.withHandle { (handle) throws(HistoryError) in
      var names = git_strarray()
      defer { git_strarray_dispose(&names) }
      try Libgit2.call("list the worktrees") { git_worktree_list(&names, handle) }
      var places: [String] = []
      for index in 0..<names.count {
        guard let name = names.strings[index],
          let worktree = try Owned.ifFound(
            "look up a worktree", freedBy: git_worktree_free,
            { git_worktree_lookup($0, handle, name) }),
          let path = git_worktree_path(worktree.pointer)
        else { continue }
        places.append(String(cString: path))
      }
      return places
    }
    if repository.gitDirectory != repository.commonDirectory {
      places.append(repository.commonDirectory)
    }
    // These variables name this checkout, not those.
    let environment = repository.environment.filter {
      !["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR"].contains($0.key)
    }
    var result: [GitRepository] = []
    for place in places {
      do {
        let other = try GitRepository.open(at: place, discover: false, environment: environment)
        if other.gitDirectory != repository.gitDirectory { result.append(other) }
      } catch  where error.code == .notFound {
        // A worktree whose directory was deleted and that git has not pruned yet.
      }
    }
    return result
  }
}
