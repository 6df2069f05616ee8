import Clibgit2
import Glibc
import History

/// The part left to the `git` program: sparse checkouts and split indexes, which libgit2 cannot
/// read.
extension WorkTree {
  /// Whether the index is of a kind that only git understands.
  func isLeftToGit() async throws(HistoryError) -> Bool {
    // Asking git costs as much as all the rest; without this file there is nothing to ask about.
    if access(repository.gitDirectory + "/info/sparse-checkout", F_OK) == 0,
      try await repository.configuration("core.sparseCheckout", as: .bool) == "true"
    {
      return true
    }
    // A split or sparse index names what only git understands; libgit2 stops there. So it does at a
    // damaged one, and git has the better words for that.
    return try repository.withHandle { (handle) throws(HistoryError) in
      var index: OpaquePointer?
      defer { git_index_free(index) }
      let failed = GIT_ERROR.rawValue
      let code = try Libgit2.call("read the index", tolerating: [failed]) {
        let opened = git_repository_index(&index, handle)
        return opened < 0 ? opened : git_index_read(index, 0)
      }
      return code == failed
    }
  }

  func refuseFiltersByGit(_ paths: [String]) async throws(HistoryError) {
    let result = try await git(
      ["check-attr", "-z", "--stdin"] + FilterAttribute.allCases.map(\.rawValue), paths)
    let fields = result.output.split(separator: 0, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    for start in stride(from: 0, to: fields.count - 2, by: 3) {
      guard let attribute = FilterAttribute(rawValue: fields[start + 1]) else { continue }
      try attribute.refuse(fields[start + 2], at: fields[start])
    }
  }

  func refuseDirtyByGit(_ paths: [String]) async throws(HistoryError) {
    for some in Self.batches(of: paths) {
      let result = try await git(
        [
          "--literal-pathspecs", "status", "--porcelain", "-z", "--untracked-files=all",
          "--ignored=matching", "--no-renames", "--",
        ] + some, nil, isWritingIndex: true, isOnlyLooking: true)
      guard let first = result.output.split(separator: 0).first else { continue }
      throw Self.dirty(String(decoding: first.dropFirst(3), as: UTF8.self), in: path)
    }
  }

  func applyByGit(
    from old: ObjectID?, to new: ObjectID, _ paths: [String]
  ) async throws(HistoryError) {
    let before = try repository.entries(of: old, at: paths)
    let after = try repository.entries(of: new, at: paths)
    try refuseOverwriting(paths, before, after)
    // First the index alone: it keeps what lies outside of the sparse cone out of the work tree.
    try await git(
      [
        "--literal-pathspecs", "reset", "--quiet", "--no-refresh", "--pathspec-from-file=-",
        "--pathspec-file-nul", new.hex,
      ], paths, isWritingIndex: true)
    var kept: Set<String> = []
    var wanted: [String] = []
    for some in Self.batches(of: paths) {
      let listed = try await git(
        ["--literal-pathspecs", "ls-files", "-t", "-z", "--cached", "--"] + some, nil)
      for entry in listed.output.split(separator: 0) {
        let path = String(decoding: entry.dropFirst(2), as: UTF8.self)
        kept.insert(path)
        // S marks what the sparse cone leaves out.
        if entry.first == UInt8(ascii: "H") { wanted.append(path) }
      }
    }
    if !wanted.isEmpty {
      try await git(
        [
          "--literal-pathspecs", "checkout", "--quiet", "--pathspec-from-file=-",
          "--pathspec-file-nul", new.hex,
        ], wanted, isWritingIndex: true)
    }
    for path in paths where !kept.contains(path) { try removeUnchanged(path, before[path]) }
  }

  /// As many paths as there is room for in the arguments of one command.
  private static func batches(of paths: [String]) -> [ArraySlice<String>] {
    stride(from: 0, to: paths.count, by: 500).map { paths[$0..<min($0 + 500, paths.count)] }
  }

  /// `git checkout` with a path overwrites whatever is there; a file that is neither the old nor
  /// the new one is the user's.
  private func refuseOverwriting(
    _ paths: [String], _ before: [String: TreeEntry], _ after: [String: TreeEntry]
  ) throws(HistoryError) {
    for path in paths {
      guard let present = try fileID(path) else { continue }
      guard present == before[path]?.id || present == after[path]?.id else {
        throw Self.dirty(path, in: self.path)
      }
    }
  }

  /// Takes away files that are already as they shall be but not entered into the index, be it by an
  /// `apply` cut short or because it is the user's own new file that was committed: libgit2 takes
  /// an added file that is there for the user's, even if it is the very same.
  func makeWay(
    from old: ObjectID?, to new: ObjectID, _ paths: [String]
  ) throws(HistoryError) {
    let open = Set(try notYetThere(from: old, to: new, paths))
    for path in paths where !open.contains(path) { unlink(self.path + "/" + path) }
  }

  /// The paths without added files that are there already, as they shall be.
  func notYetThere(
    from old: ObjectID?, to new: ObjectID, _ paths: [String]
  ) throws(HistoryError) -> [String] {
    let before = try repository.entries(of: old, at: paths)
    let after = try repository.entries(of: new, at: paths)
    var result: [String] = []
    for path in paths {
      if before[path] == nil, let added = after[path], try fileID(path) == added.id { continue }
      result.append(path)
    }
    return result
  }

  /// Deletes a file the new tree no longer has, if it is still as the old tree had it, and the
  /// directories that are empty then.
  private func removeUnchanged(_ relative: String, _ before: TreeEntry?) throws(HistoryError) {
    guard let before, try fileID(relative) == before.id else { return }
    unlink(path + "/" + relative)
    var directory = relative.split(separator: "/").dropLast()
    while !directory.isEmpty, rmdir(path + "/" + directory.joined(separator: "/")) == 0 {
      directory = directory.dropLast()
    }
  }

  /// The id the file would have as a blob; nil if there is nothing, ``ObjectID/zero`` if it is no
  /// ordinary file.
  private func fileID(_ relative: String) throws(HistoryError) -> ObjectID? {
    let file = path + "/" + relative
    var status = stat()
    guard lstat(file, &status) == 0 else { return nil }
    guard status.st_mode & S_IFMT == S_IFREG else { return .zero }
    let limit = 16 << 20
    guard let content = try FileBytes.readIfPresent(file, limit: limit) else { return nil }
    return content.isCut ? .zero : try ObjectStore.id(of: .blob, content.bytes)
  }

  /// - Parameters:
  ///   - paths: handed over on standard input, each ended by NUL; nil for none.
  ///   - isWritingIndex: whether git may write the index, and look into files for that.
  ///   - isOnlyLooking: whether it shall leave the index as it is all the same.
  @discardableResult
  private func git(
    _ arguments: [String], _ paths: [String]?, isWritingIndex: Bool = false,
    isOnlyLooking: Bool = false
  ) async throws(HistoryError) -> ProgramResult {
    let result: ProgramResult
    do {
      let filters = isWritingIndex ? try await repository.git.runningNoFilter() : []
      result = try await repository.git.run(
        GitProgram.runningNothing + filters + arguments,
        input: paths.map { $0.flatMap { Array($0.utf8) + [0] } },
        changing: isOnlyLooking ? ["GIT_OPTIONAL_LOCKS": "0"] : [:], timeout: nil)
    } catch {
      throw HistoryError(.unreadable, "Cannot bring the work tree \(path) along. \(error)")
    }
    guard result.succeeded else {
      let words = Words.shown(result.errorText)
      throw HistoryError(
        words.contains(".lock") ? .locked : .unreadable,
        "Cannot bring the work tree \(path) along: \(words)", hint: "git status")
    }
    return result
  }
}
