import Glibc
import History

/// The first bytes of a file.
struct FileBytes {
  let bytes: [UInt8]
  /// Whether the file goes on after them.
  let isCut: Bool

  /// Reads a regular file.
  ///
  /// - Parameter limit: the most bytes to return.
  /// - Returns: nil if there is no such file.
  /// - Throws: ``HistoryError`` with `.unreadable`.
  static func readIfPresent(_ path: String, limit: Int) throws(HistoryError) -> FileBytes? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw failure(path)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw HistoryError(.unreadable, "\(path) is not a regular file.")
    }
    let wanted = min(Int(status.st_size), limit)
    var problem: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
      while count < wanted {
        let got = Glibc.read(descriptor, buffer.baseAddress?.advanced(by: count), wanted - count)
        if got < 0 {
          if errno == EINTR { continue }
          problem = errno
          return
        }
        if got == 0 { return }
        count += got
      }
    }
    guard problem == 0 else {
      errno = problem
      throw failure(path)
    }
    return FileBytes(bytes: bytes, isCut: Int(status.st_size) > limit)
  }

  private static func failure(_ path: String) -> HistoryError {
    HistoryError(.unreadable, "Cannot read \(path): \(String(cString: strerror(errno))).")
  }
}
