import History

/// A repository as it would be with a few more objects, which nobody has written.
struct OverlaidHistory: HistoryReader {
  let base: any HistoryReader
  let added: [ObjectID: RawObject]

  func read(_ id: ObjectID, limit: Int) throws(HistoryError) -> RawObject {
    guard let object = added[id] else { return try base.read(id, limit: limit) }
    guard object.bytes.count <= limit else {
      throw HistoryError(.tooLarge, "the object \(id) has \(object.bytes.count) bytes")
    }
    return object
  }

  func scan(
    _ id: ObjectID, _ take: (UnsafeRawBufferPointer) -> Void
  ) throws(HistoryError) -> ObjectKind {
    guard let object = added[id] else { return try base.scan(id, take) }
    object.bytes.withUnsafeBytes(take)
    return object.kind
  }

  func contains(_ id: ObjectID) throws(HistoryError) -> Bool {
    if added[id] != nil { return true }
    return try base.contains(id)
  }
}
