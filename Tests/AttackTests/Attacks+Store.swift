import Foundation
import GitStore
import Grants
import History
import Ledger
import Signatures
import TestSupport

/// What is wrong with the repository on disk, and not with what was written into it.
extension Attack {
  /// A history with nothing wrong in it, and what is done to the repository that holds it.
  private static func disk(
    _ name: String, stops code: LedgerError.Code? = nil,
    _ change: @escaping @Sendable (TemporaryRepository, Scene) async throws -> Void
  ) -> Attack {
    Attack(name) {
      let world = try World()
      let (grant, head) = try world.activated()
      let end = try world.close(grant, .revoked, on: head, by: World.alice, at: t + .minutes(2))
      var scene = Scene(world, end, at: soon, .only(disputed: false))
      let plain = scene
      scene.prepare = { try await change($0, plain) }
      scene.onDisk = code
      return scene
    }
  }

  private static func file(of id: ObjectID, in repository: TemporaryRepository) -> String {
    "\(repository.path)/objects/\(id.hex.prefix(2))/\(id.hex.dropFirst(2))"
  }

  /// The tree of the head, the first thing that anybody needs.
  private static func tree(_ scene: Scene) throws -> ObjectID {
    try scene.world.history.commit(scene.head).tree
  }

  /// The file of an object, rewritten; nil takes it away.
  private static func rewrite(
    _ id: ObjectID, in repository: TemporaryRepository, _ change: (Data) -> Data?
  ) throws {
    let path = file(of: id, in: repository)
    let data = try Data(contentsOf: URL(filePath: path))
    try FileManager.default.removeItem(atPath: path)
    if let new = change(data) { try new.write(to: URL(filePath: path)) }
  }

  static let store: [Attack] = [
    disk("missing object", stops: .brokenHistory) { repository, scene in
      try rewrite(try tree(scene), in: repository) { _ in nil }
    },
    disk("corrupt object", stops: .brokenHistory) { repository, scene in
      try rewrite(try tree(scene), in: repository) { data in
        var data = data
        data[data.count / 2] ^= 0xff
        return data
      }
    },
    disk("truncated object", stops: .brokenHistory) { repository, scene in
      try rewrite(try tree(scene), in: repository) { $0.prefix($0.count / 2) }
    },
    disk("truncated commit", stops: .brokenHistory) { repository, scene in
      try rewrite(scene.head, in: repository) { $0.prefix($0.count - 8) }
    },
    disk("empty object", stops: .brokenHistory) { repository, scene in
      try rewrite(try tree(scene), in: repository) { _ in Data() }
    },
    disk("wrong-hash object", stops: .brokenHistory) { repository, scene in
      // The tree in which the grant is active still, under the name of the one where it ended.
      let before = try scene.world.history.commit(scene.head).parents[0]
      let other = try scene.world.history.commit(before).tree
      let old = try Data(contentsOf: URL(filePath: file(of: other, in: repository)))
      try rewrite(try tree(scene), in: repository) { _ in old }
    },
    disk("refs/replace") { repository, scene in
      let before = try scene.world.history.commit(scene.head).parents[0]
      try await repository.git("update-ref", "refs/replace/\(scene.head)", before.hex)
    },
    disk("grafts") { repository, scene in
      try repository.write("info/grafts", "\(scene.head) \(scene.world.root)\n")
    },
    disk("forged commit-graph") { repository, scene in
      try await repository.git("commit-graph", "write", "--reachable")
      try forgeGraph(repository.path + "/objects/info/commit-graph", orphaning: scene.head)
      // git itself believes it: the head has no parents.
      guard try await repository.git("rev-list", "--count", "main") == "1" else {
        throw ToolFailure(arguments: ["forge the commit-graph"], words: "git is not fooled")
      }
    },
    disk("shallow", stops: .brokenHistory) { repository, scene in
      try repository.write("shallow", "\(scene.head)\n")
    },
    disk("partial clone", stops: .brokenHistory) { repository, _ in
      try await repository.git("config", "remote.origin.url", "/nowhere")
      try await repository.git("config", "remote.origin.promisor", "true")
      try await repository.git("config", "daypass.branch", "main")
    },
    disk("zip bomb", stops: .brokenHistory) { repository, scene in
      let bomb = try await makeBomb(in: repository)
      let data = try Data(contentsOf: URL(filePath: file(of: bomb, in: repository)))
      try rewrite(try tree(scene), in: repository) { _ in data }
    },
    disk("zip bomb, packed", stops: .brokenHistory) { repository, scene in
      let bomb = try await makeBomb(in: repository)
      let all = try await repository.git(
        "cat-file", "--batch-all-objects", "--batch-check=%(objectname)")
      try await repository.git(
        "-c", "core.bigFileThreshold=2g", "-c", "core.compression=9", "pack-objects", "-q",
        "--window=0", "objects/pack/pack", stdin: all + "\n")
      try await repository.git("prune-packed", "-q")
      var forgery = try PackForgery(gitDirectory: repository.path)
      try forgery.exchange(try tree(scene), bomb)
    },
    disk("alternates elsewhere, with a forged object", stops: .brokenHistory) {
      repository, scene in
      let id = try tree(scene)
      let before = try scene.world.history.commit(scene.head).parents[0]
      let other = try scene.world.history.commit(before).tree
      let old = try Data(contentsOf: URL(filePath: file(of: other, in: repository)))
      try rewrite(id, in: repository) { _ in nil }
      let place = repository.sandbox.path("elsewhere/\(id.hex.prefix(2))")
      try FileManager.default.createDirectory(
        atPath: place, withIntermediateDirectories: true)
      try old.write(to: URL(filePath: "\(place)/\(id.hex.dropFirst(2))"))
      try repository.write(
        "objects/info/alternates", repository.sandbox.path("elsewhere") + "\n")
    },
  ]

  /// 200 MiB of zeros, 200 KiB on disk.
  private static func makeBomb(in repository: TemporaryRepository) async throws -> ObjectID {
    let made = try await repository.sandbox.run(
      [
        "sh", "-c",
        "truncate -s 200M ../zeros && git hash-object -t blob -w --stdin < ../zeros; rm ../zeros",
      ],
      in: repository.name,
      env: [
        "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.bigFileThreshold",
        "GIT_CONFIG_VALUE_0": "2g",
      ])
    guard made.succeeded, let bomb = ObjectID(hex: made.text) else {
      throw ToolFailure(arguments: ["git", "hash-object"], words: made.errorText)
    }
    return bomb
  }

  /// Lets the graph say that a commit has no parents (gitformat-commit-graph).
  private static func forgeGraph(_ path: String, orphaning id: ObjectID) throws {
    var bytes = Array(try Data(contentsOf: URL(filePath: path)))
    func number(_ place: Int, _ count: Int) -> Int {
      bytes[place..<(place + count)].reduce(0) { $0 << 8 | Int($1) }
    }
    var chunks: [String: Int] = [:]
    for index in 0..<Int(bytes[6]) {
      let place = 8 + 12 * index
      chunks[String(decoding: bytes[place..<(place + 4)], as: UTF8.self)] = number(place + 4, 8)
    }
    guard let ids = chunks["OIDL"], let data = chunks["CDAT"], let fan = chunks["OIDF"] else {
      throw ToolFailure(arguments: [path], words: "no commit-graph as known")
    }
    for index in 0..<number(fan + 4 * 255, 4)
    where Array(bytes[(ids + 20 * index)..<(ids + 20 * index + 20)]) == id.bytes {
      let parent = data + 36 * index + 20
      bytes.replaceSubrange(parent..<(parent + 4), with: [0x70, 0, 0, 0])
    }
    bytes.replaceSubrange((bytes.count - 20)..., with: Digest.sha1(Array(bytes.dropLast(20))))
    try FileManager.default.removeItem(atPath: path)
    try Data(bytes).write(to: URL(filePath: path))
  }
}
