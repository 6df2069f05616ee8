/// Reads the header of a commit of any size as it comes, and keeps no more of it than a replay needs.
///
/// Whoever can push can push such a commit; it must stop nobody, and hide nothing that it merges.
package struct LargeCommitReader {
  private enum Place { case tree, parents, others, message }

  private(set) var tree: ObjectID?
  private(set) var parents = Parents()
  /// Nil until there was a committer; 0 where that line makes no sense.
  private(set) var committerTime: Int64?
  /// The first author's line.
  private(set) var author: [UInt8] = []
  private(set) var isMalformed = false
  private var place = Place.tree
  private var line: [UInt8] = []

  package init() {}

  /// The object's next bytes.
  package mutating func take(_ piece: UnsafeRawBufferPointer) {
    var rest = piece[...]
    while place != .message, !isMalformed, !rest.isEmpty {
      let end = rest.firstIndex(of: UInt8(ascii: "\n"))
      let part = rest[..<(end ?? rest.endIndex)]
      // Of a line that is too long its name is enough.
      line += part.prefix(max(CommitRecord.longestLine + 1 - line.count, 0))
      rest = rest[part.endIndex...].dropFirst()
      if end != nil { finishLine() }
    }
  }

  /// Nothing comes after what has come.
  mutating func end() {
    if place != .message, !line.isEmpty { finishLine() }
  }

  private mutating func finishLine() {
    defer { line.removeAll(keepingCapacity: true) }
    if place == .tree {
      tree = CommitRecord.id(in: line[...], after: "tree ")
      isMalformed = tree == nil
      place = .parents
      return
    }
    if place == .parents, line.starts(with: "parent ".utf8) {
      guard let parent = CommitRecord.id(in: line[...], after: "parent ") else {
        isMalformed = true
        return
      }
      parents.add(parent)
      return
    }
    place = line.isEmpty ? .message : .others
    let isTooLong = line.count > CommitRecord.longestLine
    if committerTime == nil, line.starts(with: "committer ".utf8) {
      let person = isTooLong ? nil : Person(parsing: line.dropFirst("committer ".utf8.count))
      committerTime = person?.time ?? 0
    }
    if author.isEmpty, !isTooLong, line.starts(with: "author ".utf8) {
      author = line + [UInt8(ascii: "\n")]
    }
  }
}

/// The parents of a commit, in order. One that is named again, as any number of times it may be,
/// takes no memory: more than one name makes a merge, more than two of one are no more than that.
struct Parents {
  private(set) var all: [ObjectID] = []
  private var seen: Set<ObjectID> = []

  mutating func add(_ parent: ObjectID) {
    if all.count < 2 {
      all.append(parent)
    } else {
      if seen.isEmpty { seen = Set(all) }
      if seen.insert(parent).inserted { all.append(parent) }
    }
  }
}
