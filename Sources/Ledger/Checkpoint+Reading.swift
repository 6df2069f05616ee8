import Grants
import History

/// Reads the fields of a checkpoint; nil wherever they make no sense.
extension FieldReader {
  mutating func id() -> ObjectID? {
    skip(20).flatMap { withBytes($0) { ObjectID(startOf: $0) } }
  }

  mutating func state(_ reader: TreeReader) -> FoldState? {
    guard let policyTree = id(),
      let policy = policy(policyTree, reader), let tree = tree(),
      let live = LiveTable(&self), let extras = list({ $0.extra() }),
      let hasArchived = flag(), let archivedUpTo = moment(),
      let consents = list({ $0.consent() }), let commit = id(), let landedAt = moment(),
      let pinnedCommit = id(), let hasPin = flag(), let pinnedAt = moment(),
      let disputes = list({ $0.dispute() })
    else { return nil }
    var belief = Belief(
      policy: policy, tree: tree, live: LiveGrants(live),
      extras: Dictionary(extras, uniquingKeysWith: { first, _ in first }))
    belief.archivedUpTo = hasArchived ? archivedUpTo : nil
    var state = FoldState(
      belief: belief, commit: commit, landedAt: landedAt, pinnedCommit: pinnedCommit)
    state.consents = consents
    state.pinnedAt = hasPin ? pinnedAt : nil
    state.disputes = disputes
    return state
  }

  /// The policy in the form it was kept in; as the store has it where that is another version's.
  private mutating func policy(_ tree: ObjectID, _ reader: TreeReader) -> PolicySnapshot? {
    guard let length = number(), let count = Int(exactly: length), let place = skip(count) else {
      return nil
    }
    var form = within(place)
    if let policy = form.policySnapshot(tree) { return policy }
    guard let read = try? PolicySnapshot.read(tree, reader: reader),
      case .success(let policy) = read
    else { return nil }
    return policy
  }

  private mutating func extra() -> (ObjectID, [UInt8])? {
    guard let id = id(), let bytes = blob() else { return nil }
    return (id, bytes)
  }

  private mutating func consent() -> Consent? {
    guard let commit = id(), let admin = text().flatMap({ Principal($0) }), let from = id(),
      let to = id(), let signedAt = moment(), let carries = flag()
    else { return nil }
    return Consent(
      commit: commit, admin: admin, from: from, to: to, signedAt: signedAt, carries: carries)
  }

  private mutating func dispute() -> Dispute? {
    guard let path = text(), let believed = flag(), let found = flag(), let cause = incident()
    else { return nil }
    return Dispute(
      difference: Difference(path: path, believed: believed, found: found), cause: cause)
  }

  private mutating func incident() -> Incident? {
    guard let commit = id(), let mainline = id(), let landedAt = moment(),
      let unit = text().flatMap(Self.unit), let rule = text().flatMap({ TrustRule(rawValue: $0) }),
      let sentence = text(), let author = text(), let signer = text()
    else { return nil }
    return Incident(
      commit: commit, mainline: mainline, landedAt: landedAt, unit: unit, rule: rule,
      sentence: sentence, author: author, signer: Principal(signer))
  }

  private static func unit(_ text: String) -> Unit? {
    if text == "policies" { return .policies }
    if text.hasPrefix("place ") { return .place(String(text.dropFirst(6))) }
    return text.hasPrefix("grant ") ? GrantID(text.dropFirst(6)).map { .grant($0) } : nil
  }

  private mutating func tree() -> BeliefTree? {
    guard let isStored = flag() else { return nil }
    if isStored { return id().map { .stored($0) } }
    let children: [(String, BeliefTree.Node)]? = list { reader in
      guard let name = reader.text(), let isFile = reader.flag() else { return nil }
      if isFile { return reader.id().map { (name, .file($0)) } }
      return reader.tree().map { (name, .directory($0)) }
    }
    return children.map { .edited(Dictionary($0, uniquingKeysWith: { first, _ in first })) }
  }
}
