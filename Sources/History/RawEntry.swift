/// One entry as it lies in the bytes of a tree.
struct RawEntry {
  let mode: UInt32
  let name: UnsafeRawBufferPointer
  private let idBytes: UnsafeRawBufferPointer
  /// Where the next one begins.
  let end: Int

  var isTree: Bool { mode == TreeEntry.treeMode }
  var id: ObjectID { ObjectID(startOf: idBytes) ?? .zero }
  var entry: TreeEntry { TreeEntry(mode: mode, nameBytes: Array(name), id: id) }

  /// - Returns: nil if none begins there that is well-formed.
  init?(in memory: UnsafeRawBufferPointer, at start: Int) {
    var mode: UInt32 = 0
    var position = start
    while position < memory.count, memory[position] != UInt8(ascii: " ") {
      let digit = memory[position] &- UInt8(ascii: "0")
      guard digit < 8, position - start < 6 else { return nil }
      mode = mode << 3 | UInt32(digit)
      position += 1
    }
    guard position > start, memory[start] != UInt8(ascii: "0") else { return nil }
    let nameStart = position + 1
    position = nameStart
    while position < memory.count, memory[position] != 0 {
      guard memory[position] != UInt8(ascii: "/") else { return nil }
      position += 1
    }
    guard position > nameStart, position + 20 < memory.count else { return nil }
    self.mode = mode
    self.name = UnsafeRawBufferPointer(rebasing: memory[nameStart..<position])
    self.idBytes = UnsafeRawBufferPointer(rebasing: memory[(position + 1)..<(position + 21)])
    self.end = position + 21
  }

  func precedes(_ other: RawEntry) -> Bool {
    TreeEntry.precedes(name, isTree, other.name, other.isTree)
  }
}
