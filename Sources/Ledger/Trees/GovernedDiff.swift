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
  /// Whether ``limit`` was passed; then the lists are incomplete.
  private(set) var isTooLarge = false

  private var seen: Set<GrantID> = []
  private var strayCount = 0

  /// Compares two root trees recursively, skipping equal ids; nil stands for the empty tree.
  init(from old: ObjectID?, to new: ObjectID, reader: TreeReader) throws(LedgerError) {
    guard old != new else { return }
    let newRoot = try reader.tree(new)
    var oldRoot: TreeRecord?
    if let old { oldRoot = try reader.tree(old) }
    let places = (
      Self.policies(oldRoot?.entry(named: "policies")),
      Self.policies(newRoot?.entry(named: "policies"))
    )
    if places.0 != places.1 { policies = (from: places.0, to: places.1) }
    try compare(
      oldRoot?.entry(named: "grants"), newRoot?.entry(named: "grants"), at: ["grants"],
      kind: .directory, reader: reader)
    grants.sort()
    seen = []
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
    _ old: TreeEntry?, _ new: TreeEntry?, at path: [String], kind: GovernedShape.Kind,
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
        if seen.insert(place.id).inserted { grants.append(place.id) }
        if grants.count > Self.limit { isTooLarge = true }
      } else {
        noteStray(path, isThere: new != nil)
      }
    case .directory:
      // Something else than a directory hides what was below it and is a stray itself.
      let (oldTree, newTree) = (try subtree(old, reader), try subtree(new, reader))
      if new != nil, newTree == nil {
        touchesGrants = true
        noteStray(path, isThere: true)
        if new?.isTree == true { return }
      }
      // A directory with nothing in it is a stray, come or gone: not counted, a few trees could
      // make every verifier visit as many of them as there are numbers for.
      let isEmpty = newTree.map(\.entries.isEmpty) ?? oldTree?.entries.isEmpty ?? false
      if path.count > 2, isEmpty {
        touchesGrants = true
        noteStray(path, isThere: newTree != nil)
      }
      try compareChildren(oldTree ?? .empty, newTree ?? .empty, at: path, reader: reader)
    }
  }

  private mutating func compareChildren(
    _ old: TreeRecord, _ new: TreeRecord, at path: [String], reader: TreeReader
  ) throws(LedgerError) {
    for (left, right) in TreeRecord.paired(old, new) where left != right {
      guard let name = (right ?? left)?.name else { continue }
      try compare(
        left, right, at: path + [name], kind: GovernedShape.kind(of: name, in: path),
        reader: reader)
    }
  }

  private func subtree(_ entry: TreeEntry?, _ reader: TreeReader) throws(LedgerError) -> TreeRecord?
  {
    guard let entry, entry.isTree else { return nil }
    return try reader.tree(entry.id)
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
    let order: (TreeEntry, TreeEntry) -> Bool = {
      $0.nameBytes.lexicographicallyPrecedes($1.nameBytes)
    }
    let (leftRest, rightRest) = withoutWhatIsEqual(left.entries, right.entries)
    let (left, right) = (leftRest.sorted(by: order), rightRest.sorted(by: order))
    var result: [(TreeEntry?, TreeEntry?)] = []
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

  /// A commit mostly changes one entry of a long directory.
  private static func withoutWhatIsEqual(
    _ left: [TreeEntry], _ right: [TreeEntry]
  ) -> (ArraySlice<TreeEntry>, ArraySlice<TreeEntry>) {
    let shorter = min(left.count, right.count)
    var start = 0
    while start < shorter, left[start] == right[start] { start += 1 }
    var end = 0
    while end < shorter - start, left[left.count - 1 - end] == right[right.count - 1 - end] {
      end += 1
    }
    return (left[start..<(left.count - end)], right[start..<(right.count - end)])
  }
}
