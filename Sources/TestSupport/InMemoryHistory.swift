import Clibcrypto
import History
import Synchronization

/// The twin of a git repository in memory: same ids, same errors, no disk.
package final class InMemoryHistory: HistoryReader, HistoryWriter {
  private struct State {
    var objects: [ObjectID: RawObject] = [:]
    var damaged: Set<ObjectID> = []
    var references: [String: ObjectID] = [:]
    var messages: [String: [String]] = [:]
    var locked: Set<String> = []
  }

  private let state = Mutex(State())

  package init() {}

  package func read(_ id: ObjectID, limit: Int) throws(HistoryError) -> RawObject {
    try state.withLock { (state) throws(HistoryError) in
      guard let object = state.objects[id] else {
        throw HistoryError(.missing, "The object \(id) is not in this repository.")
      }
      guard object.bytes.count <= limit else {
        throw HistoryError(
          .tooLarge,
          "The object \(id) has \(object.bytes.count) bytes; at most \(limit) are allowed here.")
      }
      guard !state.damaged.contains(id) else {
        throw HistoryError(.corrupt, "The object \(id) is corrupt: its content has another hash.")
      }
      return object
    }
  }

  package func scan(
    _ id: ObjectID, _ take: (UnsafeRawBufferPointer) -> Void
  ) throws(HistoryError) -> ObjectKind {
    let object = try read(id, limit: .max)
    object.bytes.withUnsafeBytes(take)
    return object.kind
  }

  package func contains(_ id: ObjectID) throws(HistoryError) -> Bool {
    state.withLock { $0.objects[id] != nil }
  }

  package func write(_ kind: ObjectKind, _ bytes: [UInt8]) throws(HistoryError) -> ObjectID {
    let id = Self.id(of: kind, bytes)
    state.withLock { $0.objects[id] = RawObject(kind: kind, bytes: bytes) }
    return id
  }

  package func tip(of reference: String) throws(HistoryError) -> ObjectID? {
    state.withLock { $0.references[reference] }
  }

  package func move(
    _ reference: String, to id: ObjectID, expecting expected: ObjectID?, because message: String
  ) throws(HistoryError) {
    try state.withLock { (state) throws(HistoryError) in
      guard !state.locked.contains(reference) else {
        throw HistoryError(.locked, "Cannot move \(reference): it is locked.")
      }
      guard state.objects[id] != nil else {
        throw HistoryError(.missing, "The object \(id) is not in this repository.")
      }
      guard state.references[reference] == expected else {
        throw HistoryError(.conflict, "\(reference) is not where it was: somebody else moved it.")
      }
      state.references[reference] = id
      state.messages[reference, default: []].append(message)
    }
  }

  /// The id git gives to such an object.
  package static func id(of kind: ObjectKind, _ bytes: [UInt8]) -> ObjectID {
    let stored = Array("\(kind.rawValue) \(bytes.count)\0".utf8) + bytes
    var digest = [UInt8](repeating: 0, count: 20)
    SHA1(stored, stored.count, &digest)
    return ObjectID(bytes: digest) ?? .zero
  }

  // MARK: What only a test does

  /// Points a reference anywhere, as a hostile push could; nil deletes it.
  package func force(_ reference: String, to id: ObjectID?) {
    state.withLock { $0.references[reference] = id }
  }

  /// Loses an object.
  package func lose(_ id: ObjectID) {
    state.withLock { _ = $0.objects.removeValue(forKey: id) }
  }

  /// Makes reading an object fail as damaged, from now on.
  package func damage(_ id: ObjectID) {
    state.withLock { _ = $0.damaged.insert(id) }
  }

  /// Holds a reference's lock, or lets go of it.
  package func setLocked(_ reference: String, _ locked: Bool) {
    state.withLock {
      if locked { $0.locked.insert(reference) } else { $0.locked.remove(reference) }
    }
  }

  /// Why the reference was moved, oldest first.
  package func messages(of reference: String) -> [String] {
    state.withLock { $0.messages[reference] ?? [] }
  }

  /// How many objects are stored.
  package var objectCount: Int { state.withLock { $0.objects.count } }

  /// Every object, in order of their ids.
  package var everything: [RawObject] {
    state.withLock { $0.objects.sorted { $0.key < $1.key }.map(\.value) }
  }

  /// Copies everything into another history, as a push to an empty remote does.
  package func copy(to other: some HistoryWriter) throws(HistoryError) {
    let (objects, references) = state.withLock { ($0.objects, $0.references) }
    for object in objects.values { _ = try other.write(object.kind, object.bytes) }
    for (name, id) in references {
      try other.move(name, to: id, expecting: try other.tip(of: name), because: "copy")
    }
  }
}
