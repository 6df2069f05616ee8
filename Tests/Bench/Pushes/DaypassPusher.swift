import Foundation
import GitStore
import Synchronization
import TestSupport

/// Somebody with a clone who asks for a role and takes the request back, again and again.
final class DaypassPusher: Pusher {
  private let name: String
  private let hub: PushHub
  private let binary: String
  private let isOnBranches: Bool
  private let open = Mutex<String?>(nil)

  private init(_ name: String, _ hub: PushHub, _ binary: String, onBranches: Bool) {
    (self.name, self.hub, self.binary, isOnBranches) = (name, hub, binary, onBranches)
  }

  /// Makes the repository governed by the policy that `daypass init` writes, and a clone for each.
  static func make(
    _ count: Int, at hub: PushHub, _ binary: String, onBranches: Bool
  ) async throws -> [DaypassPusher] {
    let sandbox = hub.sandbox
    var keys: [String] = []
    for number in 0..<count { keys.append(try await sandbox.makeKey("p\(number)")) }
    let admin = try await sandbox.makeKey("admin")
    let members = keys.enumerated().flatMap { ["--member", "p\($0)@example.com=\($1).pub"] }
    let initialised = try await sandbox.run(
      [binary, "init", "--name", "bench", "--admin", "admin@example.com=\(admin).pub"] + members,
      in: "first")
    guard initialised.succeeded else {
      throw ToolFailure(arguments: ["daypass", "init"], words: initialised.errorText)
    }
    try await sandbox.git("push", "-q", sandbox.path("remote.git"), "main", in: "first")
    let root = try await sandbox.git("rev-parse", "HEAD", in: "first")
    for (number, key) in keys.enumerated() {
      let name = "p\(number)"
      try await sandbox.git("clone", "-q", sandbox.path("remote.git"), name)
      try sandbox.writeScript(
        "bin/sign-\(name)", "printf . >> '\(log(of: name, in: sandbox))'; exec ssh-keygen \"$@\"")
      for (option, value) in [
        ("user.name", name), ("user.email", name + "@example.com"), ("gpg.format", "ssh"),
        ("user.signingKey", key), ("daypass.root", root), ("daypass.remoteTimeout", "240"),
        ("remote.origin.url", hub.url(for: number)),
        ("gpg.ssh.program", sandbox.path("bin/sign-\(name)")),
      ] {
        try await sandbox.git("config", option, value, in: name)
      }
    }
    return (0..<count).map { DaypassPusher("p\($0)", hub, binary, onBranches: onBranches) }
  }

  func push() async throws -> (landed: Bool, outrun: Int) {
    let grant = open.withLock { $0 }
    let request = ["request", "db-read", "--for", "1h", "--why", "to look at one row"]
    var arguments = grant.map { ["withdraw", $0] } ?? request
    if isOnBranches, grant == nil { arguments.append("--branch") }
    let clean: [String: String?] = [
      "GIT_AUTHOR_NAME": nil, "GIT_AUTHOR_EMAIL": nil, "GIT_COMMITTER_NAME": nil,
      "GIT_COMMITTER_EMAIL": nil,
    ]
    let before = signed()
    let result = try await ProgramRunner(hub.sandbox.environment).run(
      [binary] + arguments + ["--yes", "-o", "json"], in: hub.sandbox.path(name),
      changing: clean.merging(hub.environment) { $1 }, timeout: .seconds(600))
    let outrun = signed() - before - 1
    guard result.succeeded || result.status == 5 else {
      throw ToolFailure(arguments: ["daypass"] + arguments, words: result.errorText)
    }
    guard result.succeeded else { return (false, outrun + 1) }
    struct Report: Decodable {
      struct Grant: Decodable { let id: String }
      let pushed: Bool
      let grants: [Grant]
    }
    let report = try JSONDecoder().decode(Report.self, from: Data(result.output))
    guard report.pushed, let id = report.grants.first?.id else {
      throw ToolFailure(arguments: ["daypass"] + arguments, words: result.text)
    }
    // On branches nobody lands anything, so each request stays where it is.
    open.withLock { $0 = grant == nil && !isOnBranches ? id : nil }
    return (true, outrun)
  }

  /// How many signatures were made: `daypass` signs anew each time that somebody was faster.
  private func signed() -> Int {
    (hub.sandbox.read(Self.log(of: name, in: hub.sandbox)) ?? "").utf8.count
  }

  private static func log(of name: String, in sandbox: Sandbox) -> String {
    sandbox.path("home/signed-\(name)")
  }
}
