import Glibc
import History

/// Files that a killed process was just writing.
extension WorkTree {
  /// Puts files back as the old tree had them that are only the beginning of what they were or
  /// should become, or that were taken away to be written anew. Nobody's own work looks like that
  /// where a move is known to have been cut short.
  func mendTorn(
    from old: ObjectID?, to new: ObjectID, _ paths: [String]
  ) throws(HistoryError) {
    let before = try repository.entries(of: old, at: paths)
    let after = try repository.entries(of: new, at: paths)
    for path in paths {
      // Nothing is torn where a directory is not there, or leads elsewhere.
      guard let place = Place(of: path, below: self.path) else { continue }
      let wanted = try content(before[path])
      let next = try content(after[path])
      let isTorn: Bool
      if place.isFree {
        isTorn = wanted != nil && next != nil
      } else if let present = try place.bytes(limit: Self.mostBytes) {
        isTorn =
          present != wanted && present != next
          && [wanted, next].contains { whole in
            whole.map { present.count < $0.count && $0.starts(with: present) } ?? false
          }
      } else {
        isTorn = false
      }
      guard isTorn else { continue }
      if let wanted { try place.write(wanted, as: path) } else { place.remove() }
    }
  }

  private func content(_ entry: TreeEntry?) throws(HistoryError) -> [UInt8]? {
    guard let entry, entry.mode & S_IFMT == S_IFREG else { return nil }
    return try repository.read(entry.id, limit: Self.mostBytes).bytes
  }

  private static let mostBytes = 16 << 20
}

/// A place in a work tree that no symbolic link leads to: another process may have put one there,
/// and whoever hands over a repository can have prepared it.
private struct Place: ~Copyable {
  private let directory: Int32
  /// By way of the directory that was found, whatever its path leads to by now.
  private let path: String

  /// - Returns: nil if a directory on the way is missing, or is none.
  init?(of file: String, below top: String) {
    let parts = file.split(separator: "/").map(String.init)
    guard let name = parts.last, !parts.contains("..") else { return nil }
    var found = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    for part in parts.dropLast() where found >= 0 {
      let next = openat(found, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      close(found)
      found = next
    }
    guard found >= 0 else { return nil }
    directory = found
    path = "/proc/self/fd/\(found)/\(name)"
  }

  deinit { close(directory) }

  /// Whether nothing is there, not even a link to nowhere.
  var isFree: Bool {
    var status = stat()
    return lstat(path, &status) != 0 && errno == ENOENT
  }

  /// Nil if it is no regular file.
  func bytes(limit: Int) throws(HistoryError) -> [UInt8]? {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return try FileBytes.readIfPresent(path, limit: limit)?.bytes
  }

  /// Dying in the midst of it does no harm: the beginning of what it was is mended again.
  func write(_ bytes: [UInt8], as name: String) throws(HistoryError) {
    let descriptor = open(
      path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o644)
    do throws(IOError) {
      guard descriptor >= 0 else { throw IOError("write \(name)") }
      defer { close(descriptor) }
      try MemoryFile.write(bytes, to: descriptor, named: name)
    } catch {
      throw HistoryError(.unreadable, error.description)
    }
  }

  func remove() { unlink(path) }
}
