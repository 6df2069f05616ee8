import History
import Ledger

/// An object on its way into the pack.
struct PackedObject: Sendable {
  let kind: ObjectKind
  let id: ObjectID
  /// The object's bytes, or a delta.
  let bytes: [UInt8]
  /// The number of the object that the delta is of.
  let base: Int?
}

/// An object that has its number in the pack: what the next version of it can be a delta of.
struct Stored: Sendable {
  let id: ObjectID
  let number: Int
  let bytes: [UInt8]
}

/// Numbers the objects of a pack in the order they will be written, and finds those that are there
/// already: a directory from which the newest grant is taken away is again what it was before.
struct Catalogue {
  /// The longest chain of deltas, as `git gc` makes them.
  static let deepest: UInt8 = 50

  private(set) var count = 0
  /// Trees and blobs numbered since this was last emptied.
  private var fresh: [PackedObject] = []
  private var depths: [UInt8] = []
  private var known = NumberTable()

  /// The tree with its number.
  mutating func tree(_ bytes: [UInt8], after old: Stored?, layout: Delta.Layout?) -> Stored {
    let id = ObjectID.hashing(.tree, bytes)
    if let number = known.number(of: id) {
      return Stored(id: id, number: number, bytes: bytes)
    }
    let stored = add(.tree, id, bytes, after: old, layout: layout)
    known.insert(id, stored.number)
    return stored
  }

  /// A blob that is not there yet.
  mutating func blob(_ bytes: [UInt8], after old: Stored? = nil) -> Stored {
    add(.blob, ObjectID.hashing(.blob, bytes), bytes, after: old, layout: nil)
  }

  /// The number of a commit, whose bytes nobody knows before its parents are signed.
  mutating func commit() -> Int {
    depths.append(0)
    count += 1
    return count - 1
  }

  mutating func takeFresh() -> [PackedObject] {
    defer { fresh = [] }
    return fresh
  }

  private mutating func add(
    _ kind: ObjectKind, _ id: ObjectID, _ bytes: [UInt8], after old: Stored?,
    layout: Delta.Layout?
  ) -> Stored {
    var object = PackedObject(kind: kind, id: id, bytes: bytes, base: nil)
    var depth: UInt8 = 0
    if let old, depths[old.number] < Self.deepest {
      let delta = Delta.make(from: old.bytes, to: bytes, layout: layout)
      // A delta that saves little costs more to read than it is worth.
      if delta.count < bytes.count / 2 {
        object = PackedObject(kind: kind, id: id, bytes: delta, base: old.number)
        depth = depths[old.number] + 1
      }
    }
    fresh.append(object)
    depths.append(depth)
    count += 1
    return Stored(id: id, number: count - 1, bytes: bytes)
  }
}

/// Numbers by object id; open addressing over the ids' first 64 bits, which millions of objects do
/// not share by chance.
private struct NumberTable {
  private var keys = [UInt64](repeating: 0, count: 1 << 16)
  private var numbers = [UInt32](repeating: 0, count: 1 << 16)
  private var count = 0

  func number(of id: ObjectID) -> Int? {
    let key = Self.key(id)
    let slot = slot(for: key)
    return keys[slot] == key ? Int(numbers[slot]) : nil
  }

  mutating func insert(_ id: ObjectID, _ number: Int) {
    if count * 2 >= keys.count { grow() }
    put(Self.key(id), UInt32(number))
    count += 1
  }

  private mutating func put(_ key: UInt64, _ number: UInt32) {
    let slot = slot(for: key)
    keys[slot] = key
    numbers[slot] = number
  }

  private func slot(for key: UInt64) -> Int {
    let mask = keys.count - 1
    var slot = Int(truncatingIfNeeded: key) & mask
    while keys[slot] != 0, keys[slot] != key { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func grow() {
    let (oldKeys, oldNumbers) = (keys, numbers)
    keys = [UInt64](repeating: 0, count: oldKeys.count * 2)
    numbers = [UInt32](repeating: 0, count: oldKeys.count * 2)
    for (key, number) in zip(oldKeys, oldNumbers) where key != 0 { put(key, number) }
  }

  private static func key(_ id: ObjectID) -> UInt64 {
    withUnsafeTemporaryAllocation(byteCount: 24, alignment: 8) { memory in
      id.copy(to: memory)
      // Zero marks a free slot.
      return max(1, memory.load(as: UInt64.self))
    }
  }
}
