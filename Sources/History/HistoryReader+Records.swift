extension HistoryReader {
  /// The commit, read leniently, as git itself would.
  ///
  /// - Throws: ``HistoryError`` with `.notFound` if the object is no commit.
  package func commit(_ id: ObjectID) throws(HistoryError) -> CommitRecord {
    let object = try read(id, limit: 128 << 20)
    guard object.kind == .commit, let record = CommitRecord(id: id, parsing: object.bytes) else {
      throw HistoryError(.notFound, "the object \(id) is no commit")
    }
    return record
  }

  /// The directory, read strictly.
  ///
  /// - Throws: ``HistoryError`` with `.corrupt` if the object is no well-formed tree.
  package func tree(_ id: ObjectID) throws(HistoryError) -> TreeRecord {
    let object = try read(id, limit: 64 << 20)
    guard object.kind == .tree, let record = TreeRecord(parsing: object.bytes) else {
      throw HistoryError(.corrupt, "the object \(id) is no well-formed directory")
    }
    return record
  }
}
