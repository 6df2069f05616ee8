/// The strict grammar of a signed commit.
///
/// Git strips every header that begins with `gpgsig` before it checks a signature and joins
/// repeated ones; libgit2 finds `gpgsig` inside the message and stops at NUL. So neither is asked:
/// only an object of exactly this shape counts as signed.
enum StrictCommit {
  static func read(_ bytes: [UInt8]) -> CommitRecord.Signed? {
    guard !bytes.contains(0) else { return nil }
    var reader = Reader(bytes)
    guard reader.take("tree ", where: isID) != nil else { return nil }
    while reader.take("parent ", where: isID) != nil {}
    guard reader.take("author ", where: { Person(parsing: $0) != nil }) != nil,
      reader.take("committer ", where: { Person(parsing: $0) != nil }) != nil
    else { return nil }

    var signature: Range<Int>?
    var encodingSeen = false
    while let key = reader.key {
      switch key {
      case "gpgsig":
        guard signature == nil, let range = reader.takeFolded() else { return nil }
        signature = range
      case "encoding":
        guard !encodingSeen, reader.take("encoding ", where: { !$0.isEmpty }) != nil else {
          return nil
        }
        encodingSeen = true
      case "mergetag":
        guard reader.takeFolded() != nil else { return nil }
      default:
        return nil
      }
    }
    guard let signature, reader.takeEmptyLine() else { return nil }
    let header = bytes[signature].dropFirst("gpgsig ".utf8.count)
    return CommitRecord.Signed(
      payload: Array(bytes[..<signature.lowerBound]) + Array(bytes[signature.upperBound...]),
      armor: unfold(header))
  }

  private static func isID(_ value: ArraySlice<UInt8>) -> Bool { ObjectID(hexBytes: value) != nil }

  /// Removes the one space that begins each continuation line.
  private static func unfold(_ header: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(header.count)
    var atLineStart = false
    for byte in header {
      if atLineStart {
        atLineStart = false
        if byte == UInt8(ascii: " ") { continue }
      }
      result.append(byte)
      atLineStart = byte == UInt8(ascii: "\n")
    }
    return result
  }

  private struct Reader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private func lineEnd(from start: Int) -> Int? {
      start < bytes.count ? bytes[start...].firstIndex(of: UInt8(ascii: "\n")) : nil
    }

    /// The header's name on the current line, or nil at the empty line or the end.
    var key: String? {
      guard let end = lineEnd(from: position), end > position else { return nil }
      let name = bytes[position..<end].prefix { $0 != UInt8(ascii: " ") }
      return String(decoding: name, as: UTF8.self)
    }

    /// Takes a line of that prefix whose value passes; moves on only then.
    mutating func take(
      _ prefix: String, where accept: (ArraySlice<UInt8>) -> Bool
    ) -> ArraySlice<UInt8>? {
      guard let end = lineEnd(from: position) else { return nil }
      let line = bytes[position..<end]
      guard line.starts(with: prefix.utf8) else { return nil }
      let value = line.dropFirst(prefix.utf8.count)
      guard accept(value) else { return nil }
      position = end + 1
      return value
    }

    /// Takes a header with its continuation lines; the range covers the final newline.
    mutating func takeFolded() -> Range<Int>? {
      let start = position
      guard let first = lineEnd(from: start),
        bytes[start..<first].contains(UInt8(ascii: " "))
      else { return nil }
      position = first + 1
      while position < bytes.count, bytes[position] == UInt8(ascii: " ") {
        guard let end = lineEnd(from: position) else { return nil }
        position = end + 1
      }
      return start..<position
    }

    mutating func takeEmptyLine() -> Bool {
      guard position < bytes.count, bytes[position] == UInt8(ascii: "\n") else { return false }
      position += 1
      return true
    }
  }
}
