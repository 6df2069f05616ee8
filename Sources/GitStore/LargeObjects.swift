import Glibc
import History
import Synchronization

/// Objects that are too large to be held, and are hashed all the same: what is refused for its size
/// must be what its name says, or nobody could tell it from what was put in its place.
///
/// Reading them takes time in proportion to their size and that of the deltas' bases, as it took
/// git when it received them.
final class LargeObjects: Sendable {
  /// Object directories: the repository's own, then its alternates.
  private let directories: [String]
  /// Those that were read, and where: one bomb may lie in many trees.
  private let proven = Mutex<[ObjectID: Found]>([:])
  private static let mostRemembered = 100_000

  private struct Found {
    enum Place {
      case pack(path: String, offset: Int)
      case file(directory: String)
    }
    let object: ProvenObject
    let place: Place
  }

  init(_ directories: [String]) { self.directories = directories }

  /// The object in its file.
  ///
  /// - Returns: nil if there is no such file.
  /// - Throws: ``HistoryError`` with `.corrupt` or `.unreadable`.
  func loose(_ id: ObjectID, in directory: String) throws(HistoryError) -> ProvenObject? {
    try findLoose(id, in: directory)?.object
  }

  /// The object in some pack.
  ///
  /// - Returns: nil if no pack has it.
  /// - Throws: ``HistoryError`` with `.corrupt`, or `.unreadable`, also where a delta needs more
  ///   memory than there is.
  func packed(_ id: ObjectID) throws(HistoryError) -> ProvenObject? {
    try findPacked(id)?.object
  }

  /// Hands on the object in pieces, from where a sound copy was found.
  ///
  /// - Parameter each: is given each piece of it, before it is known to be the object.
  /// - Throws: ``HistoryError`` with `.missing`, `.corrupt` or `.unreadable`.
  func scan(
    _ id: ObjectID, each: (UnsafeRawBufferPointer) -> Void
  ) throws(HistoryError) -> ProvenObject {
    var found = try findPacked(id)
    for directory in directories where found == nil { found = try findLoose(id, in: directory) }
    guard let found else {
      throw HistoryError(
        .missing, "The object \(id) is not in this repository.", hint: "git fsck --full")
    }
    let object: ProvenObject? =
      switch found.place {
      case .file(let directory): try LooseObject.prove(id, in: directory, each: each)
      case .pack(let path, let offset):
        try PackFile.ifPresent(path)?.prove(id, at: offset, each: each)
      }
    // It was there a moment ago.
    guard let object else { throw Self.corrupt(id) }
    return object
  }

  private func findLoose(_ id: ObjectID, in directory: String) throws(HistoryError) -> Found? {
    if let known = proven.withLock({ $0[id] }) { return known }
    guard let object = try LooseObject.prove(id, in: directory, each: { _ in }) else { return nil }
    return remember(Found(object: object, place: .file(directory: directory)), as: id)
  }

  private func findPacked(_ id: ObjectID) throws(HistoryError) -> Found? {
    if let known = proven.withLock({ $0[id] }) { return known }
    var isThere = false
    for directory in directories {
      for path in Self.packs(of: directory) {
        guard let pack = try PackFile.ifPresent(path), let offset = pack.offset(of: id) else {
          continue
        }
        isThere = true
        guard let object = try pack.prove(id, at: offset, each: { _ in }) else { continue }
        return remember(Found(object: object, place: .pack(path: path, offset: offset)), as: id)
      }
    }
    guard !isThere else { throw Self.corrupt(id) }
    return nil
  }

  private static func corrupt(_ id: ObjectID) -> HistoryError {
    HistoryError(
      .corrupt, "The object \(id) is corrupt: what is packed has another hash, or is damaged.",
      hint: "Compare with another clone: git fsck")
  }

  private func remember(_ found: Found, as id: ObjectID) -> Found {
    proven.withLock { known in
      if known.count >= Self.mostRemembered { known = [:] }
      known[id] = found
    }
    return found
  }

  /// The paths of the packs there, without `.pack`, in no order.
  static func packs(of directory: String) -> [String] {
    let folder = directory + "/pack"
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var result: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasSuffix(".idx") { result.append(folder + "/" + name.dropLast(4)) }
    }
    return result
  }
}
