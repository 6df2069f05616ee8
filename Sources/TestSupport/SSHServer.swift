import FoundationEssentials
import Glibc

/// An OpenSSH server on the loopback: own host key, own list of keys that may come in; it runs as
/// root and as an ordinary user. Whoever comes in is the user of the test.
package final class SSHServer: Sendable {
  package let port: UInt16
  package let user: String
  private let sandbox: Sandbox
  private let process: ServerProcess

  /// - Parameter keys: names of keys in the sandbox that may come in.
  package init(in sandbox: Sandbox, keys: [String]) async throws {
    self.sandbox = sandbox
    let port = try LoopbackSocket.freePort()
    self.port = port
    user = String(cString: getpwuid(getuid()).pointee.pw_name)
    if getuid() == 0 {
      // Made by the service's start script elsewhere; the server of root insists on it.
      try FileManager.default.createDirectory(
        atPath: "/run/sshd", withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o755])
    }
    let hostKey = try await sandbox.makeKey("host-\(port)")
    let allowed = keys.compactMap { sandbox.read("home/.ssh/\($0).pub") }.joined()
    try sandbox.write("sshd/authorized_keys", allowed)
    try sandbox.write("sshd/home/.gitconfig", "[init]\n\tdefaultBranch = main\n")
    // By default it turns people away at random once ten are at the door.
    let configuration = """
      Port \(port)
      ListenAddress 127.0.0.1
      HostKey \(hostKey)
      PidFile none
      AuthorizedKeysFile \(sandbox.path("sshd/authorized_keys"))
      UsePAM no
      StrictModes no
      PasswordAuthentication no
      KbdInteractiveAuthentication no
      PermitRootLogin yes
      MaxStartups 500
      MaxSessions 500
      SetEnv HOME=\(sandbox.path("sshd/home")) GIT_CONFIG_NOSYSTEM=1 \
      GIT_CONFIG_GLOBAL=\(sandbox.path("sshd/home/.gitconfig"))
      """
    try sandbox.write("sshd/config", configuration + "\n")
    process = try ServerProcess(
      ["/usr/sbin/sshd", "-D", "-e", "-f", sandbox.path("sshd/config")],
      log: sandbox.path("sshd/log"), environment: sandbox.environment)
    try await ServerProcess.await(port: port, log: "sshd/log", in: sandbox)
    // ssh itself looks into the home directory of the account, whatever HOME says; so `ssh` is a
    // program here that hands it the sandbox's configuration.
    try sandbox.writeScript("bin/ssh", "exec /usr/bin/ssh -F \"$HOME/.ssh/config\" \"$@\"")
    try remember(hostKey: "host-\(port)")
  }

  /// Makes that key the one the host is known by; nil leaves it unknown.
  package func remember(hostKey name: String?) throws {
    let key = name.flatMap { sandbox.read("home/.ssh/\($0).pub") } ?? ""
    let fields = key.split(separator: " ").prefix(2).joined(separator: " ")
    try sandbox.write(
      "home/.ssh/known_hosts", fields.isEmpty ? "" : "[127.0.0.1]:\(port) \(fields)\n")
  }

  /// Writes ~/.ssh/config with a host `hub` for this server.
  ///
  /// - Parameter key: the identity it names: a key of the sandbox, or its public file alone where
  ///   an agent holds it.
  package func configure(host: String = "hub", key: String, port: UInt16? = nil) throws {
    try sandbox.write(
      "home/.ssh/config",
      """
      Host \(host)
        HostName 127.0.0.1
        Port \(port ?? self.port)
        User \(user)
        IdentityFile \(sandbox.path("home/.ssh/" + key))
        IdentitiesOnly yes
        UserKnownHostsFile \(sandbox.path("home/.ssh/known_hosts"))
        GlobalKnownHostsFile /dev/null

      """)
  }

  /// What a program must see so that `ssh` reads the sandbox's configuration.
  package var environment: [String: String] {
    ["PATH": sandbox.path("bin") + ":" + (sandbox.environment["PATH"] ?? "")]
  }

  /// The URL of a repository in the sandbox, by the name in ~/.ssh/config.
  package func url(_ repository: String, host: String = "hub") -> String {
    "\(host):\(sandbox.path(repository))"
  }
}
