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
      let file = self.path + "/" + path
      let present = try fileBytes(path)
      let wanted = try content(before[path])
      let next = try content(after[path])
      let isTorn =
        if let present {
          [wanted, next].contains { whole in
            whole.map { present.count < $0.count && $0.starts(with: present) } ?? false
          } && present != wanted && present != next
        } else {
          wanted != nil && next != nil && access(file, F_OK) != 0
        }
      guard isTorn else { continue }
      guard let wanted else {
        unlink(file)
        continue
      }
      try Self.write(wanted, to: file)
    }
  }

  private func content(_ entry: TreeEntry?) throws(HistoryError) -> [UInt8]? {
    guard let entry, entry.mode & S_IFMT == S_IFREG else { return nil }
    return try repository.read(entry.id, limit: Self.mostBytes).bytes
  }

  private func fileBytes(_ relative: String) throws(HistoryError) -> [UInt8]? {
    let file = path + "/" + relative
    var status = stat()
    guard lstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return try FileBytes.readIfPresent(file, limit: Self.mostBytes)?.bytes
  }

  private static let mostBytes = 16 << 20

  /// Dying in the midst of it does no harm: the beginning of what it was is mended again.
  private static func write(_ bytes: [UInt8], to file: String) throws(HistoryError) {
    let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    do throws(IOError) {
      guard descriptor >= 0 else { throw IOError("write \(file)") }
      defer { close(descriptor) }
      try MemoryFile.write(bytes, to: descriptor, named: file)
    } catch {
      throw HistoryError(.unreadable, error.description)
    }
  }
}
