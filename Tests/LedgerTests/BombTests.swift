import Grants
import History
import Ledger
import TestSupport
import Testing

/// A few objects that stand for more than anybody can walk, or that cost much to read.
@Suite struct BombTests {
  let t = World.start + .hours(1)

  private func tree(_ world: World, _ entries: [(String, UInt32, ObjectID)]) throws -> ObjectID {
    let record = TreeRecord(entries.map { TreeEntry(mode: $0.1, name: $0.0, id: $0.2) })
    return try world.history.write(.tree, record.bytes)
  }

  private func commit(
    _ world: World, _ tree: ObjectID, on parent: ObjectID, _ message: [UInt8]
  ) throws -> ObjectID {
    let person = "A <a@b> \(t.seconds) +0000"
    let header = "tree \(tree)\nparent \(parent)\nauthor \(person)\ncommitter \(person)\n\n"
    return try world.history.write(.commit, Array(header.utf8) + message)
  }

  @Test func aBombOfStraysAndItsRemovalStopNobody() throws {
    let world = try World()
    let grant = try world.grant(at: t)
    let asked = try world.request(grant, on: world.root)
    let blob = try world.history.write(.blob, [1])
    let leaf = try tree(world, [("x", TreeEntry.fileMode, blob)])
    let bomb = try head(world, try fanOut(world, leaf, (10_000, 100)), on: asked)
    let (during, _) = try world.replay(bomb, at: t + .minutes(1))
    #expect(during.state(of: grant.id) == .pending)
    let removed = try commit(
      world, try world.history.commit(asked).tree, on: bomb, Array("revert\n".utf8))
    let (after, _) = try world.replay(removed, at: t + .minutes(1))
    #expect(after.state(of: grant.id) == .pending)
    #expect(after.disputes.isEmpty)
  }

  /// `grants/` with that directory at each of so many years, months, days and hours of one state.
  private func fanOut(
    _ world: World, _ leaf: ObjectID, _ widths: (years: Int, below: Int)
  ) throws -> ObjectID {
    var below = leaf
    for _ in 0..<3 {
      below = try tree(
        world,
        (0..<widths.below).map { (String(String($0 + 100).suffix(2)), TreeEntry.treeMode, below) })
    }
    let years = try tree(
      world,
      (0..<widths.years).map { (String(String($0 + 10_000).suffix(4)), TreeEntry.treeMode, below) })
    return try tree(world, [("active", TreeEntry.treeMode, years)])
  }

  private func head(
    _ world: World, _ grants: ObjectID, on parent: ObjectID
  ) throws -> ObjectID {
    let top = try world.history.tree(try world.history.commit(parent).tree)
    let new = try world.history.write(
      .tree,
      top.replacing(
        "grants", with: TreeEntry(mode: TreeEntry.treeMode, name: "grants", id: grants)
      ).bytes)
    return try commit(world, new, on: parent, Array("bomb\n".utf8))
  }

  @Test(.timeLimit(.minutes(2))) func aFanOutOfEmptyDirectoriesStopsNobody() throws {
    let world = try World()
    let grant = try world.grant(at: t)
    let asked = try world.request(grant, on: world.root)
    let empty = try tree(world, [])
    // Ten thousand million places.
    let bomb = try head(world, try fanOut(world, empty, (10_000, 100)), on: asked)
    let (during, events) = try world.replay(bomb, at: t + .minutes(1))
    #expect(during.state(of: grant.id) == .pending)
    let rules = events.compactMap { event in
      if case .incident(let incident) = event { incident.rule } else { nil as TrustRule? }
    }
    #expect(rules.contains(.unitLimit))
    let removed = try commit(
      world, try world.history.commit(asked).tree, on: bomb, Array("revert\n".utf8))
    #expect(try world.replay(removed, at: t + .minutes(1)).replay.disputes.isEmpty)
  }

  /// Each stray asked which of the refused grants lay below it.
  @Test(.timeLimit(.minutes(1))) func manyStraysBesideManyRefusedGrantsAreExplainedInTime() throws {
    let world = try World()
    let blob = try world.history.write(.blob, [1])
    let ids = try (0..<3_000).map { _ in try world.grant(at: t).id }
    let hours = try tree(
      world, ids.map { ("\($0).json", TreeEntry.fileMode, blob) }.sorted { $0.0 < $1.0 })
    let path = try world.require(ids.first.map { GrantPath(state: .active, id: $0).components })
    var below = hours
    for name in path.dropFirst(2).dropLast().reversed() {
      below = try tree(world, [(name, TreeEntry.treeMode, below)])
    }
    let side = try head(
      world, try tree(world, [("active", TreeEntry.treeMode, below)]), on: world.root)
    let blobs = (0..<3_000).map { ("stray\($0)", TreeEntry.fileMode, blob) }
    let strays = try head(world, try tree(world, blobs), on: world.root)
    let tree = try world.history.commit(strays).tree
    let person = "A <a@b> \(t.seconds) +0000"
    let merge = try world.history.write(
      .commit,
      Array(
        ("tree \(tree)\nparent \(world.root)\nparent \(side)\nauthor \(person)\n"
          + "committer \(person)\n\nmerge\n").utf8))
    #expect(try world.replay(merge, at: t + .minutes(1)).replay.disputes.count >= 3_000)
  }

  @Test func aHugeMessageSaysNothing() throws {
    let world = try World()
    let tree = try world.history.commit(world.root).tree
    let lines = try commit(
      world, tree, on: world.root, [UInt8](repeating: 10, count: 20_000_000))
    let marks = Array(("a" + String(repeating: "\u{301}\u{323}", count: 200_000)).utf8)
    let head = try commit(world, tree, on: lines, marks)
    #expect(try world.replay(head, at: t).events.isEmpty)
  }
}
