/// A remote on the loopback that answers garbage, hangs or leads astray, by http and by git://; the
/// program that plays it says how.
package final class HostileRemote: Sendable {
  private let process: ServerProcess
  private let port: String

  /// - Parameter program: its path.
  package init(in sandbox: Sandbox, program: String) async throws {
    process = try ServerProcess(
      ["/usr/bin/python3", "-B", program, sandbox.path("hostile-port")],
      log: sandbox.path("hostile-log"), environment: sandbox.environment)
    for _ in 0..<500 where !sandbox.exists("hostile-port") {
      try await Task.sleep(for: .milliseconds(20))
    }
    guard let port = sandbox.read("hostile-port") else {
      throw ToolFailure(arguments: [program], words: sandbox.read("hostile-log") ?? "")
    }
    self.port = port
  }

  /// - Parameters:
  ///   - scheme: `http` or `git`.
  ///   - mode: how it misbehaves.
  package func url(_ scheme: String, _ mode: String) -> String {
    "\(scheme)://127.0.0.1:\(port)/\(mode)/x.git"
  }
}
