import Grants
import History
import Synchronization

/// Reads trees and blobs of one repository, keeping recently read trees.
///
/// Consecutive commits share almost all of their trees, so a small cache saves most reads.
final class TreeReader: Sendable {
  /// The largest tree that is read; a larger one is one opaque entry.
  static let largestTree = 64 << 20
  /// Trees kept, of both generations together, and entries in them: anybody may push large ones.
  private static let kept = 2_048
  private static let keptEntries = 1_000_000

  let history: any HistoryReader

  private struct Cache {
    var young: [ObjectID: TreeRecord] = [:]
    var old: [ObjectID: TreeRecord] = [:]
    /// In the young trees.
    var entries = 0

    /// Trees that are looked at again count as new ones do: else a few large ones, looked at by
    /// every commit, would all be kept.
    mutating func keep(_ tree: TreeRecord, as id: ObjectID) {
      if young.count >= TreeReader.kept / 2 || entries >= TreeReader.keptEntries / 2 {
        old = young
        young = [:]
        entries = 0
      }
      young[id] = tree
      entries += tree.count
    }
  }

  private let cache = Mutex(Cache())

  /// What was read, until that was too much: then all of it goes.
  private struct Kept<Value: Sendable> {
    private var values: [ObjectID: Value] = [:]
    /// Bytes of the objects they were read from.
    private var size = 0
    private let most: Int

    init(most: Int) { self.most = most }

    subscript(_ id: ObjectID) -> Value? { values[id] }

    mutating func keep(_ value: Value, as id: ObjectID, size: Int) {
      if self.size + size > most { self = Kept(most: most) }
      values[id] = value
      self.size += size
    }
  }

  /// What a commit leaves is what the next one changes: each file is looked at twice.
  private let decoded = Mutex(Kept<(grant: Grant, size: Int)>(most: 4 << 20))
  /// A chain is walked once from its head to find it, and then in order.
  private let commits = Mutex(Kept<CommitRecord>(most: 16 << 20))
  /// A change of the policy is looked at by each of its consents and, while it waits, by each
  /// landing.
  private let policies = Mutex(Kept<Result<PolicySnapshot, PolicyFault>>(most: 4 << 20))

  init(_ history: any HistoryReader) { self.history = history }

  /// The tree, or nil if it is malformed, too large or no tree at all.
  ///
  /// - Parameter other: a tree that is likely to be much the same, which saves reading that again.
  /// - Throws: ``LedgerError`` with `.brokenHistory` if it is missing or corrupt.
  func tree(
    _ id: ObjectID, like other: TreeRecord? = nil
  ) throws(LedgerError) -> TreeRecord? {
    if let known = cached(id) { return known }
    guard let object = try read(id, limit: Self.largestTree), object.kind == .tree,
      let tree = TreeRecord(parsing: object.bytes, like: other)
    else { return nil }
    cache.withLock { $0.keep(tree, as: id) }
    return tree
  }

  /// The blob's bytes, or nil if it is larger than `limit` or no blob.
  func blob(_ id: ObjectID, limit: Int) throws(LedgerError) -> [UInt8]? {
    guard let object = try read(id, limit: limit), object.kind == .blob else { return nil }
    return object.bytes
  }

  /// The entry at the path below that tree, or nil. Malformed trees on the way hide what is below.
  func entry(at path: some Sequence<String>, below root: ObjectID) throws(LedgerError) -> TreeEntry?
  {
    var current = TreeEntry(mode: TreeEntry.treeMode, name: "", id: root)
    for component in path {
      guard current.isTree, let tree = try tree(current.id),
        let next = tree.entry(named: component)
      else { return nil }
      current = next
    }
    return current
  }

  func decoded(_ id: ObjectID) -> (grant: Grant, size: Int)? { decoded.withLock { $0[id] } }

  /// - Parameter size: of the file it was read from, in bytes.
  func keep(_ grant: Grant, as id: ObjectID, size: Int) {
    decoded.withLock { $0.keep((grant, size), as: id, size: size) }
  }

  func commit(_ id: ObjectID) -> CommitRecord? { commits.withLock { $0[id] } }

  /// - Parameter size: of the object, in bytes.
  func keep(_ record: CommitRecord, size: Int) {
    guard size <= CommitRecord.largestSigned else { return }
    commits.withLock { $0.keep(record, as: record.id, size: size) }
  }

  func policy(_ tree: ObjectID) -> Result<PolicySnapshot, PolicyFault>? {
    policies.withLock { $0[tree] }
  }

  /// - Parameter size: of its files, in bytes.
  func keep(_ policy: Result<PolicySnapshot, PolicyFault>, as tree: ObjectID, size: Int) {
    policies.withLock { $0.keep(policy, as: tree, size: size) }
  }

  private func cached(_ id: ObjectID) -> TreeRecord? {
    cache.withLock { cache in
      if let known = cache.young[id] { return known }
      guard let known = cache.old[id] else { return nil }
      cache.keep(known, as: id)
      return known
    }
  }

  private func read(_ id: ObjectID, limit: Int) throws(LedgerError) -> RawObject? {
    do {
      return try history.read(id, limit: limit)
    } catch {
      if error.code == .tooLarge { return nil }
      throw LedgerError(error)
    }
  }
}
