/// What two trees have in common: a commit mostly changes one entry of a long directory.
extension TreeRecord {
  /// How many entries two trees begin with alike, and how many more they end with alike.
  package func common(with other: TreeRecord) -> (first: Int, last: Int) {
    bytes.withUnsafeBytes { mine in
      other.bytes.withUnsafeBytes { others in
        let first = min(entries(endingBy: Self.commonStart(mine, others)), other.count)
        // The same from the end, if they begin at the same distance from it.
        let alike = Self.commonEnd(mine, others, above: first == 0 ? 0 : end(of: first - 1))
        var last = min(count - first, other.count - first, entries(beginningWithin: alike))
        while last > 0,
          mine.count - Int(starts[count - last])
            != others.count - Int(other.starts[other.count - last])
        {
          last -= 1
        }
        return (first, last)
      }
    }
  }

  /// Where the entries of a tree begin, those that it shares with another tree taken from there.
  ///
  /// - Returns: nil if what they do not share is not well-formed, or to be read from its start.
  static func starts(in bytes: [UInt8], like other: TreeRecord) -> [UInt32]? {
    bytes.withUnsafeBytes { mine in
      other.bytes.withUnsafeBytes { others in
        let first = other.entries(endingBy: commonStart(mine, others))
        let from = first == 0 ? 0 : other.end(of: first - 1)
        let alike = commonEnd(mine, others, above: from)
        let last = min(other.entries(beginningWithin: alike), other.count - first)
        let tail = other.starts[(other.count - last)...]
        let to = mine.count - (tail.first.map { others.count - Int($0) } ?? 0)
        var starts: [UInt32] = []
        starts.reserveCapacity(other.count + 4)
        starts += other.starts[..<first]
        let before = first == 0 ? nil : RawEntry(in: mine, at: Int(other.starts[first - 1]))
        guard scan(mine, from: from, to: to, after: before, into: &starts) else { return nil }
        let middle = first..<starts.count
        for start in tail { starts.append(UInt32(Int(start) - others.count + mine.count)) }
        // What comes after the middle follows its last one, or the last of the start.
        if middle.upperBound > 0, middle.upperBound < starts.count {
          guard let left = RawEntry(in: mine, at: Int(starts[middle.upperBound - 1])),
            let right = RawEntry(in: mine, at: Int(starts[middle.upperBound])),
            left.precedes(right)
          else { return nil }
        }
        return hasNoTwins(in: middle, mine, starts, filesToo: true) ? starts : nil
      }
    }
  }

  func end(of index: Int) -> Int {
    index + 1 < starts.count ? Int(starts[index + 1]) : bytes.count
  }

  /// How many entries end within the first bytes.
  private func entries(endingBy limit: Int) -> Int {
    if limit >= bytes.count { return count }
    // As many as begin by then, less the one that goes on.
    return max(0, firstIndex { $0 > limit } - 1)
  }

  /// How many entries begin within the last bytes.
  private func entries(beginningWithin limit: Int) -> Int {
    count - firstIndex { bytes.count - $0 <= limit }
  }

  /// The number of the first entry whose start is such; all after it are, too.
  private func firstIndex(where isSuch: (Int) -> Bool) -> Int {
    var (low, high) = (0, starts.count)
    while low < high {
      let middle = (low + high) / 2
      if isSuch(Int(starts[middle])) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The number of bytes with which both begin.
  private static func commonStart(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
  ) -> Int {
    let count = min(left.count, right.count)
    var position = 0
    while position + 8 <= count,
      left.loadUnaligned(fromByteOffset: position, as: UInt64.self)
        == right.loadUnaligned(fromByteOffset: position, as: UInt64.self)
    {
      position += 8
    }
    while position < count, left[position] == right[position] { position += 1 }
    return position
  }

  /// The number of bytes with which both end, none of the first ones among them.
  private static func commonEnd(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer, above first: Int
  ) -> Int {
    let most = min(left.count, right.count) - first
    var count = 0
    while count + 8 <= most,
      left.loadUnaligned(fromByteOffset: left.count - count - 8, as: UInt64.self)
        == right.loadUnaligned(fromByteOffset: right.count - count - 8, as: UInt64.self)
    {
      count += 8
    }
    while count < most, left[left.count - count - 1] == right[right.count - count - 1] {
      count += 1
    }
    return count
  }
}
