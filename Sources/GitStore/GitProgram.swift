import Glibc
import History

/// The `git` program, for one repository.
struct GitProgram: Sendable {
  let gitDirectory: String
  let workTree: String?
  let runner: ProgramRunner

  /// Runs git.
  ///
  /// - Parameters:
  ///   - arguments: what follows `git` and the repository; options of git itself first.
  ///   - changes, timeout, silence: as for ``ProgramRunner``.
  func run(
    _ arguments: [String], input: [UInt8]? = nil, changing changes: [String: String?] = [:],
    timeout: Duration? = .seconds(60), silence: Duration? = nil
  ) async throws(ProgramError) -> ProgramResult {
    try await runner.run(
      ["git", "--git-dir=\(gitDirectory)"] + (workTree.map { ["--work-tree=\($0)"] } ?? [])
        + arguments,
      input: input, in: workTree ?? gitDirectory,
      changing: Self.variables.merging(changes) { $1 }, timeout: timeout, silence: silence)
  }

  /// Options of git itself that keep it from running what a repository brings: no hook, no monitor
  /// of files, and an alternate's references listed by git itself, as by default. `.git` may be
  /// somebody else's work, a directory handed over.
  ///
  /// They would hide what is set from `git config`, and a push runs the user's own hooks, as git
  /// does.
  static let runningNothing = [
    "-c", "core.hooksPath=/dev/null",
    // Empty is off for every version; some take `false` for the name of a program.
    "-c", "core.fsmonitor=",
    "-c",
    #"core.alternateRefsCommand=f() { git --git-dir="$1" for-each-ref "#
      + #"--format="%(objectname)"; }; f"#,
  ]

  /// Options of git itself that keep it from tidying up behind a fetch or clone.
  static let tidyingNothing = ["-c", "gc.auto=0", "-c", "maintenance.auto=false"]

  /// Options of git itself that have it flush to the disk what it brings. By default it flushes packs
  /// alone, and libgit2 would then move the branch, flushed, to commits that a power cut takes away.
  static let flushing = ["-c", "core.fsync=all", "-c", "core.fsyncMethod=batch"]

  /// Options of git itself that keep it from running the filters that are set up here. It does so
  /// for files that nobody named: whenever it writes the index, for each that seems as new as the
  /// index itself.
  func runningNoFilter() async throws(ProgramError) -> [String] {
    let result = try await run(["config", "--null", "--name-only", "--get-regexp", #"^filter\."#])
    // 1: there are none. Whatever else is wrong, the command itself will say.
    guard result.succeeded else { return [] }
    let drivers = Set(
      result.output.split(separator: 0).compactMap { name in
        name.lastIndex(of: UInt8(ascii: ".")).map { String(decoding: name[..<$0], as: UTF8.self) }
      })
    // Not `-c`: the name may hold a `=`.
    return drivers.sorted().flatMap { driver in
      ["clean", "smudge", "process", "required"].map {
        "--config-env=\(driver).\($0)=\(Self.nothing)"
      }
    }
  }

  /// A variable that is there, and empty.
  private static let nothing = "DAYPASS_NOTHING"

  /// Words that can be parsed, objects as they are, and no question nobody can answer.
  static var variables: [String: String?] {
    var result: [String: String?] = [
      "LC_ALL": "C", "GIT_NO_REPLACE_OBJECTS": "1", nothing: "",
    ]
    if !Terminal.isThere { result["GIT_TERMINAL_PROMPT"] = "0" }
    return result
  }
}

extension GitRepository {
  /// The value of a setting as git itself finds it, in files, `GIT_CONFIG_COUNT` and all; nil if it
  /// is not set.
  ///
  /// - Parameter type: `path` expands `~`, `bool` gives `true` or `false`.
  /// - Throws: ``HistoryError`` with `.unreadable`, as for a value that is not of the type.
  package func configuration(
    _ key: String, as type: SettingType = .text
  ) async throws(HistoryError) -> String? {
    if type == .text {
      do throws(GitSettings.AskGit) {
        return try GitSettings(commonDirectory: commonDirectory, environment: environment)
          .value(of: key)
      } catch {
        // Git knows, and has the words for what is wrong.
      }
    }
    let result: ProgramResult
    do {
      result = try await git.run(
        ["config"] + type.option + ["--null", "--get", key])
    } catch {
      throw HistoryError(.unreadable, "Cannot read the setting \(key): \(error)")
    }
    switch result.status {
    case 0:
      let bytes = result.output.last == 0 ? result.output.dropLast() : result.output[...]
      return String(decoding: bytes, as: UTF8.self)
    case 1:
      return nil
    default:
      throw HistoryError(
        .unreadable, "Cannot read the setting \(key): \(result.errorText)", hint: "git config -l")
    }
  }

  /// Sets a setting of this repository.
  package func setLocalConfiguration(_ key: String, _ value: String) async throws(HistoryError) {
    let result: ProgramResult
    do {
      result = try await git.run(["config", "--local", "--replace-all", key, value])
    } catch {
      throw HistoryError(.unreadable, "Cannot change the setting \(key): \(error)")
    }
    guard result.succeeded else {
      throw HistoryError(
        result.errorText.contains("could not lock") ? .locked : .unreadable,
        "Cannot change the setting \(key): \(result.errorText)")
    }
  }
}

/// What git makes of a setting's text.
package enum SettingType: Sendable {
  case text, path, bool

  var option: [String] {
    switch self {
    case .text: []
    case .path: ["--type=path"]
    case .bool: ["--type=bool"]
    }
  }
}
