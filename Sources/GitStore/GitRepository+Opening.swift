import Clibgit2
import Glibc
import History

extension GitRepository {
  /// Opens a repository: a work tree, a directory inside one, a linked worktree or a bare
  /// repository.
  ///
  /// - Parameters:
  ///   - path: where to begin.
  ///   - discover: whether to look in the directories above, too.
  ///   - environment: `GIT_DIR`, `GIT_WORK_TREE`, `GIT_OBJECT_DIRECTORY`,
  ///     `GIT_ALTERNATE_OBJECT_DIRECTORIES` and `GIT_CEILING_DIRECTORIES` mean what they mean to
  ///     git; all of it is handed on to the programs that are started.
  /// - Throws: ``HistoryError`` with `.notFound`, `.foreignOwner`, `.incomplete` (shallow and
  ///   partial clones), `.unsupported` (formats) or `.unreadable`, always with a hint.
  package static func open(
    at path: String = ".", discover: Bool = true,
    environment: [String: String] = ProcessEnvironment.current
  ) throws(HistoryError) -> GitRepository {
    try Libgit2.start()
    let named = environment["GIT_DIR"].map { $0.hasPrefix("/") ? $0 : path + "/" + $0 }
    let start = named ?? path
    let flags = discover && named == nil ? 0 : GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue
    var pointer: OpaquePointer?
    let code = git_repository_open_ext(
      &pointer, start, flags, environment["GIT_CEILING_DIRECTORIES"])
    guard code == 0, pointer != nil else {
      throw openingError(Libgit2.Failure(code: code), at: start)
    }
    let handle = try Owned("open \(start)", freedBy: git_repository_free) {
      $0.pointee = pointer
      return 0
    }
    if let files = environment["GIT_WORK_TREE"] {
      let files = files.hasPrefix("/") ? files : path + "/" + files
      try Libgit2.call("use the work tree \(files)") {
        git_repository_set_workdir(handle.pointer, files, 0)
      }
    }
    try refuseIncomplete(handle.pointer)
    return try GitRepository(handle: handle, environment: environment)
  }

  /// Makes a new, empty repository.
  ///
  /// - Parameter branch: what `HEAD` names, without `refs/heads/`.
  /// - Throws: ``HistoryError`` with `.conflict` if there is one already.
  package static func create(
    at path: String, bare: Bool = false, branch: String = "main",
    environment: [String: String] = ProcessEnvironment.current
  ) throws(HistoryError) -> GitRepository {
    try Libgit2.start()
    var options = git_repository_init_options()
    git_repository_init_options_init(&options, UInt32(GIT_REPOSITORY_INIT_OPTIONS_VERSION))
    options.flags =
      GIT_REPOSITORY_INIT_MKPATH.rawValue | GIT_REPOSITORY_INIT_NO_REINIT.rawValue
      | (bare ? GIT_REPOSITORY_INIT_BARE.rawValue : 0)
    let handle = try Owned("create a repository at \(path)", freedBy: git_repository_free) { out in
      branch.withCString {
        options.initial_head = $0
        return git_repository_init_ext(out, path, &options)
      }
    }
    return try GitRepository(handle: handle, environment: environment)
  }

  private static func openingError(
    _ failure: Libgit2.Failure, at path: String
  ) -> HistoryError {
    let place = absolute(path)
    let text = failure.message
    // "config value 'safe.directory' was not found" is how 1.5.1 says that nobody vouched for a
    // foreign repository; it must never be taken for "no repository".
    if failure.code == GIT_EOWNER.rawValue
      || (failure.code == GIT_ENOTFOUND.rawValue && failure.category == GIT_ERROR_CONFIG.rawValue)
    {
      let owned = repositoryAbove(place)
      return HistoryError(
        .foreignOwner, "The repository \(owned) belongs to another user.",
        hint: "If you trust it: git config --global --add safe.directory \(owned)")
    }
    if failure.code == GIT_ENOTFOUND.rawValue {
      return HistoryError(
        .notFound, "There is no git repository at \(place).",
        hint: "Change into one, clone one, or make one: git init")
    }
    if text.contains("unsupported extension"), let name = text.split(separator: ".").last {
      return unsupported(extension: name.lowercased(), at: place)
    }
    return failure.error(doing: "open the repository at \(place)")
  }

  private static func unsupported(extension name: String, at place: String) -> HistoryError {
    switch name {
    case "partialclone":
      return partialClone(place)
    case "objectformat":
      return HistoryError(
        .unsupported, "The repository at \(place) names its objects by SHA-256.",
        hint: "daypass needs SHA-1: git init --object-format=sha1")
    case "refstorage":
      return HistoryError(
        .unsupported, "The repository at \(place) keeps its references in a reftable.",
        hint: "git refs migrate --ref-format=files")
    default:
      return HistoryError(
        .unsupported, "The repository at \(place) uses the extension extensions.\(name).",
        hint: "Clone it afresh without that extension: git clone \(place) COPY")
    }
  }

  private static func refuseIncomplete(_ repository: OpaquePointer) throws(HistoryError) {
    let place = git_repository_path(repository).map { String(cString: $0) } ?? "."
    if git_repository_is_shallow(repository) == 1 {
      throw HistoryError(
        .incomplete, "The repository \(place) is a shallow clone: part of the history is not here.",
        hint: "git fetch --unshallow")
    }
    let configuration = try Owned("read the configuration", freedBy: git_config_free) {
      git_repository_config($0, repository)
    }
    var promised = false
    try Libgit2.call("read the configuration") {
      withUnsafeMutablePointer(to: &promised) {
        git_config_foreach_match(
          configuration.pointer, "^remote\\..*\\.(promisor|partialclonefilter)$",
          { entry, found in
            let value = entry?.pointee.value.map { String(cString: $0).lowercased() } ?? "true"
            if !["false", "no", "off", "0", ""].contains(value) {
              found?.assumingMemoryBound(to: Bool.self).pointee = true
            }
            return 0
          }, $0)
      }
    }
    if promised { throw partialClone(place) }
  }

  private static func partialClone(_ place: String) -> HistoryError {
    HistoryError(
      .incomplete, "The repository \(place) is a partial clone: some objects are not here.",
      hint: "Clone it in full: git clone --no-local URL DIRECTORY, without --filter")
  }

  static func absolute(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// The directory that git wants named in `safe.directory`.
  private static func repositoryAbove(_ path: String) -> String {
    var place = path
    while place != "/" && !place.isEmpty {
      if access(place + "/.git", F_OK) == 0 || access(place + "/HEAD", F_OK) == 0 { return place }
      let parent = place.split(separator: "/").dropLast().joined(separator: "/")
      place = "/" + parent
    }
    return path
  }
}
