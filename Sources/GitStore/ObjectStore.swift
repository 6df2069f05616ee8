import Clibgit2
import History
import Signatures

/// Objects of one repository, read and written.
///
/// One store may be used from many tasks, but its packs have one lock: workers that read in
/// parallel each take a store of their own (``GitRepository/makeReader()``).
package final class ObjectStore: HistoryReader {
  private let database: Database
  /// Its packs alone, as they were when they were opened: what is not in them may yet be there.
  private let packs: Packs
  /// Where loose objects lie: the repository's own directory, then its alternates.
  private let looseDirectories: [String]

  /// More than any object daypass has a use for, and far from overflowing.
  private static let mostBytes = 1 << 30

  /// - Parameters:
  ///   - directory: the repository's `objects`, with or without trailing `/.`.
  ///   - alternates: further object directories, from `GIT_ALTERNATE_OBJECT_DIRECTORIES`.
  init(directory: String, alternates: [String]) throws(HistoryError) {
    database = try Database(directory: directory, alternates: alternates)
    looseDirectories = Alternates.directories(of: directory, and: alternates)
    packs = try Packs(looseDirectories)
  }

  package func read(_ id: ObjectID, limit: Int) throws(HistoryError) -> RawObject {
    let limit = min(max(limit, 0), Self.mostBytes)
    // Most objects are packed, and looking for a file that is not there is dear.
    do {
      if let object = try packs.read(id, limit: limit) { return object }
    } catch {
      // A pack may be damaged, or gone since: as git does, look for the object elsewhere.
      if error.code == .tooLarge { throw error }
    }
    for directory in looseDirectories {
      guard let object = try LooseObject.read(id, in: directory, limit: limit) else { continue }
      guard try Self.id(of: object.kind, object.bytes) == id else {
        throw HistoryError(
          .corrupt, "The object \(id) is corrupt: its content has another hash.",
          hint: "Compare with another clone: git fsck")
      }
      return object
    }
    return try database.read(id, limit: limit)
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

/// The packs of some object directories, and nothing else of them.
///
/// They are asked directly: libgit2's database would look each object up three times and hash it in
/// a way that takes as long as checking a signature.
private struct Packs: ~Copyable, @unchecked Sendable {
  // `@unchecked Sendable` because the backends lock what they share and the array never changes.
  /// Owns the backends.
  private let handle: Owned
  private let backends: [UnsafeMutablePointer<git_odb_backend>]

  init(_ directories: [String]) throws(HistoryError) {
    let handle = try Owned("open packs", freedBy: git_odb_free) { git_odb_new($0) }
    var backends: [UnsafeMutablePointer<git_odb_backend>] = []
    for directory in directories {
      var backend: UnsafeMutablePointer<git_odb_backend>?
      try Libgit2.call("open the packs of \(directory)") {
        git_odb_backend_pack(&backend, directory)
      }
      try Libgit2.call("open the packs of \(directory)") {
        git_odb_add_backend(handle.pointer, backend, 1)
      }
      if let backend { backends.append(backend) }
    }
    self.handle = handle
    self.backends = backends
  }

  /// The object as it was packed when the packs were opened; they are not looked at again.
  ///
  /// - Returns: nil if it was in none of them.
  func read(_ id: ObjectID, limit: Int) throws(HistoryError) -> RawObject? {
    for backend in backends {
      if let object = try Self.read(id, from: backend, limit: limit) { return object }
    }
    return nil
  }

  private static func read(
    _ id: ObjectID, from backend: UnsafeMutablePointer<git_odb_backend>, limit: Int
  ) throws(HistoryError) -> RawObject? {
    guard let readHeader = backend.pointee.read_header, let read = backend.pointee.read else {
      return nil
    }
    var oid = id.oid
    var size = 0
    var type = GIT_OBJECT_INVALID
    let absent = GIT_ENOTFOUND.rawValue
    let found = try Libgit2.call("read the object \(id)", tolerating: [absent]) {
      readHeader(&size, &type, backend, &oid)
    }
    guard found != absent else { return nil }
    guard size <= limit else { throw ObjectStore.tooLarge(id, size: size, limit: limit) }
    var data: UnsafeMutableRawPointer?
    try Libgit2.call("read the object \(id)") { read(&data, &size, &type, backend, &oid) }
    defer { git_odb_backend_data_free(backend, data) }
    guard let kind = ObjectKind(type) else {
      throw HistoryError(.corrupt, "The object \(id) is corrupt: it is of no known kind.")
    }
    // The header is no promise: what was read counts.
    guard size <= limit else { throw ObjectStore.tooLarge(id, size: size, limit: limit) }
    let bytes = Array(UnsafeRawBufferPointer(start: data, count: size))
    guard Self.hash(kind, bytes) == id else {
      throw HistoryError(
        .corrupt, "The object \(id) is corrupt: its content has another hash.",
        hint: "Compare with another clone: git fsck")
    }
    return RawObject(kind: kind, bytes: bytes)
  }
}

extension Packs {
  /// Computed without collision detection: git detects when it receives what others made, which is
  /// the only way into a pack.
  private static func hash(_ kind: ObjectKind, _ bytes: [UInt8]) -> ObjectID? {
    let header = Array("\(kind.rawValue) \(bytes.count)\0".utf8)
    return Digest.sha1(header, bytes).withUnsafeBytes { ObjectID(startOf: $0) }
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
