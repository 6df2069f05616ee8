import Foundation
import GitStore
import History
import Synchronization
import TestSupport

/// Pushes signed commits of one new grant file each, with `git push` and nothing else.
final class GitPusher: Pusher {
  private let number: Int
  private let hub: PushHub
  private let isToMain: Bool
  private let repository: TemporaryRepository
  private let objects: GitRepository
  private let key: TestKey
  private let state: Mutex<(tip: ObjectID, made: Int)>

  init(_ number: Int, at hub: PushHub, toMain isToMain: Bool) async throws {
    self.number = number
    self.hub = hub
    self.isToMain = isToMain
    let name = "writer\(number).git"
    try await hub.sandbox.git("clone", "-q", "--bare", hub.sandbox.path("remote.git"), name)
    repository = TemporaryRepository(existing: name, in: hub.sandbox)
    // As daypass pushes: nothing is tidied up meanwhile.
    for (option, value) in [
      ("remote.origin.url", hub.url(for: number)), ("gc.auto", "0"), ("maintenance.auto", "false"),
    ] {
      try await repository.git("config", option, value)
    }
    objects = try repository.open()
    key = TestKey()
    guard let first = ObjectID(hex: hub.first) else {
      throw ToolFailure(arguments: ["git", "clone"], words: "no first commit")
    }
    state = Mutex((first, 0))
  }

  func push() async throws -> (landed: Bool, outrun: Int) {
    var outrun = 0
    while true {
      let (tip, made) = state.withLock { state in
        state.made += 1
        return state
      }
      let commit = try commit(upon: tip, made)
      let reference = isToMain ? "main" : "w\(number)/\(made)"
      let result = try await git(
        "push", "--porcelain", "origin", "\(commit):refs/heads/\(reference)")
      if result.succeeded {
        if isToMain { state.withLock { $0.tip = commit } }
        return (true, outrun)
      }
      guard isToMain,
        result.text.contains("[rejected]") || result.text.contains("[remote rejected]")
      else {
        throw ToolFailure(arguments: ["git", "push"], words: result.text + result.errorText)
      }
      outrun += 1
      let fetched = try await git("fetch", "-q", "origin", "+refs/heads/main:refs/heads/main")
      guard fetched.succeeded else {
        throw ToolFailure(arguments: ["git", "fetch"], words: fetched.errorText)
      }
      let head = try await repository.id("refs/heads/main")
      state.withLock { $0.tip = head }
    }
  }

  private func git(_ arguments: String...) async throws -> ProgramResult {
    try await hub.sandbox.run(["git"] + arguments, in: repository.name, env: hub.environment)
  }

  // MARK: The commit

  /// A commit that adds one grant file, in an hour of its own writer: seven trees and a file, as
  /// large as a request is.
  private func commit(upon parent: ObjectID, _ made: Int) throws -> ObjectID {
    let text = String(decoding: try objects.read(parent, limit: 1 << 20).bytes, as: UTF8.self)
    guard let tree = ObjectID(hex: String(text.dropFirst("tree ".count).prefix(40))) else {
      throw ToolFailure(arguments: ["read"], words: "no commit: \(parent)")
    }
    let name = "w\(number)-\(made)"
    let file = try objects.write(.blob, Array(Self.grant(name).utf8))
    let path = ["grants", "pending", "2026", "11", "24", "18", name + ".json"]
    let new = try put(file, at: path[...], in: tree)
    let moment = Int(Date.now.timeIntervalSince1970)
    let person = "Writer \(number) <writer\(number)@example.com> \(moment) +0000"
    let head = "tree \(new)\nparent \(parent)\nauthor \(person)\ncommitter \(person)\n"
    let message = "\nrequest: db-read for writer\(number)@example.com\n"
    let armor = String(decoding: key.sign(Array((head + message).utf8)), as: UTF8.self)
    let signature = armor.split(separator: "\n").joined(separator: "\n ")
    return try objects.write(.commit, Array((head + "gpgsig \(signature)\n" + message).utf8))
  }

  private func put(
    _ file: ObjectID, at path: ArraySlice<String>, in tree: ObjectID?
  ) throws -> ObjectID {
    guard let name = path.first else { return file }
    var old = TreeRecord.empty
    if let tree {
      let bytes = try objects.read(tree, limit: 1 << 24).bytes
      guard let parsed = TreeRecord(parsing: bytes) else {
        throw ToolFailure(arguments: ["read"], words: "no tree: \(tree)")
      }
      old = parsed
    }
    let id = try put(file, at: path.dropFirst(), in: old.entry(named: name)?.id)
    let mode = path.count == 1 ? TreeEntry.fileMode : TreeEntry.treeMode
    let new = old.replacing(name, with: TreeEntry(mode: mode, name: name, id: id))
    return try objects.write(.tree, new.bytes)
  }

  private static func grant(_ id: String) -> String {
    """
    {
      "approvals": [],
      "duration": "PT1H",
      "id": "20261124T180000Z-\(id)",
      "justification": "To look at one row of the orders that went astray last night",
      "repository": "bench",
      "requestedAt": "2026-11-24T18:00:00Z",
      "requester": "writer@example.com",
      "reviews": [],
      "role": "db-read",
      "schema": "daypass/grant/v1",
      "subject": "writer@example.com",
      "ticket": "OPS-4242"
    }

    """
  }
}
