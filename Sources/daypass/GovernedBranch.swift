import Foundation
import GitStore
import Glibc
import History
import Submission

/// The governed branch of a clone and every working tree that has it checked out.
struct GovernedBranch: LocalBranch {
  let repository: GitRepository
  let branch: String

  private var reference: String { "refs/heads/\(branch)" }

  func tip() throws(HistoryError) -> ObjectID? { try repository.tip(of: reference) }

  func prepare(to new: ObjectID) async throws(HistoryError) {
    let step = try step(from: try tip(), to: new)
    for tree in try WorkTree.following(reference, in: repository) {
      try await patiently { () async throws(HistoryError) in
        try await tree.prepare(from: step.old, to: step.new, paths: step.paths)
      }
    }
  }

  func advance(
    from old: ObjectID?, to new: ObjectID, because message: String
  ) async throws(HistoryError) {
    guard old != new else { return }
    let step = try step(from: old, to: new)
    // Reference and files move as one for every daypass in this clone.
    let lock = await lock()
    defer { close(lock) }
    try await patiently { () async throws(HistoryError) in
      try repository.move(reference, to: new, expecting: old, because: message)
    }
    for tree in try WorkTree.following(reference, in: repository) {
      try await patiently { () async throws(HistoryError) in
        try await tree.apply(from: step.old, to: step.new, paths: step.paths)
      }
    }
  }

  /// Another git may hold one of its short locks just now.
  private func patiently(
    _ step: () async throws(HistoryError) -> Void
  ) async throws(HistoryError) {
    for _ in 1...40 {
      do {
        return try await step()
      } catch {
        guard error.code == .locked else { throw error }
        try? await Task.sleep(for: .milliseconds(50))
      }
    }
    try await step()
  }

  /// Waits for whichever other daypass is moving the branch here; the lock ends with the descriptor.
  /// Where there can be no lock file, everything goes on without.
  private func lock() async -> Int32 {
    let directory = repository.commonDirectory + "/daypass"
    try? FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    let descriptor = open(directory + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return descriptor }
    for _ in 1...200 where flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      try? await Task.sleep(for: .milliseconds(20))
    }
    return descriptor
  }

  /// The trees of two commits and the files that may differ between them.
  private struct Step {
    let old: ObjectID?
    let new: ObjectID
    let paths: [String]
  }

  private func step(from old: ObjectID?, to new: ObjectID) throws(HistoryError) -> Step {
    var oldTree: ObjectID?
    if let old { oldTree = try repository.commit(old).tree }
    let newTree = try repository.commit(new).tree
    var difference = FileDifference(reader: repository)
    try difference.compare(oldTree, newTree)
    return Step(old: oldTree, new: newTree, paths: difference.paths)
  }
}

/// The files in which two trees differ, found by skipping what has the same id.
struct FileDifference {
  let reader: any HistoryReader
  private(set) var paths: [String] = []

  init(reader: any HistoryReader) { self.reader = reader }

  mutating func compare(
    _ old: ObjectID?, _ new: ObjectID?, below prefix: String = ""
  ) throws(HistoryError) {
    guard old != new else { return }
    let before = try entries(old)
    let after = try entries(new)
    for name in Set(before.keys).union(after.keys).sorted() {
      let (left, right) = (before[name], after[name])
      guard left != right else { continue }
      let path = prefix + name
      // A file that became a directory, or the other way round, counts on both sides.
      if [left, right].contains(where: { $0.map { !$0.isTree } ?? false }) { paths.append(path) }
      let trees = (left.flatMap(Self.tree), right.flatMap(Self.tree))
      if trees.0 != nil || trees.1 != nil {
        try compare(trees.0, trees.1, below: path + "/")
      }
    }
  }

  private static func tree(_ entry: TreeEntry) -> ObjectID? { entry.isTree ? entry.id : nil }

  private func entries(_ tree: ObjectID?) throws(HistoryError) -> [String: TreeEntry] {
    guard let tree else { return [:] }
    return Dictionary(
      try reader.tree(tree).entries.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }
}

extension HistoryReader {
  /// The commit, read leniently, as git itself would.
  func commit(_ id: ObjectID) throws(HistoryError) -> CommitRecord {
    let object = try read(id, limit: 128 << 20)
    guard object.kind == .commit, let record = CommitRecord(id: id, parsing: object.bytes) else {
      throw HistoryError(.notFound, "the object \(id) is no commit")
    }
    return record
  }

  func tree(_ id: ObjectID) throws(HistoryError) -> TreeRecord {
    let object = try read(id, limit: 64 << 20)
    guard object.kind == .tree, let record = TreeRecord(parsing: object.bytes) else {
      throw HistoryError(.corrupt, "the object \(id) is no well-formed directory")
    }
    return record
  }
}
