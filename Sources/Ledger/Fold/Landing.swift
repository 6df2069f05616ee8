import Grants
import HeapModule
import History

/// One mainline commit with the proposals it brings, in the order they are judged.
struct Landing: Sendable {
  let mainline: AuthenticatedCommit
  let proposals: [AuthenticatedCommit]
}

/// The second stage: what each mainline commit brings, and in which order.
///
/// Walks by reading objects; dates order, but never decide what is reachable.
struct Lander {
  let authenticator: Authenticator
  let root: ObjectID
  /// The mainline commit after which landings begin.
  private let start: ObjectID
  /// Every commit reachable from the mainline so far; nil until the first merge asks for it.
  private var landed: Set<ObjectID>?
  /// Mainline commits of one parent that came before the first merge.
  private var early: [ObjectID] = []
  /// The landed commits that do not descend from the root.
  private var strangers: Set<ObjectID> = []
  /// The newest mainline commit and its tree: what the next one is compared with.
  private var newest: (commit: ObjectID, tree: ObjectID)?

  init(authenticator: Authenticator, root: ObjectID, start: ObjectID) {
    self.authenticator = authenticator
    self.root = root
    self.start = start
  }

  /// What that mainline commit brings.
  ///
  /// - Parameter flipped: whether it lands upon the line so far as a whole, rather than upon its
  ///   first parent: so does a flipped head.
  mutating func landing(
    of id: ObjectID, ready: AuthenticatedCommit? = nil, flipped: Bool = false
  ) throws(LedgerError) -> Landing {
    if !flipped, let ready {
      newest = (id, ready.tree)
      pass(id)
      return Landing(mainline: ready, proposals: [ready])
    }
    let record = try authenticator.record(id)
    var trees = newest.map { [$0.commit: $0.tree] } ?? [:]
    let mainline = try authenticate(record, trees: trees)
    newest = (id, record.tree)
    if !flipped, mainline.parents.count == 1 {
      pass(id)
      return Landing(mainline: mainline, proposals: [mainline])
    }
    var proposals: [AuthenticatedCommit] = []
    let brought = try bring(id, from: flipped ? [id] : Array(mainline.parents.dropFirst()))
    // A commit without parents asserts nothing against anything; one with many is a merge.
    for record in brought {
      trees[record.id] = record.tree
      guard record.parents.count == 1, !strangers.contains(record.id) else { continue }
      proposals.append(try authenticate(record, trees: trees))
    }
    return Landing(mainline: mainline, proposals: proposals)
  }

  /// - Parameter trees: trees of commits that need not be read for it.
  private func authenticate(
    _ record: CommitRecord, trees: [ObjectID: ObjectID]
  ) throws(LedgerError) -> AuthenticatedCommit {
    var parentTree: ObjectID?
    if record.parents.count == 1, let parent = record.parents.first {
      if let known = trees[parent] {
        parentTree = known
      } else {
        parentTree = try authenticator.record(parent).tree
      }
    }
    return try authenticator.authenticate(record, over: parentTree)
  }

  /// Notes a mainline commit that brings nothing but itself.
  mutating func pass(_ id: ObjectID) {
    if landed == nil { early.append(id) } else { landed?.insert(id) }
  }

  /// The commits reachable from those tips and not from the mainline so far, in the order they are
  /// judged; afterwards they count as landed with the mainline commit `id`.
  mutating func bring(
    _ id: ObjectID, from tips: [ObjectID]
  ) throws(LedgerError) -> [CommitRecord] {
    let known = try knownCommits()
    var side: [ObjectID: CommitRecord] = [:]
    var open = tips
    while let next = open.popLast() {
      guard !known.contains(next), side[next] == nil else { continue }
      let record = try authenticator.record(next)
      side[next] = record
      open += record.parents
    }
    let ordered = order(side)
    landed?.formUnion(side.keys)
    landed?.insert(id)
    return ordered
  }

  private mutating func knownCommits() throws(LedgerError) -> Set<ObjectID> {
    if let landed { return landed }
    let before = try Reachability.all(from: start, authenticator: authenticator)
    strangers = try findStrangers(in: before)
    let known = before.union(early)
    landed = known
    early = []
    return known
  }

  /// Again and again, of those whose parents are done, the one with the least (committer time, id).
  private mutating func order(_ side: [ObjectID: CommitRecord]) -> [CommitRecord] {
    var waiting: [ObjectID: Int] = [:]
    var children: [ObjectID: [ObjectID]] = [:]
    for (id, record) in side {
      let inside = Set(record.parents.filter { side[$0] != nil })
      waiting[id] = inside.count
      for parent in inside { children[parent, default: []].append(id) }
    }
    var ready = Heap(side.values.filter { waiting[$0.id] == 0 }.map(Turn.init))
    var result: [CommitRecord] = []
    while let record = ready.popMin()?.record {
      result.append(record)
      if !descends(record) { strangers.insert(record.id) }
      for child in children[record.id] ?? [] {
        waiting[child, default: 0] -= 1
        if waiting[child] == 0, let next = side[child] { ready.insert(Turn(record: next)) }
      }
    }
    return result
  }

  /// Whether the root is an ancestor; asked when all its parents have been asked.
  private func descends(_ record: CommitRecord) -> Bool {
    record.parents.contains { $0 == root || !strangers.contains($0) }
  }

  /// Which of those commits do not descend from the root.
  private func findStrangers(in known: Set<ObjectID>) throws(LedgerError) -> Set<ObjectID> {
    if start == root { return known.subtracting([root]) }
    var children: [ObjectID: [ObjectID]] = [:]
    for id in known {
      for parent in try authenticator.record(id).parents {
        children[parent, default: []].append(id)
      }
    }
    var descendants: Set<ObjectID> = [root]
    var open = [root]
    while let next = open.popLast() {
      for child in children[next] ?? [] where descendants.insert(child).inserted {
        open.append(child)
      }
    }
    return known.subtracting(descendants)
  }
}

/// A commit that waits for its turn: by (committer time, id), the least first.
private struct Turn: Comparable {
  let record: CommitRecord

  static func < (left: Turn, right: Turn) -> Bool {
    (left.record.committerTime, left.record.id) < (right.record.committerTime, right.record.id)
  }
}

/// Which commits can be reached from one; exact, by reading every commit on the way.
enum Reachability {
  static func all(
    from start: ObjectID, authenticator: Authenticator
  ) throws(LedgerError) -> Set<ObjectID> {
    var seen: Set<ObjectID> = []
    var open = [start]
    while let next = open.popLast() {
      guard seen.insert(next).inserted else { continue }
      open += try authenticator.record(next).parents
    }
    return seen
  }

  /// Whether `target` can be reached from `start`; first parents are followed first, since what is
  /// looked for mostly lies near and on the mainline.
  static func reaches(
    _ target: ObjectID, from start: ObjectID, authenticator: Authenticator
  ) throws(LedgerError) -> Bool {
    var seen: Set<ObjectID> = []
    var open = [start]
    while let next = open.popLast() {
      if next == target { return true }
      guard seen.insert(next).inserted else { continue }
      open += try authenticator.record(next).parents.reversed()
    }
    return false
  }
}
