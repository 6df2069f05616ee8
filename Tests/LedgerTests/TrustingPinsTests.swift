import Grants
import History
import Ledger
import TestSupport
import Testing

private let t = World.start + .hours(1)

extension World {
  /// A pin that states the digest of its own tree, as a reconciler's commit does; or another one.
  func statedPin(
    on parent: ObjectID, by signer: String = World.ci, at moment: Timestamp,
    edits: [String: File?] = [:], stating stated: String? = nil
  ) throws -> ObjectID {
    var files = files(of: parent)
    for (path, file) in edits { files[path] = file }
    let grants = files.filter { $0.key.hasPrefix("grants/") && $0.key.hasSuffix(".json") }
    let below = Dictionary(uniqueKeysWithValues: grants.map { (String($0.dropFirst(7)), $1) })
    let digest = FoldState.digest(
      policies: try policyTree(files),
      grants: below.isEmpty ? nil : try Self.writeTree(below, history))
    return try commit(
      on: parent, edits: edits, by: signer, at: moment,
      message: "Pin\n\nDaypass-Mainline: \(parent)\nDaypass-State: \(stated ?? digest)\n")
  }

  fileprivate func trusting(_ head: ObjectID, at now: Timestamp) throws -> Replay {
    try ledger.replay(head: head, now: now, trustingPins: true)
  }

  /// An active grant of erin's that nobody asked for.
  fileprivate func forged(at moment: Timestamp) throws -> [String: File?] {
    Self.place(
      try approved(
        try grant(by: Self.erin, at: moment), by: Self.bob, at: moment, activates: true), .active)
  }

  /// The policy with another reconciler in place of ci.
  fileprivate func changeReconciler(
    to other: String, on parent: ObjectID, at moment: Timestamp
  ) throws -> ObjectID {
    let text = Self.policyHead(serial: 2).replacing(
      "reconcilers: [\(Self.ci)]", with: "reconcilers: [\(other)]")
    return try changePolicy(
      on: parent, edits: ["daypass.yaml": text], by: Self.carol, at: moment)
  }
}

/// A replay that takes the newest pin's word for what came before.
@Suite struct TrustingPinsTests {
  private static let other = "ci2@example.com"

  private func refusal(_ world: World, _ head: ObjectID, at now: Timestamp) -> LedgerError? {
    do throws(LedgerError) {
      _ = try world.ledger.replay(head: head, now: now, trustingPins: true)
      return nil
    } catch { return error }
  }

  /// alice asks and bob approves, upon the commit.
  private func held(
    _ world: World, on parent: ObjectID, at moment: Timestamp
  ) throws -> ObjectID {
    let grant = try world.grant(at: moment, duration: .hours(4))
    let asked = try world.request(grant, on: parent)
    return try world.approve(grant, on: asked, by: World.bob, at: moment).commit
  }

  @Test func whatCameBeforeThePinIsNotJudged() throws {
    let world = try World()
    let head = try held(world, on: world.root, at: t)
    let pin = try world.statedPin(on: head, at: t + .minutes(1))
    let next = try world.request(
      try world.grant(by: World.dave, at: t + .minutes(2)), on: pin, by: World.dave)
    let now = t + .minutes(3)
    let replay = try world.trusting(next, at: now)
    let trusted = try #require(replay.trustedPin)
    #expect(trusted.commit == pin && trusted.at == t + .minutes(1))
    #expect(trusted.signer.name == World.ci && trusted.unjudged == 3)
    let (whole, _) = try world.replay(next, at: now)
    #expect(whole.trustedPin == nil)
    #expect(replay.belief.live == whole.belief.live)
    #expect(replay.pinnedAt == whole.pinnedAt && replay.rootedAt == whole.rootedAt)
    // Nothing of it is ever begun with again.
    #expect(replay.checkpoint.bytes.isEmpty && !whole.checkpoint.bytes.isEmpty)
    #expect(Checkpoint.read(replay.checkpoint.bytes, history: world.history) == nil)
    // Who has a checkpoint needs nobody's word.
    let warm = try world.ledger.replay(
      head: next, now: now, from: whole.checkpoint, trustingPins: true)
    #expect(warm.trustedPin == nil && !warm.checkpoint.bytes.isEmpty)
  }

  @Test func aStolenReconcilersKeyForgesEverything() throws {
    let world = try World()
    let forged = try world.forged(at: t)
    let pin = try world.statedPin(on: world.root, at: t + .minutes(1), edits: forged)
    #expect(try world.trusting(pin, at: t + .minutes(2)).belief.live.count == 1)
    #expect(try world.replay(pin, at: t + .minutes(2)).replay.belief.live.isEmpty)
  }

  @Test func aStrangersPinIsNone() throws {
    let world = try World()
    let good = try world.statedPin(on: world.root, at: t)
    var edits = try world.forged(at: t)
    #expect(
      try world.trusting(
        world.statedPin(on: good, by: World.erin, at: t + .minutes(1), edits: edits),
        at: t + .minutes(2)
      ).trustedPin?.commit == good)
    // Nor if its own tree calls the signer a reconciler.
    let text = World.policyHead(serial: 2).replacing(
      "reconcilers: [\(World.ci)]", with: "reconcilers: [\(World.erin)]")
    edits["policies/daypass.yaml"] = World.File(text)
    let pin = try world.statedPin(on: good, by: World.erin, at: t + .minutes(1), edits: edits)
    let replay = try world.trusting(pin, at: t + .minutes(2))
    #expect(replay.trustedPin?.commit == good && replay.belief.live.isEmpty)
    #expect(!replay.disputes.isEmpty)
  }

  @Test func whatAPinStatesMustBeItsOwnTree() throws {
    let world = try World()
    let head = try held(world, on: world.root, at: t)
    let wrong = String(repeating: "0", count: 64)
    let pin = try world.statedPin(on: head, at: t + .minutes(1), stating: wrong)
    #expect(refusal(world, pin, at: t + .minutes(2))?.code == .pinUntrustworthy)
    // An older one is not looked for: a reconciler has signed for something that is not there.
    let older = try world.statedPin(on: head, at: t + .minutes(1))
    let newer = try world.statedPin(on: older, at: t + .minutes(2), stating: wrong)
    #expect(refusal(world, newer, at: t + .minutes(3))?.code == .pinUntrustworthy)
    // One that states nothing says nothing to take the word of.
    let silent = try world.pin(on: older, at: t + .minutes(2))
    #expect(try world.trusting(silent, at: t + .minutes(3)).trustedPin?.commit == older)
    // A policy that nobody consented to.
    let policy: [String: World.File?] = [
      "policies/daypass.yaml": World.File(World.policyHead(serial: 2))
    ]
    let changed = try world.statedPin(on: older, at: t + .minutes(2), edits: policy)
    #expect(refusal(world, changed, at: t + .minutes(3))?.code == .pinUntrustworthy)
    // Places that can be nothing.
    let stray: [String: World.File?] = ["grants/active/notes.txt": World.File("x\n")]
    let strayed = try world.statedPin(on: older, at: t + .minutes(2), edits: stray)
    #expect(refusal(world, strayed, at: t + .minutes(3))?.code == .pinUntrustworthy)
  }

  @Test func aPinAheadOfTheClockIsNone() throws {
    let world = try World()
    let good = try world.statedPin(on: world.root, at: t)
    let ahead = try world.statedPin(on: good, at: t + .hours(2))
    let replay = try world.trusting(ahead, at: t + .minutes(1))
    #expect(replay.trustedPin?.commit == good)
    #expect(replay.pinsAhead.map(\.commit) == [ahead])
    #expect(try world.trusting(ahead, at: t + .hours(2)).trustedPin?.commit == ahead)
  }

  @Test func aPinThatIsDatedBackIsNone() throws {
    let world = try World()
    let good = try world.statedPin(on: world.root, at: t + .minutes(10))
    let forged = try world.forged(at: t)
    var bad = try world.statedPin(on: good, at: t + .minutes(5), edits: forged)
    bad = try world.statedPin(on: bad, at: t + .minutes(6))
    let now = t + .minutes(20)
    #expect(try world.trusting(bad, at: now).trustedPin?.commit == good)
    #expect(try world.replay(bad, at: now).replay.pins.map(\.commit) == [good])
  }

  @Test(arguments: [false, true])
  func whoWasRemovedCanForgeNothing(hidingTheChange: Bool) throws {
    let world = try World(keys: [Self.other: TestKey()])
    let pin = try world.statedPin(on: world.root, at: t)
    let changed = try world.changeReconciler(to: Self.other, on: pin, at: t + .minutes(1))
    var edits = try world.forged(at: t)
    if hidingTheChange {
      for (path, file) in world.files(of: world.root) where path.hasPrefix("policies/") {
        edits[path] = file
      }
    }
    let bad = try world.statedPin(on: changed, at: t + .minutes(2), edits: edits)
    let replay = try world.trusting(bad, at: t + .minutes(3))
    #expect(replay.trustedPin?.commit == pin)
    #expect(replay.belief.live.isEmpty && replay.belief.policy.policy.serial == 2)
    // And so it stays once the new one has pinned, and what is true has been put back.
    let clean = Dictionary(
      uniqueKeysWithValues: edits.keys.map { ($0, world.files(of: changed)[$0]) })
    let next = try world.statedPin(
      on: bad, by: Self.other, at: t + .minutes(4), edits: clean)
    let again = try world.statedPin(on: next, at: t + .minutes(5), edits: edits)
    let last = try world.trusting(again, at: t + .minutes(6))
    #expect(last.belief.live.isEmpty && last.belief.policy.policy.serial == 2)
    #expect(last.pinnedAt == t + .minutes(4))
  }

  @Test func aConsentThatStandsIsNotForgotten() throws {
    let world = try World(policy: ["daypass.yaml": World.policyHead(serial: 1, quorum: 2)])
    let start = try world.statedPin(on: world.root, at: t)
    let text = World.policyHead(serial: 2, quorum: 2)
    let first = try world.changePolicy(
      on: start, edits: ["daypass.yaml": text], by: World.carol, at: t + .minutes(1))
    let back = ["policies/daypass.yaml": world.files(of: start)["policies/daypass.yaml"]]
    var pin = try world.statedPin(on: first, at: t + .minutes(2), edits: back)
    for minute in 3..<6 { pin = try world.statedPin(on: pin, at: t + .minutes(Int64(minute))) }
    let second = try world.commit(
      on: pin, by: World.dave, at: t + .minutes(7),
      message: """
        Consent

        Daypass-Policy: \(try world.policyTree(of: start))..\(try world.policyTree(of: first))

        """)
    let now = t + .minutes(8)
    #expect(try world.replay(second, at: now).replay.belief.policy.policy.serial == 2)
    #expect(try world.trusting(second, at: now).belief.policy.policy.serial == 2)
    // Put in place by the pin that closes it, whose word can be taken from then on.
    let adopted = ["policies/daypass.yaml": world.files(of: first)["policies/daypass.yaml"]]
    let end = try world.statedPin(on: second, at: now, edits: adopted)
    let last = try world.statedPin(on: end, at: t + .minutes(9))
    let replay = try world.trusting(last, at: t + .minutes(10))
    #expect(replay.trustedPin?.commit == last)
    #expect(replay.belief.policy.policy.serial == 2 && replay.disputes.isEmpty)
  }

  @Test func pinsOfAMergedLineAreForAWholeReplay() throws {
    let world = try World()
    let here = try held(world, on: world.root, at: t)
    let there = try world.statedPin(on: world.root, at: t)
    let merged = try world.merge(here, there, at: t + .minutes(1))
    #expect(refusal(world, merged, at: t + .minutes(2))?.code == .pinUntrustworthy)
  }

  @Test func theRootMustStillBeReached() throws {
    let world = try World()
    let pin = try world.statedPin(on: world.root, at: t)
    let stranger = try World()
    #expect(refusal(stranger, pin, at: t) != nil)
    let elsewhere = Ledger(history: world.history, root: pin, branch: "main")
    #expect(throws: LedgerError.self) {
      try elsewhere.replay(head: world.root, now: t, trustingPins: true)
    }
  }
}
