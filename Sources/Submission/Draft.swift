import Grants
import History
import Ledger

/// A commit as it is meant, before anybody has signed it.
package struct Draft: Sendable {
  /// What shall lie at a grant's places.
  package struct Edit: Sendable {
    package let id: GrantID
    /// Where the file shall lie and what it shall say; nil for nowhere.
    package let content: (GrantState, Grant)?

    package init(id: GrantID, content: (GrantState, Grant)?) {
      self.id = id
      self.content = content
    }
  }

  package var edits: [Edit]
  /// The new `policies/`, as its tree's id; the tree must have been written.
  package var policies: ObjectID?
  /// The message's first line.
  package var subject: String
  /// Name and value of the trailers, in order.
  package var trailers: [(String, String)]
  /// The steps the ledger must find in the signed commit for it to be published.
  package var expected: Set<Unit>
  /// Whether the whole belief is written back into the tree first.
  package var restores = false
  /// Whether the commit carries a reconciler's trailers.
  package var isReconcilers = false
  /// The commit's time, where it is not the clock's.
  package var moment: Timestamp?
  /// A second parent: the head that a straightening merge brings home.
  package var secondParent: ObjectID?
  /// The commit to build on instead of the head.
  package var firstParent: ObjectID?

  package init(
    edits: [Edit] = [], policies: ObjectID? = nil, subject: String,
    trailers: [(String, String)] = [], expected: Set<Unit>, firstParent: ObjectID? = nil,
    secondParent: ObjectID? = nil
  ) {
    self.edits = edits
    self.policies = policies
    self.subject = subject
    self.trailers = trailers
    self.expected = expected
    self.firstParent = firstParent
    self.secondParent = secondParent
  }
}

/// What somebody wants, ready to be made into a draft on whatever head turns out to be the newest.
package protocol Intent: Sendable {
  /// - Throws: ``SubmissionError`` if it cannot be done on this head.
  func draft(on replay: Replay, at now: Timestamp) throws(SubmissionError) -> Draft
}
