import Glibc

/// A server of a test's own on this machine's loopback, ended with its owner.
package final class ServerProcess: Sendable {
  private let process: pid_t

  /// Starts a program that stays in the foreground.
  ///
  /// - Parameters:
  ///   - arguments: the program by its whole path, and its arguments.
  ///   - log: the file its words go to.
  ///   - environment: all it sees.
  init(_ arguments: [String], log: String, environment: [String: String]) throws {
    // Should nobody live to end it, it ends by itself.
    let all = ["/usr/bin/timeout", "3600"] + arguments
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    // Whoever waits for the end of a pipe of the tests shall not wait for a server.
    for descriptor in Int32(3)..<256 { posix_spawn_file_actions_addclose(&actions, descriptor) }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    posix_spawnattr_setpgroup(&attributes, 0)
    let argv = all.map { strdup($0) } + [nil]
    let envp = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for text in argv + envp { free(text) } }
    var started: pid_t = 0
    let error = posix_spawn(&started, all[0], &actions, &attributes, argv, envp)
    guard error == 0 else {
      throw ToolFailure(arguments: arguments, words: String(cString: strerror(error)))
    }
    process = started
  }

  deinit {
    kill(-process, SIGTERM)
    var status: Int32 = 0
    for _ in 0..<100 where waitpid(process, &status, WNOHANG) == 0 { usleep(20_000) }
    // Whatever did not listen; the group is gone if everything did.
    kill(-process, SIGKILL)
    waitpid(process, &status, WNOHANG)
  }

  /// Waits until something answers at that port of this machine.
  static func await(port: UInt16, log: String, in sandbox: Sandbox) async throws {
    for _ in 0..<500 {
      if let socket = try? LoopbackSocket(connectingTo: port) {
        socket.close()
        return
      }
      try await Task.sleep(for: .milliseconds(20))
    }
    throw ToolFailure(
      arguments: ["port \(port)"], words: "nobody listens: \(sandbox.read(log) ?? "")")
  }
}

/// A socket on 127.0.0.1.
package struct LoopbackSocket: Sendable {
  let descriptor: Int32

  /// A port that was free a moment ago.
  package static func freePort() throws -> UInt16 {
    let socket = try LoopbackSocket(listeningWithBacklog: 1)
    defer { socket.close() }
    return socket.port
  }

  package init(listeningWithBacklog backlog: Int32) throws {
    descriptor = try Self.make()
    var address = Self.address(port: 0)
    let bound = Self.withPointer(to: &address) { bind(descriptor, $0, $1) }
    guard bound == 0, listen(descriptor, backlog) == 0 else { throw Self.failure("bind") }
  }

  package init(connectingTo port: UInt16) throws {
    descriptor = try Self.make()
    var address = Self.address(port: port)
    guard Self.withPointer(to: &address, { connect(descriptor, $0, $1) }) == 0 else {
      Glibc.close(descriptor)
      throw Self.failure("connect")
    }
  }

  package var port: UInt16 {
    var address = Self.address(port: 0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = Self.withPointer(to: &address) { pointer, _ in getsockname(descriptor, pointer, &size) }
    return UInt16(bigEndian: address.sin_port)
  }

  package func close() { Glibc.close(descriptor) }

  private static func make() throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw failure("socket") }
    return descriptor
  }

  private static func failure(_ what: String) -> ToolFailure {
    ToolFailure(arguments: [what], words: String(cString: strerror(errno)))
  }

  private static func address(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    return address
  }

  private static func withPointer<Result>(
    to address: inout sockaddr_in,
    _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}

/// A server that takes connections and never says a word.
package final class SilentServer: Sendable {
  private let sockets: [LoopbackSocket]
  package let port: UInt16

  /// - Parameter isFull: whether it does not even take connections, as a host behind a firewall
  ///   that drops what is sent there.
  package init(isFull: Bool = false) throws {
    let listener = try LoopbackSocket(listeningWithBacklog: isFull ? 0 : 64)
    port = listener.port
    // A listener whose queue is full lets the kernel drop the next one's first packet.
    sockets = [listener] + (isFull ? [try LoopbackSocket(connectingTo: listener.port)] : [])
  }

  deinit { for socket in sockets { socket.close() } }
}
