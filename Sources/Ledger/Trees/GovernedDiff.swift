import Grants
import History

/// What lies at `policies` in a tree.
package enum PolicyPlace: Sendable, Hashable {
  case absent
  case tree(ObjectID)
  /// Something that is no directory.
  case other
}

/// The governed places in which two trees differ.
struct GovernedDiff: Sendable {
  /// The most units one commit may touch; one that touches more is refused whole.
  static let limit = 100_000

  /// Grants with a difference at any of their three places, in id order.
  private(set) var grants: [GrantID] = []
  /// Paths below `grants/` that no grant has and that the newer tree holds, in the order met.
  private(set) var strays: [String] = []
  /// Whether anything below `grants/` differs, strays that went away included.
  private(set) var touchesGrants = false
  /// `policies` before and after, where they differ.
  private(set) var policies: (from: PolicyPlace, to: PolicyPlace)?
  /// The two roots' `grants`, and the newer one's `policies`; nil also where the roots are one.
  private(set) var grantsBefore: TreeEntry?
  private(set) var grantsAfter: TreeEntry?
  private(set) var policiesAfter: TreeEntry?
  /// Whether ``limit`` was passed; then the lists are incomplete.
  private(set) var isTooLarge = false
  /// The places of each grant that differ, until they are taken. Incomplete where ``hidesPlaces``.
  private var places: [GrantID: [ChangedPlace]] = [:]
  /// Whether a malformed directory in the newer tree hides what may lie below it.
  private(set) var hidesPlaces = false

  /// One of a grant's three places, before and after.
  struct ChangedPlace: Sendable {
    let state: GrantState
    let from: TreeEntry?
    let to: TreeEntry?
  }

  private var strayCount = 0

  /// Compares two root trees recursively, skipping equal ids; nil stands for the empty tree.
  init(from old: ObjectID?, to new: ObjectID, reader: TreeReader) throws(LedgerError) {
    guard old != new else { return }
    var oldRoot: TreeRecord?
    if let old { oldRoot = try reader.tree(old) }
    let newRoot = try reader.tree(new, like: oldRoot)
    policiesAfter = newRoot?.entry(named: "policies")
    let found = (
      Self.policies(oldRoot?.entry(named: "policies")), Self.policies(policiesAfter)
    )
    if found.0 != found.1 { policies = (from: found.0, to: found.1) }
    grantsBefore = oldRoot?.entry(named: "grants")
    grantsAfter = newRoot?.entry(named: "grants")
    try compareGrants(reader)
  }

  /// Compares what lies at `grants` and at `policies`, two trees each, with a root tree.
  init(
    fromGrants grants: ObjectID, policies: ObjectID, to root: ObjectID, reader: TreeReader
  ) throws(LedgerError) {
    let root = try reader.tree(root)
    policiesAfter = root?.entry(named: "policies")
    let found = (PolicyPlace.tree(policies), Self.policies(policiesAfter))
    if found.0 != found.1 { self.policies = (from: found.0, to: found.1) }
    grantsBefore = TreeEntry(mode: TreeEntry.treeMode, name: "grants", id: grants)
    grantsAfter = root?.entry(named: "grants")
    try compareGrants(reader)
  }

  private mutating func compareGrants(_ reader: TreeReader) throws(LedgerError) {
    var path = ["grants"]
    path.reserveCapacity(8)
    try compare(grantsBefore, grantsAfter, at: &path, kind: .directory, reader: reader)
    grants = places.keys.sorted()
  }

  /// Hands over what differs at the places of each grant, which is looked at once.
  mutating func takePlaces() -> [GrantID: [ChangedPlace]] {
    defer { places = [:] }
    return places
  }

  /// No difference at all.
  static let none = GovernedDiff()

  private init() {}

  /// The same with the grants and strays that were counted otherwise left out.
  func recounted() -> GovernedDiff {
    var diff = GovernedDiff()
    diff.policies = policies
    diff.touchesGrants = touchesGrants
    return diff
  }

  private static func policies(_ entry: TreeEntry?) -> PolicyPlace {
    guard let entry else { return .absent }
    return entry.isTree ? .tree(entry.id) : .other
  }

  private mutating func compare(
    _ old: TreeEntry?, _ new: TreeEntry?, at path: inout [String], kind: GovernedShape.Kind,
    reader: TreeReader
  ) throws(LedgerError) {
    guard old != new, !isTooLarge else { return }
    switch kind {
    case .ignored: return
    case .stray:
      touchesGrants = true
      noteStray(path, isThere: new != nil)
    case .file:
      touchesGrants = true
      if let place = GrantPath(components: path) {
        places[place.id, default: []].append(
          ChangedPlace(state: place.state, from: old, to: new))
        if places.count > Self.limit { isTooLarge = true }
      } else {
        noteStray(path, isThere: new != nil)
      }
    case .directory:
      // Something else than a directory hides what was below it and is a stray itself.
      let oldTree = try subtree(old, like: nil, reader)
      let newTree = try subtree(new, like: oldTree, reader)
      if new != nil, newTree == nil {
        touchesGrants = true
        noteStray(path, isThere: true)
        if new?.isTree == true {
          hidesPlaces = true
          return
        }
      }
      // A directory with nothing in it is a stray, come or gone: not counted, a few trees could
      // make every verifier visit as many of them as there are numbers for.
      let isEmpty = newTree.map(\.isEmpty) ?? oldTree?.isEmpty ?? false
      if path.count > 2, isEmpty {
        touchesGrants = true
        noteStray(path, isThere: newTree != nil)
      }
      try compareChildren(oldTree ?? .empty, newTree ?? .empty, at: &path, reader: reader)
    }
  }

  private mutating func compareChildren(
    _ old: TreeRecord, _ new: TreeRecord, at path: inout [String], reader: TreeReader
  ) throws(LedgerError) {
    for (left, right) in TreeRecord.paired(old, new) where left != right {
      guard let name = (right ?? left)?.name else { continue }
      let kind = GovernedShape.kind(of: name, in: path)
      path.append(name)
      defer { path.removeLast() }
      try compare(left, right, at: &path, kind: kind, reader: reader)
    }
  }

  private func subtree(
    _ entry: TreeEntry?, like other: TreeRecord?, _ reader: TreeReader
  ) throws(LedgerError) -> TreeRecord? {
    guard let entry, entry.isTree else { return nil }
    return try reader.tree(entry.id, like: other)
  }

  /// Counts strays that went away as well: a few trees can stand for more paths than anybody can
  /// walk, and taking them away walks as many as bringing them in.
  private mutating func noteStray(_ path: [String], isThere: Bool) {
    if isThere { strays.append(path.joined(separator: "/")) }
    strayCount += 1
    if strayCount > Self.limit { isTooLarge = true }
  }
}

extension TreeRecord {
  /// The entries of two trees, those of one name side by side, in order of names; what both begin
  /// or end with alike is left out.
  static func paired(_ left: TreeRecord, _ right: TreeRecord) -> [(TreeEntry?, TreeEntry?)] {
    // A commit mostly changes one entry of a long directory.
    let (first, last) = left.common(with: right)
    let (left, right) = (
      left.ordered(first..<(left.count - last)), right.ordered(first..<(right.count - last))
    )
    let order = precedes
    var result: [(TreeEntry?, TreeEntry?)] = []
    result.reserveCapacity(left.count + right.count)
    var (i, j) = (0, 0)
    while i < left.count || j < right.count {
      if j == right.count || (i < left.count && order(left[i], right[j])) {
        result.append((left[i], nil))
        i += 1
      } else if i == left.count || order(right[j], left[i]) {
        result.append((nil, right[j]))
        j += 1
      } else {
        result.append((left[i], right[j]))
        i += 1
        j += 1
      }
    }
    return result
  }

  /// Some of the entries, in order of names: git's own has a directory stand elsewhere.
  private func ordered(_ range: Range<Int>) -> [TreeEntry] {
    let entries = entries(in: range)
    return entries.count < 2 ? entries : entries.sorted(by: Self.precedes)
  }

  private static func precedes(_ left: TreeEntry, _ right: TreeEntry) -> Bool {
    left.nameBytes.lexicographicallyPrecedes(right.nameBytes)
  }
}
