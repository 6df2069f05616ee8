import Clibgit2
import Glibc
import History

/// Settings read by libgit2 where it is sure to read what git would: starting git takes longer than
/// all else that a reading command does.
struct GitSettings: ~Copyable {
  /// Settings that git alone finds: none was looked for.
  struct AskGit: Error {}

  private let configuration: Owned

  /// - Parameters:
  ///   - commonDirectory: whose `config` is read.
  ///   - environment: says where the other files lie, and which `git` would be asked.
  /// - Throws: ``AskGit`` where git may find what libgit2 does not: settings in variables or of one
  ///   work tree, files included on conditions, a `git` with files of its own, files that cannot
  ///   be read.
  init(commonDirectory: String, environment: [String: String]) throws(AskGit) {
    let files = try Self.files(environment, commonDirectory: commonDirectory)
    do {
      configuration = try Self.open(files)
    } catch {
      throw AskGit()
    }
  }

  private static func open(
    _ files: [(path: String, level: git_config_level_t)]
  ) throws -> Owned {
    let configuration = try Owned("read the settings", freedBy: git_config_free) {
      git_config_new($0)
    }
    for (path, level) in files {
      try Libgit2.call("read \(path)") {
        git_config_add_file_ondisk(configuration.pointer, path, level, nil, 0)
      }
    }
    var needsGit = false
    try Libgit2.call("read the settings") {
      withUnsafeMutablePointer(to: &needsGit) {
        git_config_foreach_match(
          configuration.pointer, "^(include|includeif\\..*)\\.path$|^extensions\\.worktreeconfig$",
          { _, found in
            found?.assumingMemoryBound(to: Bool.self).pointee = true
            return 0
          }, $0)
      }
    }
    if needsGit { throw AskGit() }
    return configuration
  }

  /// The value that counts; nil if there is none.
  ///
  /// - Throws: ``AskGit`` for what is no text.
  func value(of key: String) throws(AskGit) -> String? {
    var entry: UnsafeMutablePointer<git_config_entry>?
    let code = git_config_get_entry(&entry, configuration.pointer, key)
    if code == GIT_ENOTFOUND.rawValue { return nil }
    defer { git_config_entry_free(entry) }
    guard code == 0, let text = entry?.pointee.value else { throw AskGit() }
    return String(cString: text)
  }

  /// The files that git would read, from the one that counts least on.
  private static func files(
    _ environment: [String: String], commonDirectory: String
  ) throws(AskGit) -> [(path: String, level: git_config_level_t)] {
    let known = ["GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_GLOBAL"]
    for name in environment.keys where name.hasPrefix("GIT_CONFIG") && !known.contains(name) {
      throw AskGit()
    }
    var files: [(String, git_config_level_t)] = []
    switch environment["GIT_CONFIG_NOSYSTEM"] {
    case nil, "0", "false":
      if let stated = environment["GIT_CONFIG_SYSTEM"] {
        files.append((stated, GIT_CONFIG_LEVEL_SYSTEM))
      } else {
        // Where it looks was decided when it was built: one that was built elsewhere is asked.
        guard isDebians(environment["PATH"]) else { throw AskGit() }
        files.append(("/etc/gitconfig", GIT_CONFIG_LEVEL_SYSTEM))
      }
    case "1", "true": break
    default: throw AskGit()
    }
    if let stated = environment["GIT_CONFIG_GLOBAL"] {
      if !stated.isEmpty { files.append((stated, GIT_CONFIG_LEVEL_GLOBAL)) }
    } else {
      let home = environment["HOME"]
      if let stated = environment["XDG_CONFIG_HOME"], !stated.isEmpty {
        files.append((stated + "/git/config", GIT_CONFIG_LEVEL_XDG))
      } else if let home {
        files.append((home + "/.config/git/config", GIT_CONFIG_LEVEL_XDG))
      }
      if let home { files.append((home + "/.gitconfig", GIT_CONFIG_LEVEL_GLOBAL)) }
    }
    // A relative path is relative to where git would be started, which is not here.
    guard files.allSatisfy({ $0.0.hasPrefix("/") }) else { throw AskGit() }
    return files + [(commonDirectory + "/config", GIT_CONFIG_LEVEL_LOCAL)]
  }

  /// Whether the `git` that would be started is the one of the system.
  private static func isDebians(_ path: String?) -> Bool {
    let directories = (path ?? "").split(separator: ":", omittingEmptySubsequences: false)
    let first = directories.first { access("\($0)/git", X_OK) == 0 }
    return first == "/usr/bin" || first == "/bin"
  }
}
