import Grants
import History

/// Reads the fields of a checkpoint; nil wherever they make no sense.
struct CheckpointReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
    guard count >= 0, count <= bytes.count - position else { return nil }
    defer { position += count }
    return bytes[position..<(position + count)]
  }

  mutating func id() -> ObjectID? { take(20).flatMap { ObjectID(bytes: $0) } }

  mutating func number() -> Int64? {
    take(8)?.reduce(0) { $0 << 8 | Int64($1) }
  }

  mutating func moment() -> Timestamp? { number().map { Timestamp(seconds: $0) } }

  mutating func flag() -> Bool? {
    switch take(1)?.first {
    case 0: false
    case 1: true
    default: nil
    }
  }

  mutating func blob() -> [UInt8]? {
    number().flatMap { Int(exactly: $0) }.flatMap { take($0) }.map(Array.init)
  }

  mutating func text() -> String? { blob().flatMap { String(validating: $0, as: UTF8.self) } }

  mutating func list<Element>(_ read: (inout CheckpointReader) -> Element?) -> [Element]? {
    guard let count = number(), count >= 0, count <= Int64(bytes.count) else { return nil }
    var result: [Element] = []
    for _ in 0..<count {
      guard let element = read(&self) else { return nil }
      result.append(element)
    }
    return result
  }

  mutating func state(_ reader: TreeReader) -> FoldState? {
    guard let policyTree = id(),
      let read = try? PolicySnapshot.read(policyTree, reader: reader),
      case .success(let policy) = read, let tree = tree(),
      let live = list({ $0.live() }), let extras = list({ $0.extra() }),
      let hasArchived = flag(), let archivedUpTo = moment(),
      let consents = list({ $0.consent() }), let commit = id(), let landedAt = moment(),
      let pinnedCommit = id(), let hasPin = flag(), let pinnedAt = moment(),
      let disputes = list({ $0.dispute() })
    else { return nil }
    var belief = Belief(
      policy: policy, tree: tree, live: live,
      extras: Dictionary(extras, uniquingKeysWith: { first, _ in first }))
    belief.archivedUpTo = hasArchived ? archivedUpTo : nil
    var state = FoldState(
      belief: belief, commit: commit, landedAt: landedAt, pinnedCommit: pinnedCommit)
    state.consents = consents
    state.pinnedAt = hasPin ? pinnedAt : nil
    state.disputes = disputes
    return state
  }

  private mutating func live() -> LiveGrant? {
    guard let state = text().flatMap({ GrantState(rawValue: $0) }), let bytes = blob(),
      let grant = try? Grant(canonical: bytes), let blob = id(), let signedAt = moment()
    else { return nil }
    return LiveGrant(state: state, grant: grant, blob: blob, requestSignedAt: signedAt)
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
