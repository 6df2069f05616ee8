import Clibgit2
import History

/// Inflates what lies in memory, all at once.
struct WholeInflation: ~Copyable, @unchecked Sendable {
  // `@unchecked Sendable` because it has one owner, which a lock guards; zlib ties a stream to no
  // thread. zlib keeps the address of this.
  private let stream: UnsafeMutablePointer<z_stream>
  /// Room for what is looked at once and not kept.
  private var room = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  /// What ``inflateHere(_:size:)`` returned last.
  private(set) var last: UnsafeRawBufferPointer?

  /// More room than this is given back.
  private static let largestRoom = 1 << 20

  init() throws(HistoryError) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    guard inflateInit_(stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw HistoryError(.unreadable, "There is no memory to inflate objects.")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    room.deallocate()
  }

  /// - Parameter size: of what the stream must hold, in bytes.
  /// - Returns: nil if it holds anything else.
  mutating func inflate(_ input: UnsafeRawBufferPointer, size: Int) -> [UInt8]? {
    guard Self.isSound(size) else { return nil }
    let bytes = [UInt8](unsafeUninitializedCapacity: size + 1) { buffer, count in
      count = inflate(input, into: UnsafeMutableRawBufferPointer(buffer), size: size) ? size : 0
    }
    return bytes.count == size ? bytes : nil
  }

  /// The same without an array of its own.
  ///
  /// - Returns: memory that is valid until the next call.
  mutating func inflateHere(
    _ input: UnsafeRawBufferPointer, size: Int
  ) -> UnsafeRawBufferPointer? {
    last = nil
    guard Self.isSound(size) else { return nil }
    if room.count <= size || room.count > Self.largestRoom && size < Self.largestRoom {
      room.deallocate()
      room = .allocate(byteCount: max(size + 1, 1 << 12), alignment: 16)
    }
    guard inflate(input, into: room, size: size) else { return nil }
    last = UnsafeRawBufferPointer(rebasing: room[..<size])
    return last
  }

  private static func isSound(_ size: Int) -> Bool { size >= 0 && size < Int(UInt32.max) }

  /// - Parameter buffer: of at least `size` and one bytes: then the stream's end is seen.
  private func inflate(
    _ input: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer, size: Int
  ) -> Bool {
    guard !input.isEmpty, inflateReset(stream) == Z_OK else { return false }
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = UInt32(min(input.count, Int(UInt32.max)))
    stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(size + 1)
    return Clibgit2.inflate(stream, Z_FINISH) == Z_STREAM_END && stream.pointee.avail_out == 1
  }
}
