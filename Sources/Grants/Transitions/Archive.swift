extension Transition {
  /// A closed grant's file taken out of the tree, which history keeps.
  ///
  /// Only by one who saw it closed in the parent as it is believed: the removal of a grant that was
  /// active there says something else.
  static func readArchive(_ assertion: Assertion) -> Transition? {
    guard assertion.believed.state == .closed, assertion.asserted == .absent,
      assertion.parent == assertion.believed
    else { return nil }
    return .archive
  }
}

extension Grant {
  /// From when on its file may leave the tree; nil while it is not closed.
  ///
  /// Counted from the closing, but never from before the request: whoever signs an ending may date
  /// it back, and the id must not come free while it could still be asked for.
  package func keptUntil(_ retention: TimeSpan) -> Timestamp? {
    closed.map { max($0.at, requestedAt) + retention }
  }
}
