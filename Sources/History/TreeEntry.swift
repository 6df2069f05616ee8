/// One entry of a git tree, with the mode as it is stored.
package struct TreeEntry: Sendable, Hashable {
  /// The raw mode, not normalised: `0o100644`, `0o040000` and so on.
  package let mode: UInt32
  /// The name as it is stored.
  package let nameBytes: [UInt8]
  package let id: ObjectID

  package static let fileMode: UInt32 = 0o100644
  package static let treeMode: UInt32 = 0o040000

  package init(mode: UInt32, name: String, id: ObjectID) {
    self.init(mode: mode, nameBytes: Array(name.utf8), id: id)
  }

  package init(mode: UInt32, nameBytes: [UInt8], id: ObjectID) {
    self.mode = mode
    self.nameBytes = nameBytes
    self.id = id
  }

  /// The longest name, in bytes, that a file system can hold; git has no limit of its own.
  package static let longestName = 255

  /// The name for people and for comparison with names of ours; bytes that are no UTF-8 are U+FFFD,
  /// and so is all behind ``longestName``: comparing strings takes quadratic time for a run of
  /// combining marks, and nothing of ours has so long a name.
  package var name: String {
    guard nameBytes.count > Self.longestName else {
      return String(decoding: nameBytes, as: UTF8.self)
    }
    return String(decoding: nameBytes.prefix(Self.longestName), as: UTF8.self) + "\u{fffd}"
  }
  package var isTree: Bool { mode == Self.treeMode }
  package var isFile: Bool { mode == Self.fileMode }

  /// Git's order: by bytes, a directory as if its name ended in `/`.
  package static func precedes(_ left: TreeEntry, _ right: TreeEntry) -> Bool {
    left.nameBytes.withUnsafeBytes { leftName in
      right.nameBytes.withUnsafeBytes { rightName in
        precedes(leftName, left.isTree, rightName, right.isTree)
      }
    }
  }

  static func precedes(
    _ left: UnsafeRawBufferPointer, _ leftIsTree: Bool, _ right: UnsafeRawBufferPointer,
    _ rightIsTree: Bool
  ) -> Bool {
    let common = min(left.count, right.count)
    for index in 0..<common where left[index] != right[index] {
      return left[index] < right[index]
    }
    // What follows the common part: the name's next byte, a directory's `/`, or the end.
    func next(_ name: UnsafeRawBufferPointer, _ isTree: Bool) -> Int {
      if common < name.count { return Int(name[common]) }
      return isTree ? Int(UInt8(ascii: "/")) : -1
    }
    let (leftNext, rightNext) = (next(left, leftIsTree), next(right, rightIsTree))
    guard leftNext == rightNext, leftNext >= 0 else { return leftNext < rightNext }
    // `a/` as a name cannot be, so one of them is a directory that ends here and the other goes on.
    return left.count < right.count
  }
}
