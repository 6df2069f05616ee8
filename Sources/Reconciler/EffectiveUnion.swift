import Grants
import History

/// Who holds which role at one moment in several repositories, each of which was judged by its own
/// root, its own pins and its own policy.
///
/// Names of roles and of people belong to the repository that uses them. Roles of one name in two
/// repositories are two roles: whoever keeps one repository could else give access in the other.
package struct EffectiveUnion: Sendable, Hashable {
  package static let schema = "daypass/effective-union/v1"

  /// One repository that was judged.
  package struct Member: Sendable, Hashable {
    package let root: ObjectID
    package let set: EffectiveSet

    package init(root: ObjectID, set: EffectiveSet) {
      self.root = root
      self.set = set
    }
  }

  /// A repository that could not be judged, and of which nothing is in the union.
  package struct LeftOut: Sendable, Hashable {
    /// The name its root gives it: a name never changes.
    package let repository: String
    package let root: ObjectID
    /// The exit code by which a command on this repository alone ends.
    package let status: Int
    /// Why it could not be judged.
    package let sentence: String

    package init(repository: String, root: ObjectID, status: Int, sentence: String) {
      self.repository = repository
      self.root = root
      self.status = status
      self.sentence = sentence
    }
  }

  /// In the order of their names.
  package let members: [Member]
  /// In the order of their names.
  package let leftOut: [LeftOut]

  /// Unites sets.
  ///
  /// - Throws: ``EffectiveUnionError`` where there is no set, or two repositories share a name or a
  ///   root, left out or not.
  package init(_ members: [Member], leavingOut leftOut: [LeftOut] = []) throws(EffectiveUnionError)
  {
    guard !members.isEmpty else { throw .nothingLeft }
    let all =
      members.map { ($0.set.repository, $0.root) } + leftOut.map { ($0.repository, $0.root) }
    var names: Set<String> = []
    var roots: Set<ObjectID> = []
    for (name, root) in all {
      guard roots.insert(root).inserted else { throw .sameRoot(root) }
      guard names.insert(name).inserted else { throw .sameName(name) }
    }
    self.members = members.sorted { $0.set.repository < $1.set.repository }
    self.leftOut = leftOut.sorted { $0.repository < $1.repository }
  }

  /// The earliest moment that any of the sets speaks of.
  package var generatedAt: Timestamp { earliest(\.generatedAt) }
  /// After this a consumer must not use the union any more: the earliest end of all.
  package var validUntil: Timestamp { earliest(\.validUntil) }

  private func earliest(_ moment: (EffectiveSet) -> Timestamp) -> Timestamp {
    members.map { moment($0.set) }.min() ?? Timestamp(seconds: 0)
  }
}

/// Why sets cannot be united.
package enum EffectiveUnionError: Error, Sendable, Hashable {
  case nothingLeft
  case sameRoot(ObjectID)
  case sameName(String)
}
