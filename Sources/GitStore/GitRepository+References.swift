import Clibgit2
import History

extension GitRepository {
  package func tip(of reference: String) throws(HistoryError) -> ObjectID? {
    try withHandle { (repository) throws(HistoryError) in
      var oid = git_oid()
      let absent = GIT_ENOTFOUND.rawValue
      let code = try Libgit2.call("read \(reference)", tolerating: [absent]) {
        git_reference_name_to_id(&oid, repository, reference)
      }
      return code == absent ? nil : ObjectID(oid)
    }
  }

  package func move(
    _ reference: String, to id: ObjectID, expecting expected: ObjectID?, because message: String
  ) throws(HistoryError) {
    guard try contains(id) else {
      throw HistoryError(.missing, "The object \(id) is not in this repository.")
    }
    try withHandle { (repository) throws(HistoryError) in
      var new = id.oid
      // Zeros stand for "must not exist yet".
      var old = (expected ?? .zero).oid
      var result: OpaquePointer?
      let changed = [GIT_EMODIFIED.rawValue, GIT_EEXISTS.rawValue, GIT_ENOTFOUND.rawValue]
      let locked = GIT_ELOCKED.rawValue
      let code = try Libgit2.call(
        "move \(reference) to \(id.short)", tolerating: changed + [locked]
      ) {
        git_reference_create_matching(&result, repository, reference, &new, 1, &old, message)
      }
      git_reference_free(result)
      if code == locked {
        throw LockFile(path: "\(commonDirectory)/\(reference).lock").error(
          "The reference \(reference)", takenAwayLater: true)
      }
      guard code >= 0 else {
        let was = expected.map { "is no longer at \($0.short)" } ?? "exists already"
        throw HistoryError(
          .conflict, "\(reference) \(was): somebody else moved it.",
          hint: "Begin again from where it is now.")
      }
    }
  }

  /// The commit that git finds by a name as people type it (`HEAD~2`, `v1.0`, a piece of an id);
  /// nil if there is none.
  package func resolve(_ name: String) async throws(HistoryError) -> ObjectID? {
    do {
      let result = try await git.run(
        ["rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}"])
      return result.succeeded ? ObjectID(hex: String(result.text.prefix { $0 != "\n" })) : nil
    } catch {
      throw HistoryError(.unreadable, "Cannot look for \(Words.shown(name)). \(error)")
    }
  }

  /// The tips of the branches of one folder of references whose names begin with a prefix, by name.
  package func tips(
    below folder: String, startingWith prefix: String
  ) async throws(HistoryError) -> [String: ObjectID] {
    let result: ProgramResult
    do {
      result = try await git.run(
        ["for-each-ref", "--format=%(objectname) %(refname)", folder + prefix])
    } catch {
      throw HistoryError(.unreadable, "Cannot list the branches below \(folder)\(prefix). \(error)")
    }
    guard result.succeeded else {
      throw HistoryError(.unreadable, "Cannot list the branches: \(Words.shown(result.errorText))")
    }
    var tips: [String: ObjectID] = [:]
    for line in result.text.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1)
      guard parts.count == 2, let tip = ObjectID(hex: parts[0]), parts[1].hasPrefix(folder) else {
        continue
      }
      tips[String(parts[1].dropFirst(folder.count))] = tip
    }
    return tips
  }

  /// The reference `HEAD` names (`refs/heads/main`), whether it exists yet or not; nil where `HEAD`
  /// is detached.
  package var headReference: String? {
    get throws(HistoryError) { try symbolicTarget(of: "HEAD") }
  }

  /// The reference a remote's own `HEAD` names here (`refs/remotes/origin/main`), or nil if the
  /// clone has not recorded it.
  package func headReference(ofRemote remote: String) throws(HistoryError) -> String? {
    try symbolicTarget(of: "refs/remotes/\(remote)/HEAD")
  }

  /// The names of the configured remotes, in the order of the configuration.
  package var remoteNames: [String] {
    get throws(HistoryError) {
      try withHandle { (repository) throws(HistoryError) in
        var names = git_strarray()
        defer { git_strarray_dispose(&names) }
        try Libgit2.call("list the remotes") { git_remote_list(&names, repository) }
        return (0..<names.count).compactMap { names.strings[$0].map { String(cString: $0) } }
      }
    }
  }

  /// The reference a symbolic one leads to; nil for a plain one.
  package func symbolicTarget(of name: String) throws(HistoryError) -> String? {
    try withHandle { (repository) throws(HistoryError) in
      guard
        let reference = try Owned.ifFound(
          "read \(name)", freedBy: git_reference_free,
          { git_reference_lookup($0, repository, name) })
      else { return nil }
      return git_reference_symbolic_target(reference.pointer).map { String(cString: $0) }
    }
  }

  /// Uses libgit2's repository handle, alone.
  func withHandle<Result>(
    _ body: (OpaquePointer) throws(HistoryError) -> Result
  ) throws(HistoryError) -> Result {
    try handle.withLock { (owned) throws(HistoryError) in try body(owned.pointer) }
  }
}

extension GitRepository {
  /// Where git looks for this repository's hooks.
  package func hooksDirectory() async throws(HistoryError) -> String {
    let stated = try await configuration("core.hooksPath")
    guard let stated, !stated.isEmpty else { return commonDirectory + "/hooks" }
    return stated.hasPrefix("/") ? stated : (workTree ?? gitDirectory) + "/" + stated
  }
}
