import Foundation
import GitStore
import TestSupport

/// The bare repository that all push to, behind a throw-away OpenSSH server on the loopback.
final class PushHub: Sendable {
  /// Seconds of all processors.
  struct Spent: Sendable {
    /// What was started here: over `file` the server's side as well.
    let writers: Double
    /// What the ssh server and all it has started took.
    let server: Double

    static func - (left: Self, right: Self) -> Self {
      Self(writers: left.writers - right.writers, server: left.server - right.server)
    }
  }

  let sandbox: Sandbox
  let trial: PushTrial
  /// The commit that is there from the beginning.
  let first: String
  private let server: SSHServer
  private let door: String
  private let masters = Masters()

  /// Whoever keeps a connection open until it is told to end.
  private actor Masters {
    var running: [Task<Void, any Error>] = []
    func add(_ task: Task<Void, any Error>) { running.append(task) }
    func end() async throws {
      for task in running { try await task.value }
      running = []
    }
  }

  init(_ trial: PushTrial) async throws {
    let sandbox = try Sandbox()
    self.sandbox = sandbox
    self.trial = trial
    door = try await sandbox.makeKey("door")
    server = try await SSHServer(in: sandbox, keys: ["door"])
    try await sandbox.git("init", "-q", "--bare", "remote.git")
    try await sandbox.git("init", "-q", "first")
    try await sandbox.git("commit", "-q", "--allow-empty", "-m", "Begin", in: "first")
    try await sandbox.git("push", "-q", sandbox.path("remote.git"), "main", in: "first")
    first = try await sandbox.git("rev-parse", "HEAD", in: "first")
    if trial.isFlushed {
      try await sandbox.git("config", "core.fsync", "committed,reference", in: "remote.git")
    }
    if trial.branches > 0 {
      let lines = (0..<trial.branches).map { "\(first) refs/heads/old/\($0)\n" }.sorted()
      try sandbox.write(
        "remote.git/packed-refs", "# pack-refs with: peeled fully-peeled sorted \n" + lines.joined()
      )
    }
  }

  /// What a writer's remote is called.
  func url(for writer: Int) -> String {
    let path = sandbox.path("remote.git")
    return trial.way == .file ? "file://" + path : "hub\(writer):\(path)"
  }

  /// What programs must see so that `ssh` finds the server.
  var environment: [String: String?] { server.environment.mapValues { $0 } }

  /// Lets the writers in; those who keep their connection open connect.
  func open(writers: Int) async throws {
    guard trial.way != .file else { return }
    var text = ""
    for writer in 0..<writers {
      text += """
        Host hub\(writer)
          HostName 127.0.0.1
          Port \(server.port)
          User \(server.user)
          IdentityFile \(door)
          IdentitiesOnly yes
          UserKnownHostsFile \(sandbox.path("home/.ssh/known_hosts"))
          GlobalKnownHostsFile /dev/null
          ControlPath \(trial.way == .kept ? control(writer) : "none")

        """
    }
    try sandbox.write("home/.ssh/config", text)
    guard trial.way == .kept else { return }
    for writer in 0..<writers {
      let (sandbox, environment) = (sandbox, environment)
      await masters.add(
        Task {
          _ = try await ProgramRunner(sandbox.environment).run(
            ["ssh", "-M", "-N", "hub\(writer)"], changing: environment, timeout: .seconds(3600))
        })
      for _ in 0..<500 where !sandbox.exists(control(writer)) {
        try await Task.sleep(for: .milliseconds(20))
      }
      guard sandbox.exists(control(writer)) else {
        throw ToolFailure(arguments: ["ssh", "-M"], words: "no connection")
      }
    }
  }

  /// Ends what is kept open, and waits until the server is done with everybody.
  func close() async throws {
    if trial.way == .kept {
      for writer in 0..<trial.writers {
        try await sandbox.run(["ssh", "-O", "exit", "hub\(writer)"], env: environment)
      }
    }
    try await masters.end()
    // Its children count once they have ended.
    try await Task.sleep(for: .milliseconds(500))
  }

  private func control(_ writer: Int) -> String { sandbox.path("tmp/c\(writer)") }

  /// What has been spent until now.
  func spent() -> Spent {
    var usage = rusage()
    getrusage(Int32(truncatingIfNeeded: RUSAGE_CHILDREN.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return Spent(
      writers: seconds(usage.ru_utime) + seconds(usage.ru_stime),
      server: serverProcess.map(Self.ticks) ?? 0)
  }

  /// The listening process: it has the configuration of this sandbox in its title.
  private var serverProcess: String? {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return all.filter { $0.allSatisfy(\.isNumber) }.first { process in
      let data = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
      let title = String(decoding: data, as: UTF8.self).replacing("\0", with: " ")
      return title.contains(sandbox.path("sshd/config")) && !title.hasPrefix("/usr/bin/timeout")
    }
  }

  /// Its own processor seconds and those of all children that have ended.
  private static func ticks(of process: String) -> Double {
    let data = FileManager.default.contents(atPath: "/proc/\(process)/stat") ?? Data()
    // `pid (name) state ...`: utime, stime, cutime, cstime are 11 to 14 fields behind the name.
    let text = String(decoding: data, as: UTF8.self)
    let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
    guard fields.count > 15 else { return 0 }
    let sum = fields[12...15].compactMap { Double($0) }.reduce(0, +)
    return sum / Double(sysconf(Int32(_SC_CLK_TCK)))
  }
}
