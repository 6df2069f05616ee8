import Glibc
import History

/// Memory for as many bytes as an object is said to have, taken from the machine only as it fills.
struct MemoryRegion: ~Copyable {
  private let start: UnsafeMutableRawPointer
  let size: Int
  private(set) var count = 0

  /// - Throws: ``HistoryError`` with `.unreadable` where there cannot be that much.
  init(size: Int) throws(HistoryError) {
    // One byte more: nothing cannot be mapped.
    guard size >= 0, size < Int.max,
      let start = mmap(
        nil, size + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0),
      start != MAP_FAILED
    else {
      throw HistoryError(
        .unreadable, "There is no memory for an object of \(size) bytes.",
        hint: "git repack -a -d -F --depth=0 lets it be read in pieces.")
    }
    (self.start, self.size) = (start, size)
  }

  deinit { munmap(start, size + 1) }

  /// - Returns: whether there was room.
  mutating func take(_ piece: UnsafeRawBufferPointer) -> Bool {
    guard piece.count <= size - count else { return false }
    if let from = piece.baseAddress {
      (start + count).copyMemory(from: from, byteCount: piece.count)
    }
    count += piece.count
    return true
  }

  /// What was put in so far, for as long as the call lasts.
  func withBytes<Result: ~Copyable, Failure>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(start: start, count: count))
  }
}
