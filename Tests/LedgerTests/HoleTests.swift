import Grants
import History
import Ledger
import Reconciler
import TestSupport
import Testing

@Suite struct HoleTests {
  let start = World.start

  private func active(_ world: World, at moment: Timestamp) throws -> (ObjectID, Grant) {
    let grant = try world.grant(at: moment)
    let asked = try world.request(grant, on: world.root)
    return try world.approve(grant, on: asked, by: World.bob, at: moment + .minutes(1))
  }

  @Test func uppercaseParentStopsNobody() throws {
    let world = try World()
    let bytes = try world.history.read(world.root, limit: 1 << 20).bytes
    let tree = String(decoding: bytes, as: UTF8.self).split(separator: "\n")[0].dropFirst(5)
    let text =
      "tree \(tree)\nparent \(world.root.hex.uppercased())\nauthor A <a@b> 1790000010 +0000\n"
      + "committer A <a@b> 1790000010 +0000\n\nx\n"
    let head = try world.history.write(.commit, Array(text.utf8))
    _ = try world.replay(head, at: start + .hours(1))
  }

  @Test func otherFilesSurviveARestore() throws {
    let world = try World()
    let object = try world.history.read(world.root, limit: 1 << 20)
    let record = try world.require(CommitRecord(id: world.root, parsing: object.bytes))
    let tree = try world.history.read(record.tree, limit: 1 << 20).bytes
    let readme = try world.history.write(.blob, Array("hello".utf8))
    let raw = tree + Array("100644 z".utf8) + [0xff, 0] + readme.bytes
    let bad = try world.history.write(.tree, raw)
    let text =
      "tree \(bad)\nparent \(world.root)\nauthor A <a@b> 1790000010 +0000\n"
      + "committer A <a@b> 1790000010 +0000\n\nx\n"
    let head = try world.history.write(.commit, Array(text.utf8))
    let (replay, _) = try world.replay(head, at: start + .hours(1))
    #expect(replay.disputes.isEmpty)
    let restored = try replay.restoredTree(over: bad) { (kind, bytes) throws(HistoryError) in
      try world.history.write(kind, bytes)
    }
    let after = try world.history.read(restored, limit: 1 << 20).bytes
    #expect(after.contains(0xff) && after.count >= raw.count, "other files are gone")
  }

  @Test func tamperedRepositoryDoesNotShield() throws {
    let world = try World()
    let (head, grant) = try active(world, at: start + .minutes(1))
    var tampered = grant
    tampered.repository = "elsewhere"
    let bad = try world.commit(
      on: head, edits: World.place(tampered, .active), by: nil, at: start + .minutes(5))
    let end = try world.close(tampered, .revoked, on: bad, by: World.carol, at: start + .minutes(6))
    let (replay, events) = try world.replay(end, at: start + .minutes(7))
    #expect(replay.state(of: grant.id) == nil, "\(events)")
  }

  @Test func secondCopyDoesNotShield() throws {
    let world = try World()
    let (head, grant) = try active(world, at: start + .minutes(1))
    let copy = GrantPath(state: .pending, id: grant.id).description
    let bad = try world.commit(
      on: head, edits: [copy: World.File("x\n")], by: nil, at: start + .minutes(5))
    let after = try world.closed(grant, .revoked, by: World.carol, at: start + .minutes(6))
    var edits = World.place(after, .closed)
    edits[copy] = World.File("x\n")
    let end = try world.commit(on: bad, edits: edits, by: World.carol, at: start + .minutes(6))
    let (replay, events) = try world.replay(end, at: start + .minutes(7))
    #expect(replay.state(of: grant.id) == nil, "\(events)")
  }

  @Test func newerPolicyIsNotJudgedBad() throws {
    let world = try World()
    let head = try world.changePolicy(
      on: world.root,
      edits: [
        "daypass.yaml": World.policyHead(serial: 2),
        "roles/db-read.yaml": World.role(quorum: 1, extra: ["cooldown: PT1H"]),
      ], by: World.carol, at: start + .minutes(1))
    #expect(throws: LedgerError.self) { try world.replay(head, at: start + .minutes(2)) }
  }

  @Test func firstPinIsNotOlderThanTheRoot() throws {
    let world = try World()
    let (head, grant) = try active(world, at: start + .minutes(1))
    let pin = try world.pin(on: head, at: Timestamp(seconds: 86_400))
    let (replay, _) = try world.replay(pin, at: start + .minutes(7))
    #expect(replay.state(of: grant.id) == .active, "a pin dated 1970 took it away")
  }

  @Test func landingTimeDoesNotHangOnTheVerifiersNow() throws {
    // The root's clock ran fast by four minutes.
    let world = try World()
    let real = start - .minutes(4)
    let grant = try world.grant(at: real)
    let asked = try world.request(grant, on: world.root)
    let pin = try world.pin(on: asked, at: real + .minutes(1))
    func landed(_ now: Timestamp) throws -> [Timestamp] {
      try world.replay(pin, at: now).events.compactMap {
        if case .transition(let step) = $0 { step.landedAt } else { nil }
      }
    }
    #expect(try landed(real + .minutes(2)) == landed(real + .minutes(30)))
  }

  @Test func revertTakesAConsentBack() throws {
    let world = try World(policy: [
      "daypass.yaml": World.policyHead(serial: 1, quorum: 2)
    ])
    let next = World.policyHead(serial: 2, quorum: 2, settings: ["enabled: false"])
    let one = try world.changePolicy(
      on: world.root, edits: ["daypass.yaml": next], by: World.carol, at: start + .minutes(1))
    let back = try world.commit(
      on: one, edits: ["policies/daypass.yaml": World.File(World.policyHead(serial: 1, quorum: 2))],
      by: World.carol, at: start + .minutes(2), message: "Revert\n")
    let two = try world.commit(
      on: back, by: World.dave, at: start + .minutes(3),
      message:
        "Consent\n\nDaypass-Policy: \(try world.policyTree(of: world.root))..\(try world.policyTree(of: one))\n"
    )
    let (replay, _) = try world.replay(two, at: start + .minutes(4))
    #expect(replay.belief.policy.policy.serial == 1)
  }

  /// What a straightening merge brings lands anew, at its time; its tree is what is believed then.
  @Test func lateStraighteningWritesWhatItsOwnReplayBelieves() throws {
    let world = try World()
    let pin = try world.pin(on: world.root, at: start + .minutes(1))
    let asked = start + .minutes(2)
    let grant = try world.grant(at: asked)
    // A side line from the root that pulled the mainline in backwards.
    let side = try world.request(grant, on: world.root)
    let flipped = try world.merge(side, pin, at: start + .minutes(5))
    let now = start + .days(1) + .minutes(30)
    let (before, _) = try world.replay(flipped, at: now)
    #expect(before.flippedUpon == pin)
    #expect(before.state(of: grant.id) == .pending)
    let straight = try world.merge(pin, flipped, tree: flipped, by: World.ci, at: now)
    let (after, _) = try world.replay(straight, at: now)
    #expect(after.state(of: grant.id) == nil, "the request's approval window has passed")
    #expect(after.disputes.count == 1)
    let own = try world.merge(
      pin, flipped, tree: flipped, by: World.ci, at: now,
      edits: [GrantPath(state: .pending, id: grant.id).description: World.File?.none])
    let (clean, _) = try world.replay(own, at: now)
    #expect(clean.disputes.isEmpty)
  }

  @Test func aHugePushDoesNotStopTheReconciler() throws {
    let world = try World()
    let (head, grant) = try active(world, at: start + .minutes(1))
    var edits: [String: World.File?] = [:]
    for number in 0...100_000 {
      let id = GrantID(requestedAt: start, random: UInt64(number))
      edits[GrantPath(state: .closed, id: id).description] = World.File("x")
    }
    let junk = try world.commit(on: head, edits: edits, by: nil, at: start + .minutes(5))
    let now = start + .hours(2)
    let ended = try world.closed(grant, .expired, by: World.ci, at: now)
    let pin = try world.pin(on: junk, at: now, edits: World.place(ended, .closed), base: head)
    let (replay, events) = try world.replay(pin, at: now)
    #expect(replay.state(of: grant.id) == nil)
    let refused = events.contains {
      if case .incident(let incident) = $0 { incident.commit == pin } else { false }
    }
    #expect(!refused, "the reconciler's own commit is refused")
  }

  @Test func emptyDirectoriesAreNotPartOfTheDigest() throws {
    let world = try World()
    let (head, _) = try active(world, at: start + .minutes(1))
    let plain = try world.replay(
      try world.pin(on: head, at: start + .minutes(9)), at: start + .hours(1))
    let object = try world.history.read(head, limit: 1 << 20)
    let record = try world.require(CommitRecord(id: head, parsing: object.bytes))
    func tree(_ id: ObjectID) throws -> TreeRecord {
      try world.require(TreeRecord(parsing: world.history.read(id, limit: 1 << 20).bytes))
    }
    let top = try tree(record.tree)
    let grants = try tree(try world.require(top.entry(named: "grants")).id)
    let empty = try world.history.write(.tree, [])
    let closed = try world.history.write(
      .tree, TreeRecord([TreeEntry(mode: TreeEntry.treeMode, name: "2025", id: empty)]).bytes)
    let withEmpty = try world.history.write(
      .tree,
      grants.replacing(
        "closed", with: TreeEntry(mode: TreeEntry.treeMode, name: "closed", id: closed)
      ).bytes)
    let root = try world.history.write(
      .tree,
      top.replacing(
        "grants", with: TreeEntry(mode: TreeEntry.treeMode, name: "grants", id: withEmpty)
      ).bytes)
    func write(_ parent: ObjectID, _ moment: Timestamp, _ message: String) -> [UInt8] {
      let person = "A <a@b> \(moment.seconds) +0000"
      return Array(
        "tree \(root)\nparent \(parent)\nauthor \(person)\ncommitter \(person)\n\n\(message)".utf8)
    }
    let bad = try world.history.write(.commit, write(head, start + .minutes(8), "x\n"))
    let header = write(bad, start + .minutes(9), "")
    let payload = write(bad, start + .minutes(9), "Pin\n\nDaypass-Mainline: \(bad)\n")
    let key = try world.require(world.keys[World.ci])
    let pin = try world.history.write(
      .commit, World.embed(key.sign(payload), in: payload, headerEnd: header.count - 1))
    let (replay, _) = try world.replay(pin, at: start + .hours(1))
    #expect(replay.pins.last?.digest == plain.replay.pins.last?.digest)
  }
}
