import Glibc

/// An ssh-agent of a test's own, ended with its owner.
package final class SSHAgent: Sendable {
  /// The variable by which programs find it.
  package let environment: [String: String]
  private let process: Int32

  package init(in sandbox: Sandbox) async throws {
    let socket = sandbox.path("agent-\(UInt32.random(in: 0 ... .max))")
    let result = try await sandbox.run(["ssh-agent", "-s", "-a", socket])
    let words = result.text.split { "=;\n".contains($0) }
    guard result.succeeded, let label = words.firstIndex(of: "SSH_AGENT_PID"),
      label + 1 < words.count, let process = Int32(words[label + 1])
    else { throw ToolFailure(arguments: ["ssh-agent"], words: result.errorText + result.text) }
    self.process = process
    environment = ["SSH_AUTH_SOCK": socket]
  }

  deinit { kill(process, SIGTERM) }

  /// Puts a private key into it.
  package func add(_ key: String, in sandbox: Sandbox) async throws {
    let result = try await sandbox.run(["ssh-add", "-q", key], env: environment)
    guard result.succeeded else {
      throw ToolFailure(arguments: ["ssh-add"], words: result.errorText)
    }
  }
}
