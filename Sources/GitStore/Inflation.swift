import Clibgit2
import Glibc
import History

/// Inflates a zlib stream that lies in a file, a piece at a time, in little memory.
struct Inflation: ~Copyable {
  private static let pieceSize = 1 << 16

  /// zlib keeps the address of this.
  private let stream: UnsafeMutablePointer<z_stream>
  private let piece: UnsafeMutableRawBufferPointer

  init() throws(HistoryError) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    piece = .allocate(byteCount: Self.pieceSize, alignment: 16)
    guard inflateInit_(stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw HistoryError(.unreadable, "There is no memory to inflate an object.")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    piece.deallocate()
  }

  /// Hands on what the stream holds that begins at a place of a file. Ends with the file, whatever
  /// is in it.
  ///
  /// - Parameter take: is given each piece, and says whether it wants more.
  /// - Returns: the place in the file after the stream; nil if the stream is damaged or cut short,
  ///   or no more was wanted.
  mutating func run(
    _ file: borrowing OpenFile, from start: Int,
    _ take: (UnsafeRawBufferPointer) throws(HistoryError) -> Bool
  ) throws(HistoryError) -> Int? {
    guard inflateReset(stream) == Z_OK else { return nil }
    var place = start
    while true {
      var input = try file.bytes(at: place, count: Self.pieceSize)
      guard !input.isEmpty else { return nil }
      let given = input.count
      var status = Z_OK
      var left = given
      repeat {
        let done = given - left
        input.withUnsafeMutableBufferPointer {
          stream.pointee.next_in = $0.baseAddress?.advanced(by: done)
          stream.pointee.avail_in = UInt32(left)
          stream.pointee.next_out = piece.baseAddress?.assumingMemoryBound(to: UInt8.self)
          stream.pointee.avail_out = UInt32(Self.pieceSize)
          status = inflate(stream, Z_NO_FLUSH)
          left = Int(stream.pointee.avail_in)
        }
        // Nothing went in and nothing came out: there is more to read.
        if status == Z_BUF_ERROR, left == 0 { break }
        guard status == Z_OK || status == Z_STREAM_END else { return nil }
        let made = Self.pieceSize - Int(stream.pointee.avail_out)
        guard try take(UnsafeRawBufferPointer(rebasing: piece[..<made])) else { return nil }
      } while status == Z_OK
      place += given - left
      if status == Z_STREAM_END { return place }
    }
  }
}
