/// Git's deltas: how one object's bytes are made out of another's.
enum Delta {
  /// Where the entries of a tree begin when all of them have one length.
  struct Layout {
    /// Bytes of an entry: mode, space, name, NUL, id.
    let width: Int
    /// Bytes of an entry before its id.
    var idOffset: Int { width - 20 }
  }

  /// - Parameter layout: of both, if they are trees of sorted entries of one length: then many entries
  ///   may differ. Else what lies between the common beginning and the common end is spelt out.
  static func make(from old: [UInt8], to new: [UInt8], layout: Layout? = nil) -> [UInt8] {
    var writer = DeltaWriter(old: old.count, new: new.count)
    old.withUnsafeBytes { old in
      new.withUnsafeBytes { new in
        let prefix = commonPrefix(old, new)
        let suffix = commonSuffix(old, new, atMost: min(old.count, new.count) - prefix)
        if let layout {
          entries(old, new, prefix / layout.width, suffix / layout.width, layout, &writer)
        } else {
          writer.copy(0, prefix)
          writer.insert(new, prefix..<(new.count - suffix))
          writer.copy(old.count - suffix, suffix)
        }
        writer.finish(new)
      }
    }
    return writer.bytes
  }

  private static func entries(
    _ old: UnsafeRawBufferPointer, _ new: UnsafeRawBufferPointer, _ before: Int, _ after: Int,
    _ layout: Layout, _ writer: inout DeltaWriter
  ) {
    let width = layout.width
    writer.copy(0, before * width)
    var (left, right) = (before * width, before * width)
    let (leftEnd, rightEnd) = (old.count - after * width, new.count - after * width)
    while right < rightEnd {
      let order = left < leftEnd ? compare(old, left, new, right, layout.idOffset) : 1
      if order < 0 {
        left += width
      } else if order > 0 {
        writer.insert(new, right..<(right + width))
        right += width
      } else {
        if compare(old, left, new, right, width) == 0 {
          writer.copy(left, width)
        } else {
          writer.copy(left, layout.idOffset)
          writer.insert(new, (right + layout.idOffset)..<(right + width))
        }
        left += width
        right += width
      }
    }
    writer.copy(leftEnd, after * width)
  }

  private static func compare(
    _ old: UnsafeRawBufferPointer, _ left: Int, _ new: UnsafeRawBufferPointer, _ right: Int,
    _ count: Int
  ) -> Int {
    for index in 0..<count where old[left + index] != new[right + index] {
      return old[left + index] < new[right + index] ? -1 : 1
    }
    return 0
  }

  private static func commonPrefix(
    _ old: UnsafeRawBufferPointer, _ new: UnsafeRawBufferPointer
  ) -> Int {
    let limit = min(old.count, new.count)
    var count = 0
    while count + 8 <= limit,
      old.loadUnaligned(fromByteOffset: count, as: UInt64.self)
        == new.loadUnaligned(fromByteOffset: count, as: UInt64.self)
    {
      count += 8
    }
    while count < limit, old[count] == new[count] { count += 1 }
    return count
  }

  private static func commonSuffix(
    _ old: UnsafeRawBufferPointer, _ new: UnsafeRawBufferPointer, atMost limit: Int
  ) -> Int {
    var count = 0
    while count + 8 <= limit,
      old.loadUnaligned(fromByteOffset: old.count - count - 8, as: UInt64.self)
        == new.loadUnaligned(fromByteOffset: new.count - count - 8, as: UInt64.self)
    {
      count += 8
    }
    while count < limit, old[old.count - 1 - count] == new[new.count - 1 - count] { count += 1 }
    return count
  }
}

/// Writes a delta's instructions; neighbouring ones become one.
private struct DeltaWriter {
  private(set) var bytes: [UInt8] = []
  private var copying = 0..<0
  private var inserting = 0..<0

  init(old: Int, new: Int) {
    bytes.reserveCapacity(96)
    size(old)
    size(new)
  }

  /// What was held back is written; `new` is where inserted bytes are taken from.
  mutating func finish(_ new: UnsafeRawBufferPointer) {
    flushCopy()
    flushInsert(new)
  }

  mutating func copy(_ offset: Int, _ count: Int) {
    guard count > 0 else { return }
    if !inserting.isEmpty, let source { flushInsert(source) }
    if copying.isEmpty {
      copying = offset..<(offset + count)
    } else if copying.upperBound == offset {
      copying = copying.lowerBound..<(offset + count)
    } else {
      flushCopy()
      copying = offset..<(offset + count)
    }
  }

  private var source: UnsafeRawBufferPointer?

  mutating func insert(_ new: UnsafeRawBufferPointer, _ range: Range<Int>) {
    guard !range.isEmpty else { return }
    source = new
    flushCopy()
    if inserting.isEmpty {
      inserting = range
    } else {
      // Between two insertions without a copy the new bytes are contiguous.
      inserting = inserting.lowerBound..<range.upperBound
    }
  }

  private mutating func flushCopy() {
    var offset = copying.lowerBound
    while offset < copying.upperBound {
      let count = min(copying.upperBound - offset, 0xffff)
      let position = bytes.count
      bytes.append(0x80)
      var flags: UInt8 = 0x80
      for index in 0..<4 {
        let byte = UInt8(truncatingIfNeeded: offset >> (8 * index))
        if byte != 0 {
          flags |= 1 << index
          bytes.append(byte)
        }
      }
      for index in 0..<2 {
        let byte = UInt8(truncatingIfNeeded: count >> (8 * index))
        if byte != 0 {
          flags |= 0x10 << index
          bytes.append(byte)
        }
      }
      bytes[position] = flags
      offset += count
    }
    copying = 0..<0
  }

  private mutating func flushInsert(_ new: UnsafeRawBufferPointer) {
    var start = inserting.lowerBound
    while start < inserting.upperBound {
      let end = min(start + 127, inserting.upperBound)
      bytes.append(UInt8(end - start))
      bytes.append(contentsOf: new[start..<end])
      start = end
    }
    inserting = 0..<0
  }

  private mutating func size(_ value: Int) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
