import GitStore
import History

/// A git repository in a sandbox, made by git itself.
package final class TemporaryRepository: Sendable {
  package let sandbox: Sandbox
  /// Its directory, relative to the sandbox.
  package let name: String

  /// - Parameters:
  ///   - sandbox: where it goes; by default one of its own.
  ///   - arguments: further options of `git init`.
  package init(
    in sandbox: Sandbox? = nil, name: String = "repository", bare: Bool = false,
    _ arguments: [String] = []
  ) async throws {
    let sandbox = try sandbox ?? Sandbox()
    self.sandbox = sandbox
    self.name = name
    let options = (bare ? ["--bare"] : []) + arguments
    let all = ["git", "init", "--quiet", "--initial-branch=main"] + options + [name]
    let result = try await sandbox.run(all)
    guard result.succeeded else { throw ToolFailure(arguments: all, words: result.errorText) }
  }

  /// A repository that is there already.
  package init(existing name: String, in sandbox: Sandbox) {
    self.sandbox = sandbox
    self.name = name
  }

  package var path: String { sandbox.path(name) }

  /// Opens it as the product does.
  package func open() throws -> GitRepository {
    try GitRepository.open(at: path, environment: sandbox.environment)
  }

  /// Runs git inside; see ``Sandbox/git(_:in:env:stdin:)``.
  @discardableResult
  package func git(
    _ arguments: String..., env: [String: String?] = [:], stdin: String? = nil
  ) async throws -> String {
    let result = try await sandbox.run(["git"] + arguments, in: name, env: env, stdin: stdin)
    guard result.succeeded else {
      throw ToolFailure(arguments: ["git"] + arguments, words: result.errorText + result.text)
    }
    return result.text
  }

  package func write(_ relative: String, _ text: String) throws {
    try sandbox.write(name + "/" + relative, text)
  }

  package func read(_ relative: String) -> String? { sandbox.read(name + "/" + relative) }

  package func exists(_ relative: String) -> Bool { sandbox.exists(name + "/" + relative) }

  /// Writes files, adds everything and commits it.
  @discardableResult
  package func commit(
    _ files: [String: String], message: String = "A commit"
  ) async throws -> ObjectID {
    for (path, text) in files { try write(path, text) }
    try await git("add", "--all")
    try await git("commit", "--quiet", "--allow-empty", "--message", message)
    return try await id("HEAD")
  }

  /// What git resolves a revision to.
  package func id(_ revision: String) async throws -> ObjectID {
    let text = try await git("rev-parse", "--verify", revision)
    guard let id = ObjectID(hex: text) else {
      throw ToolFailure(arguments: ["git", "rev-parse", revision], words: text)
    }
    return id
  }
}
