import History

extension PackFile {
  /// Reads an object of the pack. Holds no more of it than a delta needs, which is what git held when
  /// it received the object.
  ///
  /// - Parameter each: is given each piece of it, before it is known to be the object.
  /// - Returns: nil where it is damaged, or another object.
  /// - Throws: ``HistoryError`` with `.unreadable`.
  func prove(
    _ id: ObjectID, at offset: Int, each: (UnsafeRawBufferPointer) -> Void
  ) throws(HistoryError) -> ProvenObject? {
    guard let (kind, whole, deltas) = try chain(from: offset) else { return nil }
    var inflation = try Inflation()
    guard let last = deltas.first else {
      var hasher = try ObjectHasher(kind, size: whole.size)
      let end = try inflation.run(pack, from: whole.start) {
        (piece) throws(HistoryError) in
        each(piece)
        return try hasher.take(piece)
      }
      return end == nil ? nil : try hasher.proven(id)
    }
    guard var base = try content(of: whole, by: &inflation) else { return nil }
    for entry in deltas.dropFirst().reversed() {
      guard let bytes = try content(of: entry, by: &inflation),
        let result = try Self.apply(bytes, to: base)
      else { return nil }
      base = result
    }
    guard let bytes = try content(of: last, by: &inflation) else { return nil }
    return try bytes.withBytes { (bytes) throws(HistoryError) in
      try base.withBytes { (base) throws(HistoryError) in
        guard let delta = Delta(bytes, uponSize: base.count) else { return nil }
        var hasher = try ObjectHasher(kind, size: delta.resultSize)
        let isSound = try delta.apply(to: base) { (piece) throws(HistoryError) in
          each(piece)
          return try hasher.take(piece)
        }
        return isSound ? try hasher.proven(id) : nil
      }
    }
  }

  private static func apply(
    _ delta: borrowing MemoryRegion, to base: borrowing MemoryRegion
  ) throws(HistoryError) -> MemoryRegion? {
    try delta.withBytes { (delta) throws(HistoryError) in
      try base.withBytes { (base) throws(HistoryError) -> MemoryRegion? in
        guard let delta = Delta(delta, uponSize: base.count) else { return nil }
        var result = try MemoryRegion(size: delta.resultSize)
        let isSound = delta.apply(to: base) { result.take($0) }
        guard isSound, result.count == result.size else { return nil }
        return result
      }
    }
  }

  /// The entry that is no delta, and the deltas upon it, the object's own first.
  private func chain(
    from offset: Int
  ) throws(HistoryError) -> (ObjectKind, whole: Entry, deltas: [Entry])? {
    var deltas: [Entry] = []
    var place = offset
    // More deltas than objects: they go in a circle.
    while deltas.count <= objectCount {
      guard let entry = entry(at: place) else { return nil }
      switch entry.content {
      case .whole(let kind): return (kind, entry, deltas)
      case .delta(let base):
        deltas.append(entry)
        place = base
      }
    }
    return nil
  }

  private func content(
    of entry: Entry, by inflation: inout Inflation
  ) throws(HistoryError) -> MemoryRegion? {
    var region = try MemoryRegion(size: entry.size)
    let end = try inflation.run(pack, from: entry.start) {
      (piece) throws(HistoryError) in region.take(piece)
    }
    guard end != nil, region.count == region.size else { return nil }
    return region
  }
}
