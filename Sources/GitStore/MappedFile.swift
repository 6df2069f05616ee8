import Glibc
import History

/// A regular file that nobody changes, mapped for reading.
///
/// `@unchecked Sendable` because the pointer and what it points to never change.
struct MappedFile: ~Copyable, @unchecked Sendable {
  let bytes: UnsafeRawBufferPointer

  /// - Returns: nil if there is no such file.
  /// - Throws: ``HistoryError`` with `.unreadable`.
  static func ifPresent(_ path: String) throws(HistoryError) -> MappedFile? {
    guard let file = try OpenFile.ifPresent(path) else { return nil }
    return try MappedFile(file)
  }

  /// - Throws: ``HistoryError`` with `.unreadable`.
  init(_ file: borrowing OpenFile) throws(HistoryError) { bytes = try file.map() }

  deinit {
    if let start = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
    }
  }

  /// From there on; nothing where that lies beyond the end.
  func bytes(at place: Int) -> UnsafeRawBufferPointer {
    guard place >= 0, place < bytes.count else {
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    return UnsafeRawBufferPointer(rebasing: bytes[place...])
  }

  /// Four bytes as a number, the highest first; 0 beyond the end.
  func number(at place: Int) -> Int {
    guard place >= 0, place <= bytes.count - 4 else { return 0 }
    return Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
  }
}
