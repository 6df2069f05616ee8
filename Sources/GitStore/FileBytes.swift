import History

/// The first bytes of a file.
package struct FileBytes {
  let bytes: [UInt8]
  /// Whether the file goes on after them.
  let isCut: Bool

  /// Reads a regular file.
  ///
  /// - Parameter limit: the most bytes to return.
  /// - Returns: nil if there is no such file.
  /// - Throws: ``HistoryError`` with `.unreadable`.
  static func readIfPresent(_ path: String, limit: Int) throws(HistoryError) -> FileBytes? {
    guard let file = try OpenFile.ifPresent(path) else { return nil }
    let bytes = try file.bytes(at: 0, count: min(file.size, limit))
    return FileBytes(bytes: bytes, isCut: file.size > limit)
  }

  /// All of a regular file; nil if there is none or it cannot be read.
  package static func whole(_ path: String) -> [UInt8]? {
    (try? readIfPresent(path, limit: .max))?.bytes
  }
}
