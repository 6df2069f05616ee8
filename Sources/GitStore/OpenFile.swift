import Glibc
import History

/// A regular file, open for reading at any place.
struct OpenFile: ~Copyable {
  private let descriptor: Int32
  private let path: String
  /// In bytes, as it was when it was opened.
  let size: Int

  /// - Returns: nil if there is no such file.
  /// - Throws: ``HistoryError`` with `.unreadable`.
  static func ifPresent(_ path: String) throws(HistoryError) -> OpenFile? {
    // A pipe would keep a plain open waiting for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw failure(path)
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let error = failure(path)
      close(descriptor)
      throw error
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw HistoryError(.unreadable, "\(path) is not a regular file.")
    }
    return OpenFile(descriptor: descriptor, path: path, size: Int(status.st_size))
  }

  private init(descriptor: Int32, path: String, size: Int) {
    (self.descriptor, self.path, self.size) = (descriptor, path, size)
  }

  deinit { close(descriptor) }

  /// What stands there, up to `count` bytes; fewer where the file ends before.
  ///
  /// - Throws: ``HistoryError`` with `.unreadable`.
  func bytes(at place: Int, count wanted: Int) throws(HistoryError) -> [UInt8] {
    var problem: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
      while count < wanted {
        let got = pread(
          descriptor, buffer.baseAddress?.advanced(by: count), wanted - count, place + count)
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
      throw Self.failure(path)
    }
    return bytes
  }

  /// The whole of it in memory, for whoever unmaps it.
  ///
  /// - Throws: ``HistoryError`` with `.unreadable`.
  func map() throws(HistoryError) -> UnsafeRawBufferPointer {
    // Nothing cannot be mapped.
    guard size > 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED
    else {
      throw HistoryError(.unreadable, "Cannot map \(path): \(String(cString: strerror(errno))).")
    }
    return UnsafeRawBufferPointer(start: start, count: size)
  }

  private static func failure(_ path: String) -> HistoryError {
    HistoryError(.unreadable, "Cannot read \(path): \(String(cString: strerror(errno))).")
  }
}
