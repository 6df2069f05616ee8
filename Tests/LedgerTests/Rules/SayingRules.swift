import Grants
import History
import Ledger
import TestSupport
import Testing

/// What a commit may say at all.
extension TrustRuleTests {
  @Test func unitLimit() throws {
    let world = try Cast.world()
    let blob = try world.history.write(.blob, Array("x".utf8))
    let entries = (0...100_000).map { index in
      TreeEntry(
        mode: TreeEntry.fileMode,
        name: "\(GrantID(requestedAt: t, random: UInt64(index))).json", id: blob)
    }
    var tree = try world.history.write(.tree, TreeRecord(entries).bytes)
    for name in GrantPath(state: .pending, id: GrantID(requestedAt: t, random: 0)).components
      .dropLast().reversed()
    {
      var siblings = [TreeEntry(mode: TreeEntry.treeMode, name: name, id: tree)]
      if name == "grants" {
        siblings.append(
          TreeEntry(
            mode: TreeEntry.treeMode, name: "policies", id: try world.policyTree(of: world.root)))
      }
      tree = try world.history.write(.tree, TreeRecord(siblings).bytes)
    }
    let person = "A <a@example.com> \(t.seconds) +0000"
    let head = try world.history.write(
      .commit,
      Array(
        "tree \(tree)\nparent \(world.root)\nauthor \(person)\ncommitter \(person)\n\nFlood\n".utf8)
    )
    let (replay, events) = try world.replay(head, at: t)
    // Once for the commit, once for the place where the tree now differs.
    #expect(Set(events.rules) == [.unitLimit])
    #expect(replay.disputes.count == 1)
    #expect(replay.belief.live.isEmpty)
    // One unit is no flood.
    try expectPasses(try Stage.pending(in: world).head, in: world, at: t)
  }

  @Test func strayPath() throws {
    let stage = try Stage.pending()
    for path in [
      "grants/notes.txt", "grants/pending/notes.txt", "grants/Pending/x",
      stage.path(.pending) + ".bak", stage.path(.pending).replacing("/2026/", with: "/2027/"),
    ] {
      let head = try stage.edit([path: World.File("x")], by: .person(World.alice), at: soon)
      try expect(.strayPath, refuses: head, in: stage.world, at: soon)
    }
    let fine = try stage.edit(
      ["grants/README.md": World.File("x"), "grants/active/.gitkeep": World.File("")],
      by: .nobody, at: soon)
    try expectPasses(fine, in: stage.world, at: soon)
  }

  @Test func readableFile() throws {
    let stage = try Stage.pending()
    let other = try stage.world.grant(by: World.erin, at: t)
    let path = GrantPath(state: .pending, id: other.id).description
    let bytes = other.canonicalBytes
    let files = [
      World.File(Array(bytes.dropLast())), World.File(bytes + [0x0a]),
      World.File([0xef, 0xbb, 0xbf] + bytes),
      World.File(String(decoding: bytes, as: UTF8.self).replacing("\n", with: "\r\n")),
      World.File(bytes, mode: 0o100755), World.File(bytes, mode: 0o120000),
      World.File(bytes, mode: 0o100664), World.File(stage.grant.canonicalBytes),
      World.File(bytes + [UInt8](repeating: 0x20, count: 65 << 10)),
    ]
    for (index, file) in files.enumerated() {
      let head = try stage.edit([path: file], by: .person(World.erin), at: t)
      try expect(.readableFile, refuses: head, in: stage.world, at: soon)
      #expect(
        try stage.world.replay(head, at: soon).replay.disputes.map(\.difference.path) == [path],
        "\(index)")
    }
    // A submodule, which has a commit where the blob should be.
    let link = try stage.edit(
      [path: World.File(bytes, mode: 0o160000)], by: .person(World.erin), at: t)
    try expect(.readableFile, refuses: link, in: stage.world, at: soon)
    try expectPasses(
      stage.edit([path: World.File(bytes)], by: .person(World.erin), at: t), in: stage.world,
      at: soon)
  }

  @Test func repositoryName() throws {
    for (name, isGood) in [("copy", false), ("World", false), ("world", true)] {
      let world = try Cast.world()
      let head = try world.request(world.grant(at: t, repository: name), on: world.root)
      if isGood {
        try expectPasses(head, in: world, at: t)
      } else {
        try expect(.repositoryName, refuses: head, in: world, at: t)
      }
    }
  }

  @Test func readableAct() throws {
    let stage = try Stage.active()
    var longer = stage.grant
    longer.expiresAt = t + .days(9)
    try expect(
      .readableAct,
      refuses: stage.showing(longer, .active, by: .person(World.bob), at: soon),
      in: stage.world, at: soon)
    let ended = try stage.world.closed(stage.grant, .revoked, by: World.bob, at: soon)
    try expectPasses(
      stage.showing(ended, .closed, by: .person(World.bob), at: soon), in: stage.world, at: soon)
  }

  @Test func closedFinal() throws {
    var stage = try Stage.active()
    stage.head = try stage.world.close(
      stage.grant, .revoked, on: stage.head, by: World.bob, at: t + .minutes(2))
    try expect(
      .closedFinal,
      refuses: stage.showing(stage.grant, .active, by: .person(World.bob), at: soon),
      in: stage.world, at: soon)
    let another = try stage.world.grant(at: soon)
    try expectPasses(
      stage.showing(another, .pending, by: .person(World.alice), at: soon), in: stage.world,
      at: soon)
  }

  @Test func mergeCarriesNothing() throws {
    let stage = try Stage.pending()
    let world = stage.world
    let side = try world.request(
      world.grant(by: World.erin, at: t), on: world.root, by: World.erin)
    let forged = try world.approved(stage.grant, by: World.bob, at: t, activates: true)
    let evil = try world.merge(
      stage.head, side, by: World.carol, at: soon,
      edits: [stage.path(.closed): World.File(forged.canonicalBytes)])
    try expect(.mergeCarriesNothing, refuses: evil, in: world, at: soon)
    try expectPasses(world.merge(stage.head, side, at: soon), in: world, at: soon)
  }

  @Test func canonicalResult() throws {
    let stage = try Stage.pending()
    let after = try stage.world.approved(stage.grant, by: World.bob, at: soon, activates: true)
    var longer = after
    longer.expiresAt = soon + .days(9)
    try expect(
      .canonicalResult,
      refuses: stage.showing(longer, .active, by: .person(World.bob), at: soon),
      in: stage.world, at: soon)
    try expectPasses(
      stage.showing(after, .active, by: .person(World.bob), at: soon), in: stage.world, at: soon)
  }
}
