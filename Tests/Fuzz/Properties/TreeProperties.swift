import History

/// A parsed tree is the object, sorted and without repetition, and only well-formed ones are parsed.
enum TreeProperties {
  static func check(_ input: [UInt8]) throws(Broken) {
    guard let tree = TreeRecord(parsing: input) else {
      try require(!isWellFormed(input), "a well-formed tree is refused")
      return
    }
    try require(isWellFormed(input), "a malformed tree is read")
    try require(tree.bytes == input, "the tree is not spelled as it was read")
    try require(TreeRecord(tree.entries.reversed()) == tree, "the order hangs on the caller's")
    for entry in tree.entries {
      // A name that is no UTF-8 has no name of ours.
      guard entry.nameBytes.elementsEqual(entry.name.utf8) else { continue }
      try require(tree.entry(named: entry.name) == entry, "an entry is not found by its name")
      let without = tree.replacing(entry.name, with: nil)
      try require(
        without.entries.count == tree.entries.count - 1, "an entry is not taken out alone")
      try require(without.replacing(entry.name, with: entry) == tree, "an entry is not put back")
      try require(
        TreeRecord(parsing: input, like: without) == tree, "a tree is read otherwise beside another"
      )
    }
  }

  /// The rules of ``TreeRecord/init(parsing:)`` once more, in the simplest way.
  private static func isWellFormed(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    var names: Set<[UInt8]> = []
    var last: [UInt8]?
    while !rest.isEmpty {
      guard let space = rest.firstIndex(of: 0x20), let end = rest[space...].firstIndex(of: 0),
        rest.endIndex - end > 20
      else { return false }
      let mode = rest[..<space]
      let name = Array(rest[(space + 1)..<end])
      guard (1...6).contains(mode.count), mode.first != 0x30,
        mode.allSatisfy({ (0x30...0x37).contains($0) })
      else { return false }
      let lowered = name.map { (0x41...0x5a).contains($0) ? $0 + 0x20 : $0 }
      guard !name.isEmpty, !name.contains(0x2f),
        ![".", "..", ".git"].contains(where: { lowered.elementsEqual($0.utf8) }),
        names.insert(name).inserted
      else { return false }
      let key = mode.elementsEqual("40000".utf8) ? name + [0x2f] : name
      guard last.map({ $0.lexicographicallyPrecedes(key) }) ?? true else { return false }
      last = key
      rest = rest[(end + 21)...]
    }
    return true
  }
}
