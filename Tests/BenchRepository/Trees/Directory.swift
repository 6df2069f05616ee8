import History

/// A directory below `grants/<state>/`, kept as the bytes of its tree object: all its entries have
/// names of one length.
final class Directory {
  private let layout: Delta.Layout
  private let mode: [UInt8]
  private var version = Version()

  /// What changes, so that it can be put back as it was.
  struct Version {
    fileprivate var bytes: [UInt8] = []
    fileprivate var children: [[UInt8]: Directory] = [:]
    /// Names of the children that were changed since this was last stored.
    fileprivate var changed: Set<[UInt8]> = []
    fileprivate var stored: Stored?
  }

  /// Lengths of the names on each level: year, month, day, hour, file.
  private static let lengths = [4, 2, 2, 2, 30]
  private let level: Int

  init(level: Int) {
    self.level = level
    mode = Array((level == 4 ? "100644 " : "40000 ").utf8)
    layout = Delta.Layout(width: mode.count + Self.lengths[level] + 1 + 20)
  }

  /// Puts a file at the path or takes it away.
  ///
  /// - Parameters:
  ///   - path: names from this level down.
  ///   - journal: told of every directory before it changes.
  func set(
    _ path: ArraySlice<[UInt8]>, to blob: ObjectID?, journal: inout Journal
  ) {
    guard let name = path.first else { return }
    journal.note(self, version)
    guard level < 4 else {
      put(name, blob)
      return
    }
    let child: Directory
    if let known = version.children[name] {
      child = known
    } else {
      child = Directory(level: level + 1)
      version.children[name] = child
    }
    version.changed.insert(name)
    child.set(path.dropFirst(), to: blob, journal: &journal)
  }

  /// Stores what has changed; nil if nothing is in it.
  func store(in catalogue: inout Catalogue) -> Stored? {
    for name in version.changed.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      guard let child = version.children[name] else { continue }
      let stored = child.store(in: &catalogue)
      put(name, stored?.id)
      if stored == nil { version.children[name] = nil }
    }
    version.changed = []
    guard !version.bytes.isEmpty else { return nil }
    let stored = catalogue.tree(version.bytes, after: version.stored, layout: layout)
    version.stored = stored
    return stored
  }

  func restore(_ version: Version) { self.version = version }

  private func put(_ name: [UInt8], _ id: ObjectID?) {
    let position = position(of: name)
    let isThere = holds(name, at: position)
    switch (id, isThere) {
    case (let id?, true):
      version.bytes.withUnsafeMutableBytes {
        id.copy(to: UnsafeMutableRawBufferPointer(rebasing: $0[(position + layout.idOffset)...]))
      }
    case (let id?, false):
      version.bytes.insert(contentsOf: mode + name + [0] + id.bytes, at: position)
    case (nil, true):
      version.bytes.removeSubrange(position..<(position + layout.width))
    case (nil, false): break
    }
  }

  /// Where the entry of that name is or would be, by halving.
  private func position(of name: [UInt8]) -> Int {
    var (low, high) = (0, version.bytes.count / layout.width)
    while low < high {
      let middle = (low + high) / 2
      let start = middle * layout.width + mode.count
      if version.bytes[start..<(start + name.count)].lexicographicallyPrecedes(name) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low * layout.width
  }

  private func holds(_ name: [UInt8], at position: Int) -> Bool {
    let start = position + mode.count
    return position < version.bytes.count
      && version.bytes[start..<(start + name.count)].elementsEqual(name)
  }
}

/// What directories were before a branch began, so that the mainline goes on from there.
struct Journal {
  private var saved: [ObjectIdentifier: (Directory, Directory.Version)]?

  /// From now on everything is noted.
  mutating func begin() { saved = [:] }

  mutating func note(_ directory: Directory, _ version: Directory.Version) {
    guard saved != nil, saved?[ObjectIdentifier(directory)] == nil else { return }
    saved?[ObjectIdentifier(directory)] = (directory, version)
  }

  /// Everything is put back.
  mutating func end() {
    for (directory, version) in (saved ?? [:]).values { directory.restore(version) }
    saved = nil
  }
}
