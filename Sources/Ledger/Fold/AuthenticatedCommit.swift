import Grants
import History
import Signatures

/// Whether a commit carries a signature that holds; whose it is, only a policy can say.
enum SignatureStatus: Sendable {
  case absent
  case invalid(SignatureError)
  case valid(VerifiedSignature)
}

/// A commit as the first stage leaves it: read, hashed, its signature checked, its changes decoded.
/// Nothing in it is believed yet.
struct AuthenticatedCommit: Sendable {
  let id: ObjectID
  let tree: ObjectID
  /// The tree it is compared with; nil for a merge.
  let parentTree: ObjectID?
  let parents: [ObjectID]
  let committedAt: Timestamp
  let author: String
  let subject: String
  let signature: SignatureStatus
  let policyTrailer: String?
  let mainlineTrailer: String?
  let stateTrailer: String?
  /// What it changes against its only parent; nil for a merge, which proposes nothing.
  let changes: Changes?

  struct Changes: Sendable {
    let diff: GovernedDiff
    let grants: [GrantChange]
  }

  /// One grant that the commit changes.
  struct GrantChange: Sendable {
    let id: GrantID
    let asserted: PlacedContent
    let parent: PlacedContent
    /// Its places that differ, where all of them are known.
    var places: [GovernedDiff.ChangedPlace]?
  }
}

/// The first stage: what depends on nothing that came before.
struct Authenticator: Sendable {
  let reader: TreeReader

  func record(_ id: ObjectID) throws(LedgerError) -> CommitRecord {
    if let known = reader.commit(id) { return known }
    let record: CommitRecord
    do {
      record = try reader.history.commit(id)
    } catch {
      guard error.code != .notFound else {
        throw LedgerError(.brokenHistory, "object \(id) is no commit")
      }
      throw LedgerError(error)
    }
    reader.keep(record, size: record.footprint)
    return record
  }

  /// - Parameter parentTree: the tree of its only parent; nil for any other number of parents.
  func authenticate(
    _ record: CommitRecord, over parentTree: ObjectID?
  ) throws(LedgerError) -> AuthenticatedCommit {
    AuthenticatedCommit(
      id: record.id, tree: record.tree, parentTree: parentTree, parents: record.parents,
      committedAt: Timestamp(seconds: record.committerTime), author: record.author,
      subject: Text.cleaned(record.subject), signature: Self.check(record.signed),
      policyTrailer: record.trailer("Daypass-Policy"),
      mainlineTrailer: record.trailer("Daypass-Mainline"),
      stateTrailer: record.trailer("Daypass-State"),
      changes: try parentTree.map { (before) throws(LedgerError) in
        try changes(from: before, to: record.tree)
      })
  }

  static func check(_ signed: CommitRecord.Signed?) -> SignatureStatus {
    guard let signed else { return .absent }
    do {
      return .valid(
        try SSHSignature.verify(armor: signed.armor, payload: signed.payload, namespace: "git"))
    } catch {
      return .invalid(error)
    }
  }

  private func changes(
    from before: ObjectID, to after: ObjectID
  ) throws(LedgerError) -> AuthenticatedCommit.Changes {
    var diff = try GovernedDiff(from: before, to: after, reader: reader)
    let places = diff.takePlaces()
    var grants: [AuthenticatedCommit.GrantChange] = []
    guard !diff.isTooLarge else { return AuthenticatedCommit.Changes(diff: diff, grants: []) }
    for id in diff.grants {
      if let changed = places[id], !diff.hidesPlaces {
        let contents = try reader.contents(of: id, changed: changed, in: after)
        grants.append(
          AuthenticatedCommit.GrantChange(
            id: id, asserted: contents.after, parent: contents.before, places: changed))
      } else {
        grants.append(
          AuthenticatedCommit.GrantChange(
            id: id, asserted: try reader.content(of: id, in: after),
            parent: try reader.content(of: id, in: before)))
      }
    }
    return AuthenticatedCommit.Changes(diff: diff, grants: grants)
  }
}
