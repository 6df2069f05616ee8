import Clibgit2
import Foundation
import History
import TestSupport

/// Writes a pack and its index, object by object, as gitformat-pack(5) has them.
final class PackFile {
  private let path: String
  private let file: FileHandle
  private let deflater: Deflater
  private var buffer: [UInt8] = []
  private var flushed: UInt64 = 0
  private var index = PackIndex()

  /// - Parameter directory: `objects/pack` of a repository.
  init(in directory: String) throws {
    path = directory + "/tmp_pack_\(getpid())"
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let file = FileHandle(forUpdatingAtPath: path)
    else { throw ToolFailure(arguments: ["write", path], words: "cannot be written") }
    self.file = file
    deflater = try Deflater()
    // The count is not known yet.
    buffer = Array("PACK".utf8) + Self.bigEndian(2) + Self.bigEndian(0)
  }

  /// Appends an object; it gets the next number.
  func append(_ object: PackedObject) throws {
    let offset = flushed + UInt64(buffer.count)
    let start = buffer.count
    let type: UInt8 =
      switch (object.base, object.kind) {
      case (.some, _): 6
      case (nil, .commit): 1
      case (nil, .tree): 2
      case (nil, .blob): 3
      case (nil, .tag): 4
      }
    header(type, object.bytes.count)
    if let base = object.base { distance(offset - index.offset(of: base)) }
    try deflater.deflate(object.bytes, into: &buffer)
    index.append(object.id, at: offset, crc: Deflater.crc(buffer[start...]))
    if buffer.count >= 4 << 20 { try flush() }
  }

  /// Writes what is left, the pack's checksum and its index.
  ///
  /// - Returns: how many objects and bytes the pack has.
  func finish() throws -> (objects: Int, bytes: Int) {
    try flush()
    try file.seek(toOffset: 8)
    try file.write(contentsOf: Data(Self.bigEndian(UInt32(index.count))))
    try file.seek(toOffset: 0)
    var hash = try RunningHash()
    while let part = try file.read(upToCount: 16 << 20), !part.isEmpty { hash.update(part) }
    let checksum = hash.finish()
    try file.write(contentsOf: Data(checksum))
    let size = Int(try file.offset())
    try file.close()
    let name = checksum.map { String(format: "%02x", $0) }.joined()
    let directory = (path as NSString).deletingLastPathComponent
    let target = "\(directory)/pack-\(name)"
    try Data(index.bytes(pack: checksum)).write(to: URL(fileURLWithPath: target + ".idx"))
    try FileManager.default.moveItem(atPath: path, toPath: target + ".pack")
    for ending in [".pack", ".idx"] {
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o444], ofItemAtPath: target + ending)
    }
    return (index.count, size)
  }

  private func flush() throws {
    try file.write(contentsOf: Data(buffer))
    flushed += UInt64(buffer.count)
    buffer.removeAll(keepingCapacity: true)
  }

  private func header(_ type: UInt8, _ size: Int) {
    var rest = size >> 4
    var byte = type << 4 | UInt8(size & 15)
    while rest > 0 {
      buffer.append(byte | 0x80)
      byte = UInt8(rest & 0x7f)
      rest >>= 7
    }
    buffer.append(byte)
  }

  /// How far back the delta's base begins.
  private func distance(_ value: UInt64) {
    var digits = [UInt8(value & 0x7f)]
    var rest = value >> 7
    while rest > 0 {
      rest -= 1
      digits.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    buffer += digits.reversed()
  }

  static func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}

/// One zlib stream, begun anew for each object.
private final class Deflater {
  private let stream: UnsafeMutablePointer<z_stream>

  init() throws {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let size = Int32(MemoryLayout<z_stream>.size)
    guard deflateInit_(stream, Z_DEFAULT_COMPRESSION, ZLIB_VERSION, size) == Z_OK else {
      throw ToolFailure(arguments: ["deflate"], words: "zlib does not start")
    }
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  func deflate(_ bytes: [UInt8], into buffer: inout [UInt8]) throws {
    deflateReset(stream)
    let start = buffer.count
    let bound = Int(deflateBound(stream, UInt(bytes.count)))
    buffer.append(contentsOf: repeatElement(0, count: bound))
    let (status, produced) = bytes.withUnsafeBufferPointer { input in
      buffer.withUnsafeMutableBufferPointer { output in
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = output.baseAddress?.advanced(by: start)
        stream.pointee.avail_out = UInt32(bound)
        let status = Clibgit2.deflate(stream, Z_FINISH)
        return (status, bound - Int(stream.pointee.avail_out))
      }
    }
    guard status == Z_STREAM_END else {
      throw ToolFailure(arguments: ["deflate"], words: "zlib says \(status)")
    }
    buffer.removeLast(bound - produced)
  }

  static func crc(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.withUnsafeBufferPointer { UInt32(crc32(0, $0.baseAddress, UInt32($0.count))) }
  }
}
