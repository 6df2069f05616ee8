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
    var below = try tree(world, [("x", TreeEntry.fileMode, blob)])
    for width in [100, 100, 100] {
      below = try tree(
        world,
        (0..<width).map {
          (String(String($0 + 100).suffix(2)), TreeEntry.treeMode, below)
        })
    }
    let years = try tree(
      world, (0..<10_000).map { (String(String($0 + 10_000).suffix(4)), TreeEntry.treeMode, below) }
    )
    let grants = try tree(world, [("active", TreeEntry.treeMode, years)])
    let object = try world.history.read(asked, limit: 1 << 20)
    let record = try world.require(CommitRecord(id: asked, parsing: object.bytes))
    let top = try world.require(
      TreeRecord(parsing: world.history.read(record.tree, limit: 1 << 20).bytes))
    let bombed = try world.history.write(
      .tree,
      top.replacing(
        "grants", with: TreeEntry(mode: TreeEntry.treeMode, name: "grants", id: grants)
      ).bytes)
    let bomb = try commit(world, bombed, on: asked, Array("bomb\n".utf8))
    let (during, _) = try world.replay(bomb, at: t + .minutes(1))
    #expect(during.state(of: grant.id) == .pending)
    let removed = try commit(world, record.tree, on: bomb, Array("revert\n".utf8))
    let (after, _) = try world.replay(removed, at: t + .minutes(1))
    #expect(after.state(of: grant.id) == .pending)
    #expect(after.disputes.isEmpty)
  }

  @Test func aHugeMessageSaysNothing() throws {
    let world = try World()
    let object = try world.history.read(world.root, limit: 1 << 20)
    let record = try world.require(CommitRecord(id: world.root, parsing: object.bytes))
    let lines = try commit(
      world, record.tree, on: world.root, [UInt8](repeating: 10, count: 20_000_000))
    let marks = Array(("a" + String(repeating: "\u{301}\u{323}", count: 200_000)).utf8)
    let head = try commit(world, record.tree, on: lines, marks)
    #expect(try world.replay(head, at: t).events.isEmpty)
  }
}
