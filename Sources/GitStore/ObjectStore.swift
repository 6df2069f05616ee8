import Clibgit2
import History

/// Objects of one repository, read and written.
///
/// One store may be used from many tasks, but its packs are read by one at a time: workers that
/// read in parallel each take a store of their own (``GitRepository/makeReader()``).
package final class ObjectStore: HistoryReader {
  private let database: Database
  /// Its packs alone, as they were when they were opened: what is not in them may yet be there.
  private let packs: PackReader
  /// Where loose objects lie: the repository's own directory, then its alternates.
  private let looseDirectories: [String]
  private let large: LargeObjects

  /// More than any object daypass has a use for, and far from overflowing.
  private static let mostBytes = 1 << 30

  /// - Parameters:
  ///   - directory: the repository's `objects`, with or without trailing `/.`.
  ///   - alternates: further object directories, from `GIT_ALTERNATE_OBJECT_DIRECTORIES`.
  init(directory: String, alternates: [String]) throws(HistoryError) {
    database = try Database(directory: directory, alternates: alternates)
    looseDirectories = Alternates.directories(of: directory, and: alternates)
    packs = try PackReader(looseDirectories)
    large = LargeObjects(looseDirectories)
  }

  package func read(_ id: ObjectID, limit: Int) throws(HistoryError) -> RawObject {
    let limit = min(max(limit, 0), Self.mostBytes)
    // Most objects are packed, and looking for a file that is not there is dear.
    switch packs.read(id, limit: limit) {
    case .object(let object): return object
    case .tooLarge:
      if let object = try? large.packed(id) {
        throw Self.refusal(of: object, id, limit: limit)
      }
    // A pack may be damaged, or gone since: as git does, look for the object elsewhere.
    case .none: break
    }
    for directory in looseDirectories {
      let read: RawObject?
      do {
        read = try LooseObject.read(id, in: directory, limit: limit)
      } catch {
        guard error.code == .tooLarge, let object = try large.loose(id, in: directory) else {
          throw error
        }
        throw Self.refusal(of: object, id, limit: limit)
      }
      guard let object = read else { continue }
      guard try Self.id(of: object.kind, object.bytes) == id else {
        throw HistoryError(
          .corrupt, "The object \(id) is corrupt: its content has another hash.",
          hint: "Compare with another clone: git fsck")
      }
      return object
    }
    do {
      return try database.read(id, limit: limit)
    } catch {
      guard error.code == .tooLarge else { throw error }
      guard let object = try large.packed(id) else {
        throw HistoryError(
          .unreadable, "The object \(id) is said to be too large, and cannot be read to see.",
          hint: "git repack -a -d")
      }
      throw Self.refusal(of: object, id, limit: limit)
    }
  }

  package func scan(
    _ id: ObjectID, _ take: (UnsafeRawBufferPointer) -> Void
  ) throws(HistoryError) -> ObjectKind {
    try large.scan(id, each: take).kind
  }

  /// What to say of an object one copy of which was said to be too large. Another copy that is not
  /// shows that to be a lie.
  private static func refusal(
    of object: ProvenObject, _ id: ObjectID, limit: Int
  ) -> HistoryError {
    guard object.size <= limit else { return tooLarge(id, size: object.size, limit: limit) }
    return HistoryError(
      .corrupt, "The object \(id) is corrupt: one of its copies is larger than it is.",
      hint: "Compare with another clone: git fsck")
  }

  package func contains(_ id: ObjectID) throws(HistoryError) -> Bool {
    database.contains(id)
  }

  func write(_ kind: ObjectKind, _ bytes: [UInt8]) throws(HistoryError) -> ObjectID {
    try database.write(kind, bytes)
  }

  /// Lets libgit2's own checkout see the objects this store sees.
  func share(with repository: OpaquePointer) throws(HistoryError) {
    try database.share(with: repository)
  }

  /// The id git gives to such an object; computed with collision detection.
  static func id(of kind: ObjectKind, _ bytes: [UInt8]) throws(HistoryError) -> ObjectID {
    var oid = git_oid()
    try Libgit2.call("hash a \(kind.rawValue)") {
      bytes.withUnsafeBytes { git_odb_hash(&oid, $0.baseAddress, $0.count, kind.libgit2) }
    }
    return ObjectID(oid)
  }

  /// - Parameter size: in bytes; what was proven, or what a header claims.
  static func tooLarge(_ id: ObjectID, size: Int, limit: Int) -> HistoryError {
    HistoryError(
      .tooLarge, "The object \(id) has \(size) bytes; at most \(limit) are allowed here.")
  }
}

/// libgit2's object database, which locks what it shares between threads itself.
private struct Database: ~Copyable, Sendable {
  private let handle: Owned

  init(directory: String, alternates: [String]) throws(HistoryError) {
    try Libgit2.start()
    let handle = try Owned("open \(directory)", freedBy: git_odb_free) {
      git_odb_open($0, directory)
    }
    for alternate in alternates {
      try Libgit2.call("open \(alternate)") {
        git_odb_add_disk_alternate(handle.pointer, alternate)
      }
    }
    self.handle = handle
  }

  func read(_ id: ObjectID, limit: Int) throws(HistoryError) -> RawObject {
    try handle.read(id, limit: limit)
  }

  func contains(_ id: ObjectID) -> Bool {
    var oid = id.oid
    return git_odb_exists(handle.pointer, &oid) == 1
  }

  func write(_ kind: ObjectKind, _ bytes: [UInt8]) throws(HistoryError) -> ObjectID {
    var oid = git_oid()
    try Libgit2.call("write a \(kind.rawValue)") {
      bytes.withUnsafeBytes {
        git_odb_write(&oid, handle.pointer, $0.baseAddress, $0.count, kind.libgit2)
      }
    }
    return ObjectID(oid)
  }

  func share(with repository: OpaquePointer) throws(HistoryError) {
    try Libgit2.call("use the object database") {
      git_repository_set_odb(repository, handle.pointer)
    }
  }
}

extension Owned {
  /// Reads an object of the database that this is.
  fileprivate borrowing func read(
    _ id: ObjectID, limit: Int
  ) throws(HistoryError) -> RawObject {
    var oid = id.oid
    var size = 0
    var type = GIT_OBJECT_INVALID
    let absent = GIT_ENOTFOUND.rawValue
    let found = try Libgit2.call("read the object \(id)", tolerating: [absent]) {
      git_odb_read_header(&size, &type, pointer, &oid)
    }
    guard found != absent else { throw Self.missing(id) }
    guard size <= limit else { throw ObjectStore.tooLarge(id, size: size, limit: limit) }
    guard
      let object = try Owned.ifFound(
        "read the object \(id)", freedBy: git_odb_object_free,
        { git_odb_read($0, pointer, &oid) })
    else { throw Self.missing(id) }
    guard let kind = ObjectKind(git_odb_object_type(object.pointer)) else {
      throw HistoryError(.corrupt, "The object \(id) is corrupt: it is of no known kind.")
    }
    // The header is no promise: what was read counts.
    let count = git_odb_object_size(object.pointer)
    guard count <= limit else { throw ObjectStore.tooLarge(id, size: count, limit: limit) }
    let bytes = UnsafeRawBufferPointer(start: git_odb_object_data(object.pointer), count: count)
    return RawObject(kind: kind, bytes: Array(bytes))
  }

  private static func missing(_ id: ObjectID) -> HistoryError {
    HistoryError(
      .missing, "The object \(id) is not in this repository.", hint: "git fsck --full")
  }
}

extension ObjectKind {
  init?(_ type: git_object_t) {
    switch type {
    case GIT_OBJECT_COMMIT: self = .commit
    case GIT_OBJECT_TREE: self = .tree
    case GIT_OBJECT_BLOB: self = .blob
    case GIT_OBJECT_TAG: self = .tag
    default: return nil
    }
  }

  var libgit2: git_object_t {
    switch self {
    case .commit: GIT_OBJECT_COMMIT
    case .tree: GIT_OBJECT_TREE
    case .blob: GIT_OBJECT_BLOB
    case .tag: GIT_OBJECT_TAG
    }
  }
}
