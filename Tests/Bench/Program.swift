import Foundation
import TestSupport

/// A program that is started as it is, without a shell or anything else in between, and measured from
/// there until it has been waited for.
struct Program {
  private let path: String
  private let arguments: [String]
  private let environment: [String: String]

  /// - Parameter arguments: the program, by path or to be looked for in `PATH`, and what it is given.
  init(_ arguments: [String], _ environment: [String: String]) throws {
    guard let name = arguments.first else { throw UsageError(words: "no program") }
    path = try Self.find(name)
    self.arguments = arguments
    self.environment = environment
  }

  /// Seconds after which a program is ended: measuring it is no use any more.
  static let patience = 600.0

  /// Runs it with its output thrown away.
  ///
  /// - Throws: ``ToolFailure`` unless it ends with 0, and before ``patience`` is at its end.
  func run() throws -> Cost { try run(output: "/dev/null") }

  /// Runs it and reads what it printed, from a file at the place named.
  func reading(_ file: String) throws -> (String, Cost) {
    let cost = try run(output: file)
    return (try String(contentsOfFile: file, encoding: .utf8), cost)
  }

  private func run(output: String) throws -> Cost {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    // What it says on the error stream is wanted where it fails.
    let errors = NSTemporaryDirectory() + "daypass-bench-\(getpid()).errors"
    posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    defer { unlink(errors) }
    var words = arguments.map { strdup($0) } + [nil]
    var settings = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for word in words + settings { free(word) } }

    var (process, status, usage) = (pid_t(), Int32(), rusage())
    let start = ContinuousClock.now
    let failure = posix_spawn(&process, path, &actions, nil, &words, &settings)
    guard failure == 0 else {
      throw ToolFailure(arguments: arguments, words: String(cString: strerror(failure)))
    }
    let running = process
    let end = DispatchWorkItem { kill(running, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + Self.patience, execute: end)
    defer { end.cancel() }
    while wait4(process, &status, 0, &usage) < 0 {
      guard errno == EINTR else {
        throw ToolFailure(arguments: arguments, words: String(cString: strerror(errno)))
      }
    }
    let wall = seconds(since: start)
    guard status != SIGKILL || wall < Self.patience else {
      throw ToolFailure(
        arguments: arguments, words: "not done after \(Rounds.words(Self.patience))")
    }
    guard status == 0 else {
      let said = (try? String(contentsOfFile: errors, encoding: .utf8)) ?? ""
      throw ToolFailure(arguments: arguments, words: "status \(status): \(said)")
    }
    return Cost(wall: wall, processor: seconds(usage.ru_utime) + seconds(usage.ru_stime))
  }

  private static func find(_ name: String) throws -> String {
    if name.contains("/") { return name }
    let folders = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    for folder in folders.split(separator: ":") where access("\(folder)/\(name)", X_OK) == 0 {
      return "\(folder)/\(name)"
    }
    throw ToolFailure(arguments: [name], words: "there is no such program")
  }
}
