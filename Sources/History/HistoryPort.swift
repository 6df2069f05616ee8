/// The four kinds of git object.
package enum ObjectKind: String, Sendable {
  case commit, tree, blob, tag
}

/// An object as it is stored: its kind and its bytes, without git's header.
package struct RawObject: Sendable, Equatable {
  package let kind: ObjectKind
  package let bytes: [UInt8]

  package init(kind: ObjectKind, bytes: [UInt8]) {
    self.kind = kind
    self.bytes = bytes
  }
}

/// Reads objects of one repository.
///
/// What an implementation returns has been hashed: the bytes are the ones the id names. Replace
/// references, grafts and commit-graph files are never consulted.
package protocol HistoryReader: Sendable {
  /// The object of that id.
  ///
  /// - Parameter limit: the most bytes the caller is ready to hold.
  /// - Throws: ``HistoryError`` with `.missing`, `.corrupt`, `.tooLarge` or `.unreadable`.
  func read(_ id: ObjectID, limit: Int) throws(HistoryError) -> RawObject

  /// Hands on the object in pieces, however large it is. Only once it returns is what it handed on
  /// known to be what the id names.
  ///
  /// - Throws: ``HistoryError`` with `.missing`, `.corrupt` or `.unreadable`.
  func scan(
    _ id: ObjectID, _ take: (UnsafeRawBufferPointer) -> Void
  ) throws(HistoryError) -> ObjectKind

  /// Whether an object of that id is here; its content is not looked at.
  func contains(_ id: ObjectID) throws(HistoryError) -> Bool
}

/// Writes objects and moves references of one repository.
package protocol HistoryWriter: Sendable {
  /// Stores the object and returns its id.
  func write(_ kind: ObjectKind, _ bytes: [UInt8]) throws(HistoryError) -> ObjectID

  /// The commit a full reference name (`refs/heads/main`) points to, or nil if there is none.
  func tip(of reference: String) throws(HistoryError) -> ObjectID?

  /// Moves a reference by compare-and-swap.
  ///
  /// - Parameter expected: where it must point now; nil when it must not exist yet.
  /// - Throws: ``HistoryError`` with `.conflict` if it points elsewhere, `.locked` if another
  ///   process holds its lock.
  func move(
    _ reference: String, to id: ObjectID, expecting expected: ObjectID?, because message: String
  ) throws(HistoryError)
}

/// Why a repository could not be read or written.
package struct HistoryError: ExplainedError, Equatable {
  package enum Code: String, Sendable {
    /// The object is not there.
    case missing
    /// The object's bytes are not those its name promises, or make no sense for its kind.
    case corrupt
    /// The object is larger than the caller is ready to hold.
    case tooLarge
    /// The reference points elsewhere than expected.
    case conflict
    /// Another process holds a lock.
    case locked
    /// A file in the working tree or index stands in the way.
    case dirty
    /// There is no repository, or no such reference.
    case notFound
    /// The repository belongs to somebody else.
    case foreignOwner
    /// A repository format, filter or layout that cannot be worked with.
    case unsupported
    /// A shallow or partial clone: part of the history is not here.
    case incomplete
    /// Input/output failed: says nothing about the history.
    case unreadable
  }

  package let code: Code
  /// What happened and where, one sentence.
  package let sentence: String
  /// What to type or do next; may be empty.
  package let hint: String

  package init(_ code: Code, _ sentence: String, hint: String = "") {
    self.code = code
    self.sentence = sentence
    self.hint = hint
  }
}
