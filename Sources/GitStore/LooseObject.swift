import Clibgit2
import Glibc
import History

/// Reads loose objects without libgit2, which in 1.5.1 never returns from a truncated one.
enum LooseObject {
  /// What stands before the content: `blob 12` and a NUL.
  private static let longestHeader = 32

  /// The object in the file, its hash not yet checked; nil if there is no such file. That it is too
  /// large is what its header says, no more.
  ///
  /// - Parameter limit: the most content bytes to return.
  static func read(
    _ id: ObjectID, in objectDirectory: String, limit: Int
  ) throws(HistoryError) -> RawObject? {
    let path = path(of: id, in: objectDirectory)
    // Deflate can make its input longer, but only by this little.
    let mostCompressed = limit + limit / 1000 + 1024
    guard let file = try FileBytes.readIfPresent(path, limit: mostCompressed) else { return nil }

    let header = inflate(file.bytes, atMost: longestHeader)
    guard let end = header.bytes.firstIndex(of: 0),
      let (kind, size) = parse(header.bytes[..<end])
    else { throw corrupt(id, "its header makes no sense") }
    guard size <= limit else { throw ObjectStore.tooLarge(id, size: size, limit: limit) }
    guard !file.isCut else { throw corrupt(id, "there is rubbish after its end") }

    let whole = inflate(file.bytes, atMost: end + 1 + size + 1)
    guard whole.status == Z_STREAM_END, whole.bytes.count == end + 1 + size else {
      throw corrupt(id, "it is cut short or damaged")
    }
    guard whole.consumed == file.bytes.count else {
      throw corrupt(id, "there is rubbish after its end")
    }
    return RawObject(kind: kind, bytes: Array(whole.bytes[(end + 1)...]))
  }

  /// Reads the object in the file, in little memory.
  ///
  /// - Parameter each: is given each piece of it, before it is known to be the object.
  /// - Returns: nil if there is no such file.
  /// - Throws: ``HistoryError`` with `.corrupt` where it is damaged, or another object; `.unreadable`.
  static func prove(
    _ id: ObjectID, in objectDirectory: String, each: (UnsafeRawBufferPointer) -> Void
  ) throws(HistoryError) -> ProvenObject? {
    guard let file = try OpenFile.ifPresent(path(of: id, in: objectDirectory)) else { return nil }
    let start = inflate(try file.bytes(at: 0, count: 1024), atMost: longestHeader)
    guard let end = start.bytes.firstIndex(of: 0),
      let (kind, size) = parse(start.bytes[..<end])
    else { throw corrupt(id, "its header makes no sense") }
    var header = end + 1
    var hasher = try ObjectHasher(kind, size: size)
    var inflation = try Inflation()
    let last = try inflation.run(file, from: 0) { (piece) throws(HistoryError) in
      let skipped = min(header, piece.count)
      header -= skipped
      let content = UnsafeRawBufferPointer(rebasing: piece[skipped...])
      each(content)
      return try hasher.take(content)
    }
    guard let last else { throw corrupt(id, "it is cut short or damaged") }
    guard last == file.size else { throw corrupt(id, "there is rubbish after its end") }
    guard let object = try hasher.proven(id) else {
      throw corrupt(id, "its content has another hash")
    }
    return object
  }

  private static func path(of id: ObjectID, in objectDirectory: String) -> String {
    let hex = id.hex
    return "\(objectDirectory)/\(hex.prefix(2))/\(hex.dropFirst(2))"
  }

  private static func corrupt(_ id: ObjectID, _ why: String) -> HistoryError {
    HistoryError(
      .corrupt, "The object \(id) is corrupt: \(why).",
      hint: "Compare with another clone: git fsck")
  }

  private static func parse(_ header: ArraySlice<UInt8>) -> (ObjectKind, Int)? {
    let parts = String(decoding: header, as: UTF8.self).split(
      separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 2, let kind = ObjectKind(rawValue: String(parts[0])),
      parts[1].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let size = Int(parts[1]), parts[1] == "\(size)"
    else { return nil }
    return (kind, size)
  }

  private struct Inflated {
    let status: Int32
    let bytes: [UInt8]
    let consumed: Int
  }

  private static func inflate(_ input: [UInt8], atMost limit: Int) -> Inflated {
    var status: Int32 = Z_OK
    var consumed = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      input.withUnsafeBufferPointer {
        status = daypass_inflate(
          $0.baseAddress, $0.count, buffer.baseAddress, limit, &consumed, &count)
      }
    }
    return Inflated(status: status, bytes: bytes, consumed: consumed)
  }
}
