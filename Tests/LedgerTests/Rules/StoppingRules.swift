import Grants
import History
import Ledger
import TestSupport
import Testing

/// What stops a replay.
extension TrustRuleTests {
  private func stops(
    _ code: LedgerError.Code, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () throws -> Void
  ) {
    let error = #expect(throws: LedgerError.self, sourceLocation: sourceLocation) { try body() }
    #expect(error?.code == code, sourceLocation: sourceLocation)
    #expect(error?.sentence.isEmpty == false, sourceLocation: sourceLocation)
  }

  @Test func trustedRoot() throws {
    let asked = try Stage.pending()
    let grant = asked.grant
    let path = GrantPath(state: .pending, id: grant.id)
    var foreign = grant
    foreign.repository = "copy"
    let bad: [[String: World.File]] = [
      [path.description: World.File("x")],
      [path.description: World.File(foreign.canonicalBytes)],
      [GrantPath(state: .active, id: grant.id).description: World.File(grant.canonicalBytes)],
      [path.description + ".bak": World.File("x")],
      [path.description: World.File(grant.canonicalBytes, mode: 0o100755)],
    ]
    for grants in bad {
      let world = try Cast.world(grants: grants)
      stops(.rootInvalid) { _ = try world.replay(world.root, at: t) }
    }
    let policies: [[String: String?]] = [
      ["daypass.yaml": nil], ["allowed_signers": "x\n"], ["allowed_signers": ""],
    ]
    for policy in policies {
      let world = try Cast.world(policy: policy)
      stops(.rootInvalid) { _ = try world.replay(world.root, at: t) }
    }
    let good = try Cast.world(grants: [path.description: World.File(grant.canonicalBytes)])
    let (replay, events) = try good.replay(good.root, at: t)
    #expect(replay.state(of: grant.id) == .pending)
    #expect(events == [])
  }

  @Test func rollback() throws {
    let stage = try Stage.pending()
    let (seen, _) = try stage.world.replay(stage.head, at: t)
    let other = try stage.world.commit(on: stage.world.root, by: World.alice, at: t)
    for head in [stage.world.root, other] {
      stops(.rollback) { _ = try stage.world.replay(head, at: t, from: seen.checkpoint) }
    }
    let (later, _) = try stage.world.replay(
      stage.edit([:], by: .nobody, at: soon), at: soon, from: seen.checkpoint)
    #expect(later.state(of: stage.id) == .pending)
  }

  @Test func oneMainline() throws {
    let world = try Cast.world()
    let left = try world.pin(on: world.root, at: t)
    let right = try world.pin(
      on: world.root, at: t + .minutes(1), edits: ["a": World.File("a")])
    let head = try world.merge(left, right, at: soon)
    stops(.ambiguousMainline) { _ = try world.replay(head, at: soon) }
    _ = try world.replay(head, at: soon, choice: left)
  }

  @Test func wholeHistory() throws {
    let stage = try Stage.pending()
    let world = stage.world
    let tree = try World.writeTree(world.files(of: world.root), world.history)
    let orphan = try world.history.write(
      .commit,
      Array("tree \(tree)\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n\norphan\n".utf8))
    stops(.rootNotReached) { _ = try world.replay(orphan, at: t) }
    _ = try world.replay(stage.head, at: t)
    world.history.damage(InMemoryHistory.id(of: .blob, stage.grant.canonicalBytes))
    stops(.brokenHistory) { _ = try world.replay(stage.head, at: t) }
    world.history.lose(stage.head)
    stops(.brokenHistory) { _ = try world.replay(stage.head, at: t) }
  }
}
