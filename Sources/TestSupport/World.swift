import Grants
import History
import Ledger
import Synchronization

/// A whole repository in memory with people who hold keys: what tests of the fold are told in.
///
/// Every commit is made by hand, so that a test can sign, leave out or forge whatever it likes.
package final class World: Sendable {
  /// One entry of a commit's tree.
  package struct File: Sendable, Hashable {
    package var bytes: [UInt8]
    package var mode: UInt32 = TreeEntry.fileMode

    package init(_ bytes: [UInt8], mode: UInt32 = TreeEntry.fileMode) {
      self.bytes = bytes
      self.mode = mode
    }

    package init(_ text: String) { self.init(Array(text.utf8)) }
  }

  package static let start = Timestamp(seconds: 1_790_000_000)
  package static let alice = "alice@example.com"
  package static let bob = "bob@example.com"
  package static let carol = "carol@example.com"
  package static let dave = "dave@example.com"
  package static let erin = "erin@example.com"
  package static let ci = "ci@example.com"

  package let history = InMemoryHistory()
  package let keys: [String: TestKey]
  package let root: ObjectID
  private let trees = Mutex<[ObjectID: [String: File]]>([:])
  private let counter = Mutex<UInt64>(1)

  /// - Parameters:
  ///   - policy: changes to ``defaultPolicy(_:)``'s files, by path below `policies/`; nil removes.
  ///   - grants: files that the root has below `grants/`.
  package init(
    policy changes: [String: String?] = [:], grants: [String: File] = [:],
    keys extra: [String: TestKey] = [:]
  ) throws {
    var keys = extra
    for person in [Self.alice, Self.bob, Self.carol, Self.dave, Self.erin, Self.ci]
    where keys[person] == nil {
      keys[person] = TestKey()
    }
    self.keys = keys
    var files = Dictionary(
      uniqueKeysWithValues: Self.defaultPolicy(keys).map { ("policies/\($0)", File($1)) })
    for (path, text) in changes { files["policies/\(path)"] = text.map { File($0) } }
    files.merge(grants) { _, new in new }
    files["grants/README.md"] = File("Grants lie here.\n")
    let tree = try Self.writeTree(files, history)
    root = try history.write(
      .commit,
      Array(
        """
        tree \(tree)
        author Root <root@example.com> \(Self.start.seconds) +0000
        committer Root <root@example.com> \(Self.start.seconds) +0000

        Begin

        """.utf8))
    trees.withLock { $0[root] = files }
  }

  /// Admins carol and dave (quorum 1), leads bob and dave, engineers alice, bob, dave and erin.
  package static func defaultPolicy(_ keys: [String: TestKey]) -> [String: String] {
    var signers = ""
    for (person, key) in keys.sorted(by: { $0.key < $1.key }) {
      signers += "\(person) namespaces=\"git\" \(key.line)\n"
    }
    return [
      "daypass.yaml": policyHead(serial: 1), "allowed_signers": signers,
      "groups.yaml": """
      groups:
        engineers: [\(alice), \(bob), \(dave), \(erin)]
        leads: [\(bob), \(dave)]

      """,
      "roles/db-read.yaml": role(quorum: 1), "roles/prod-admin.yaml": role(quorum: 2),
    ]
  }

  package static func policyHead(
    serial: Int, name: String = "world", admins: [String] = [carol, dave], quorum: Int = 1,
    settings: [String] = []
  ) -> String {
    var text = """
      schema: daypass/policy/v1
      name: \(name)
      serial: \(serial)
      admins: [\(admins.joined(separator: ", "))]
      adminQuorum: \(quorum)
      reconcilers: [\(ci)]

      """
    if !settings.isEmpty { text += "settings:\n" }
    for setting in settings { text += "  \(setting)\n" }
    return text
  }

  package static func role(quorum: Int, extra: [String] = []) -> String {
    var text = """
      description: A role
      requestable: {groups: [engineers]}
      onBehalfOf: {groups: [engineers]}
      duration: {min: PT1M, max: PT4H}
      approval:
        stages:
          - from: {groups: [leads]}
            quorum: \(quorum)

      """
    for line in extra { text += line + "\n" }
    return text
  }

  // MARK: Commits

  /// The files of a commit's tree.
  package func files(of commit: ObjectID) -> [String: File] { trees.withLock { $0[commit] ?? [:] } }

  /// Makes a commit.
  ///
  /// - Parameters:
  ///   - parents: the tree starts as the first one's.
  ///   - edits: files put or, where nil, taken away.
  ///   - signer: whose key signs; nil leaves the commit unsigned.
  @discardableResult
  package func commit(
    on parents: ObjectID..., edits: [String: File?] = [:], by signer: String?, at moment: Timestamp,
    message: String = "A change\n", key: TestKey? = nil, base: ObjectID? = nil,
    transform: (([UInt8]) -> [UInt8])? = nil
  ) throws -> ObjectID {
    var files = files(of: base ?? parents[0])
    for (path, file) in edits { files[path] = file }
    let tree = try Self.writeTree(files, history)
    var text = "tree \(tree)\n"
    for parent in parents { text += "parent \(parent)\n" }
    let person = "Someone <someone@example.com> \(moment.seconds) +0000"
    text += "author \(person)\ncommitter \(person)\n"
    let payload = Array((text + "\n" + message).utf8)
    var bytes = payload
    if let key = key ?? signer.flatMap({ keys[$0] }) {
      bytes = Self.embed(key.sign(payload), in: payload, headerEnd: text.utf8.count)
    }
    if let transform { bytes = transform(bytes) }
    let id = try history.write(.commit, bytes)
    trees.withLock { $0[id] = files }
    return id
  }

  /// Puts an armored signature into a payload as its last header.
  package static func embed(
    _ armor: [UInt8], in payload: [UInt8], headerEnd: Int, header: String = "gpgsig"
  ) -> [UInt8] {
    let lines = String(decoding: armor, as: UTF8.self).split(separator: "\n")
    let folded = "\(header) " + lines.joined(separator: "\n ") + "\n"
    return payload[..<headerEnd] + Array(folded.utf8) + payload[headerEnd...]
  }

  /// A merge whose tree is `tree`'s (default: the union of both sides' changes to the first).
  package func merge(
    _ first: ObjectID, _ others: ObjectID..., tree base: ObjectID? = nil, by signer: String? = nil,
    at moment: Timestamp, edits: [String: File?] = [:]
  ) throws -> ObjectID {
    var files = files(of: base ?? first)
    if base == nil {
      let origin = self.files(of: root)
      for other in others {
        let theirs = self.files(of: other)
        for (path, file) in theirs where origin[path] != file { files[path] = file }
        // What they removed since the root and the first still has as it was for them.
        let before = everything(behind: other)
        for path in files.keys where theirs[path] == nil && before.contains(path) {
          files[path] = nil
        }
      }
    }
    for (path, file) in edits { files[path] = file }
    let tree = try Self.writeTree(files, history)
    var text = "tree \(tree)\n"
    for parent in [first] + others { text += "parent \(parent)\n" }
    let person = "Someone <someone@example.com> \(moment.seconds) +0000"
    text += "author \(person)\ncommitter \(person)\n"
    let payload = Array((text + "\nMerge\n").utf8)
    var bytes = payload
    if let signer, let key = keys[signer] {
      bytes = Self.embed(key.sign(payload), in: payload, headerEnd: text.utf8.count)
    }
    let id = try history.write(.commit, bytes)
    trees.withLock { $0[id] = files }
    return id
  }

  /// The paths that the commit or some ancestor of it has.
  private func everything(behind commit: ObjectID) -> Set<String> {
    var (open, seen, paths) = ([commit], Set([commit]), Set<String>())
    while let next = open.popLast() {
      paths.formUnion(files(of: next).keys)
      guard let object = try? history.read(next, limit: 1 << 20),
        let record = CommitRecord(id: next, parsing: object.bytes)
      else { continue }
      open += record.parents.filter { seen.insert($0).inserted }
    }
    return paths
  }

  package func nextRandom() -> UInt64 {
    counter.withLock { counter in
      counter += 1
      return counter
    }
  }

  /// The id of the `policies/` tree in a commit.
  package func policyTree(of commit: ObjectID) throws -> ObjectID {
    try policyTree(files(of: commit))
  }

  package func policyTree(_ files: [String: File]) throws -> ObjectID {
    let below = files.filter { $0.key.hasPrefix("policies/") }
    return try Self.writeTree(
      Dictionary(uniqueKeysWithValues: below.map { (String($0.dropFirst(9)), $1) }), history)
  }

  package static func writeTree(
    _ files: [String: File], _ history: InMemoryHistory
  ) throws -> ObjectID {
    var entries: [TreeEntry] = []
    var folders: [String: [String: File]] = [:]
    for (path, file) in files {
      let parts = path.split(separator: "/", maxSplits: 1)
      if parts.count == 2 {
        folders[String(parts[0]), default: [:]][String(parts[1])] = file
      } else {
        entries.append(
          TreeEntry(mode: file.mode, name: path, id: try history.write(.blob, file.bytes)))
      }
    }
    for (name, files) in folders {
      entries.append(
        TreeEntry(mode: TreeEntry.treeMode, name: name, id: try writeTree(files, history)))
    }
    return try history.write(.tree, TreeRecord(entries).bytes)
  }
}
