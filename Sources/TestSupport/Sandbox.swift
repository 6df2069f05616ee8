import FoundationEssentials
import GitStore
import Glibc

/// A directory that nothing outside reaches into and that is gone when its owner is: its own home,
/// its own git configuration, a fixed author.
package final class Sandbox: Sendable {
  /// The directory, without symbolic links in its path.
  package let root: String
  /// What programs run here see of the environment.
  package let environment: [String: String]

  /// Makes the directory, with `home` and `tmp` inside.
  package init() throws {
    let name = "daypass-test-\(UInt64.random(in: 0 ... .max))"
    root = "/tmp/" + name
    for directory in ["", "/home/.ssh", "/tmp"] {
      try FileManager.default.createDirectory(
        atPath: root + directory, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    }
    environment = [
      "PATH": ProcessEnvironment.current["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
      "HOME": root + "/home", "TMPDIR": root + "/tmp", "LC_ALL": "C", "TZ": "UTC",
      "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": root + "/home/.gitconfig",
      "GIT_AUTHOR_NAME": "Test Author", "GIT_AUTHOR_EMAIL": "author@example.com",
      "GIT_COMMITTER_NAME": "Test Author", "GIT_COMMITTER_EMAIL": "author@example.com",
      "GIT_TERMINAL_PROMPT": "0",
    ]
    try write("home/.gitconfig", "[init]\n\tdefaultBranch = main\n")
  }

  deinit {
    // Programs just ended may still take away files of their own meanwhile, which is an error to
    // the file manager; so more than once.
    for _ in 0..<20 where FileManager.default.fileExists(atPath: root) {
      try? FileManager.default.removeItem(atPath: root)
    }
  }

  /// The absolute path of a place inside.
  package func path(_ relative: String) -> String {
    relative.hasPrefix("/") ? relative : root + "/" + relative
  }

  /// Runs a program.
  ///
  /// - Parameters:
  ///   - directory: where, relative to ``root``.
  ///   - env: variables set for this call, or taken away where nil.
  @discardableResult
  package func run(
    _ arguments: [String], in directory: String = "", env: [String: String?] = [:],
    stdin: String? = nil
  ) async throws -> ProgramResult {
    try await ProgramRunner(environment).run(
      arguments, input: stdin.map { Array($0.utf8) }, in: path(directory), changing: env)
  }

  /// Runs git and returns what it wrote, without the last newline.
  ///
  /// - Throws: ``ToolFailure`` if it fails.
  @discardableResult
  package func git(
    _ arguments: String..., in directory: String = "", env: [String: String?] = [:],
    stdin: String? = nil
  ) async throws -> String {
    let result = try await run(["git"] + arguments, in: directory, env: env, stdin: stdin)
    guard result.succeeded else {
      throw ToolFailure(arguments: ["git"] + arguments, words: result.errorText + result.text)
    }
    return result.text
  }

  /// Makes a key pair without a passphrase, unless one is given.
  ///
  /// - Returns: the private file's path; the public one ends in `.pub`.
  package func makeKey(
    _ name: String, type: String = "ed25519", passphrase: String = ""
  ) async throws -> String {
    let file = path("home/.ssh/" + name)
    let arguments = [
      "ssh-keygen", "-q", "-t", type, "-N", passphrase, "-C", name, "-f", file,
    ]
    let result = try await run(arguments)
    guard result.succeeded else {
      throw ToolFailure(arguments: arguments, words: result.errorText)
    }
    return file
  }

  /// Writes a file, and the directories above it.
  package func write(_ relative: String, _ text: String) throws {
    let file = path(relative)
    let above = file.split(separator: "/").dropLast().joined(separator: "/")
    try FileManager.default.createDirectory(
      atPath: "/" + above, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: file))
  }

  /// Writes a program that can be run.
  package func writeScript(_ relative: String, _ text: String) throws {
    try? FileManager.default.removeItem(atPath: path(relative))
    let above = path(relative).split(separator: "/").dropLast().joined(separator: "/")
    try FileManager.default.createDirectory(
      atPath: "/" + above, withIntermediateDirectories: true)
    // Closed in every program that another test starts meanwhile: one that held it open for writing
    // would keep everybody from running it.
    let file = open(path(relative), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o755)
    guard file >= 0 else { throw CocoaError(.fileWriteUnknown) }
    defer { close(file) }
    let bytes = Array(("#!/bin/sh\n" + text + "\n").utf8)
    guard Glibc.write(file, bytes, bytes.count) == bytes.count else {
      throw CocoaError(.fileWriteUnknown)
    }
  }

  /// A file's text, or nil if there is no such file.
  package func read(_ relative: String) -> String? {
    FileManager.default.contents(atPath: path(relative)).map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  package func exists(_ relative: String) -> Bool {
    FileManager.default.fileExists(atPath: path(relative))
  }

  package func remove(_ relative: String) throws {
    try FileManager.default.removeItem(atPath: path(relative))
  }

  /// The names in a directory, sorted.
  package func names(in relative: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(relative)).sorted()
  }
}

/// A program a test relies on did not do its work.
package struct ToolFailure: Error, CustomStringConvertible {
  package let arguments: [String]
  package let words: String

  package init(arguments: [String], words: String) {
    self.arguments = arguments
    self.words = words
  }

  package var description: String { arguments.joined(separator: " ") + ": " + words }
}
