import Clibgit2
import History

/// An object that came in pieces and has the hash of its name.
struct ProvenObject {
  let kind: ObjectKind
  /// In bytes.
  let size: Int
}

/// The id of an object whose bytes come in pieces; computed with collision detection.
struct ObjectHasher: ~Copyable {
  private let stream: UnsafeMutablePointer<git_odb_stream>
  /// Used by the stream as long as there is one.
  private let database: Owned
  private let kind: ObjectKind
  private let size: Int
  private var count = 0

  /// - Parameter size: how many bytes the object is said to have.
  init(_ kind: ObjectKind, size: Int) throws(HistoryError) {
    let database = try Owned(
      "hash a \(kind.rawValue)", freedBy: git_odb_free, { daypass_hashing_database($0) })
    var stream: UnsafeMutablePointer<git_odb_stream>?
    try Libgit2.call("hash a \(kind.rawValue)") {
      git_odb_open_wstream(&stream, database.pointer, git_object_size_t(size), kind.libgit2)
    }
    guard let stream else { throw HistoryError(.unreadable, "Cannot hash a \(kind.rawValue).") }
    self.stream = stream
    self.database = database
    self.kind = kind
    self.size = size
  }

  deinit { git_odb_stream_free(stream) }

  /// - Returns: whether the object may have that many bytes; if not, the piece was not looked at.
  mutating func take(_ piece: UnsafeRawBufferPointer) throws(HistoryError) -> Bool {
    guard piece.count <= size - count else { return false }
    count += piece.count
    guard let first = piece.baseAddress else { return true }
    try Libgit2.call("hash an object") {
      git_odb_stream_write(stream, first.assumingMemoryBound(to: CChar.self), piece.count)
    }
    return true
  }

  /// - Returns: nil if not all of the object has come, or this is not its id.
  consuming func proven(_ id: ObjectID) throws(HistoryError) -> ProvenObject? {
    guard count == size else { return nil }
    var oid = git_oid()
    try Libgit2.call("hash an object") { git_odb_stream_finalize_write(&oid, stream) }
    return ObjectID(oid) == id ? ProvenObject(kind: kind, size: size) : nil
  }
}
