extension HistoryReader {
  /// The commit, read leniently, as git itself would; of any size.
  ///
  /// - Throws: ``HistoryError`` with `.notFound` if the object is no commit.
  package func commit(_ id: ObjectID) throws(HistoryError) -> CommitRecord {
    let record: CommitRecord?
    do {
      let object = try read(id, limit: CommitRecord.largestSigned)
      record = object.kind == .commit ? CommitRecord(id: id, parsing: object.bytes) : nil
    } catch {
      guard error.code == .tooLarge else { throw error }
      var reader = LargeCommitReader()
      let kind = try scan(id) { reader.take($0) }
      record = kind == .commit ? CommitRecord(id: id, reader) : nil
    }
    guard let record else { throw HistoryError(.notFound, "the object \(id) is no commit") }
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
