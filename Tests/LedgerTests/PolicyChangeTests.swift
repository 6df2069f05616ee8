import Grants
import History
import Ledger
import TestSupport
import Testing

/// A policy changes by the signed consent of enough admins, and by nothing else.
@Suite struct PolicyChangeTests {
  let t = World.start + .hours(1)
  private let next: [String: String?] = ["daypass.yaml": World.policyHead(serial: 2)]

  private func refused(
    _ world: World, _ head: ObjectID, _ rules: Set<TrustRule>, serial: Int = 1
  ) throws {
    let (replay, events) = try world.replay(head, at: t + .hours(1))
    #expect(Set(events.rules) == rules, "\(events.incidents.map(\.sentence))")
    #expect(replay.belief.policy.policy.serial == serial, "the old one stays believed")
  }

  @Test func editByANonAdmin() throws {
    let world = try World()
    let head = try world.changePolicy(on: world.root, edits: next, by: World.bob, at: t)
    try refused(world, head, [.policyAdmin])
  }

  @Test func unsignedEdit() throws {
    let world = try World()
    let head = try world.changePolicy(on: world.root, edits: next, by: nil, at: t)
    try refused(world, head, [.signature])
  }

  @Test(arguments: [1, 3, 0])
  func serialNotGrownByOne(serial: Int) throws {
    let world = try World()
    let head = try world.changePolicy(
      on: world.root, edits: ["daypass.yaml": World.policyHead(serial: serial) + "# x\n"],
      by: World.carol, at: t)
    try refused(world, head, serial == 0 ? [.policyValid] : [.policySuccession])
  }

  @Test func anotherName() throws {
    let world = try World()
    let head = try world.changePolicy(
      on: world.root, edits: ["daypass.yaml": World.policyHead(serial: 2, name: "other")],
      by: World.carol, at: t)
    try refused(world, head, [.policySuccession])
  }

  @Test func consentToAnotherPair() throws {
    let world = try World()
    let other = try world.history.write(.tree, [])
    let head = try world.changePolicy(
      on: world.root, edits: next, by: World.carol, at: t, from: other)
    try refused(world, head, [.policyConsent])
    let wrongNew = try world.changePolicy(
      on: world.root, edits: next, by: World.carol, at: t, to: other)
    try refused(world, wrongNew, [.policyConsent])
  }

  private func quorumWorld() throws -> World {
    try World(policy: ["daypass.yaml": World.policyHead(serial: 1, quorum: 2)])
  }

  private let nextOfTwo: [String: String?] = [
    "daypass.yaml": World.policyHead(serial: 2, quorum: 2)
  ]

  @Test func twoConsentsByOneAdmin() throws {
    let world = try quorumWorld()
    let first = try world.changePolicy(on: world.root, edits: nextOfTwo, by: World.carol, at: t)
    let (from, to) = (try world.policyTree(of: world.root), try world.policyTree(of: first))
    let second = try world.commit(
      on: first, by: World.carol, at: t + .minutes(1),
      message: "Again\n\nDaypass-Policy: \(from)..\(to)\n")
    let (replay, _) = try world.replay(second, at: t + .minutes(2))
    #expect(replay.belief.policy.policy.serial == 1)
    // The other admin's makes it two people.
    let third = try world.commit(
      on: second, by: World.dave, at: t + .minutes(2),
      message: "Agreed\n\nDaypass-Policy: \(from)..\(to)\n")
    let (after, events) = try world.replay(third, at: t + .minutes(3))
    #expect(after.belief.policy.policy.serial == 2)
    #expect(after.disputes.isEmpty)
    #expect(events.contains { if case .policy = $0 { true } else { false } })
  }

  @Test func consentsToATreeThatNoCommitCarries() throws {
    let world = try quorumWorld()
    var files = world.files(of: world.root)
    files["policies/daypass.yaml"] = World.File(World.policyHead(serial: 2, quorum: 2))
    let (from, to) = (try world.policyTree(of: world.root), try world.policyTree(files))
    var head = world.root
    for admin in [World.carol, World.dave] {
      head = try world.commit(
        on: head, by: admin, at: t, message: "Yes\n\nDaypass-Policy: \(from)..\(to)\n")
    }
    let (replay, _) = try world.replay(head, at: t)
    #expect(replay.belief.policy.policy.serial == 1)
  }

  @Test func oneThatLocksEveryoneOut() throws {
    let world = try World()
    let keyless = world.keys.filter { ![World.carol, World.dave].contains($0.key) }
      .map { "\($0.key) \($0.value.line)\n" }.sorted().joined()
    let head = try world.changePolicy(
      on: world.root,
      edits: ["daypass.yaml": World.policyHead(serial: 2), "allowed_signers": keyless],
      by: World.carol, at: t)
    try refused(world, head, [.policyKeys])
  }

  @Test(arguments: [
    "daypass.yaml: [", "adminQuorum", "a: &a [1]\nb: *a\n", "schema: daypass/policy/v1\n",
  ])
  func oneThatDoesNotParse(text: String) throws {
    let world = try World()
    let head = try world.changePolicy(
      on: world.root, edits: ["daypass.yaml": text], by: World.carol, at: t)
    try refused(world, head, [.policyValid])
  }

  @Test func aKeyOfTwoPeople() throws {
    let world = try World()
    let signers = String(
      decoding: try #require(world.files(of: world.root)["policies/allowed_signers"]).bytes,
      as: UTF8.self)
    let line = try #require(world.keys[World.bob]).line
    let head = try world.changePolicy(
      on: world.root,
      edits: [
        "daypass.yaml": World.policyHead(serial: 2),
        "allowed_signers": signers + "mallory@example.com \(line)\n",
      ], by: World.carol, at: t)
    try refused(world, head, [.policyValid])
  }

  @Test func aConsentDatedFarAheadGoesStaleAllTheSame() throws {
    let world = try quorumWorld()
    let first = try world.changePolicy(
      on: world.root, edits: nextOfTwo, by: World.carol, at: Timestamp(seconds: 4_000_000_000))
    // Pinned when it came; the second admin consents much later.
    let pinned = try world.pin(on: first, at: t)
    let (old, new) = (try world.policyTree(of: world.root), try world.policyTree(of: first))
    for (wait, serial) in [(TimeSpan.days(14), 2), (TimeSpan(seconds: 14 * 86_400 + 1), 1)] {
      let second = try world.commit(
        on: pinned, by: World.dave, at: t + wait,
        message: "Consent\n\nDaypass-Policy: \(old)..\(new)\n")
      let (replay, _) = try world.replay(second, at: t + wait)
      #expect(replay.belief.policy.policy.serial == serial)
    }
  }

  @Test func aStaleConsent() throws {
    let world = try World()
    let branch = try world.changePolicy(on: world.root, edits: next, by: World.carol, at: t)
    let head = try world.merge(world.root, branch, at: t + .days(15))
    let (replay, events) = try world.replay(head, at: t + .days(15))
    #expect(replay.belief.policy.policy.serial == 1)
    #expect(events.rules.contains(.policyWindow))
  }

  @Test func bringingBackTheBelievedPolicyIsNoChange() throws {
    let world = try World()
    let forged = try world.changePolicy(on: world.root, edits: next, by: nil, at: t)
    let healed = try world.commit(
      on: forged, by: nil, at: t + .minutes(1), base: world.root)
    let (replay, events) = try world.replay(healed, at: t + .minutes(2))
    #expect(replay.disputes.isEmpty)
    #expect(events.rules == [.signature])
    // A grant in the commit that brings it back counts: the policy is not changed by it.
    let grant = try world.grant(at: t + .minutes(1))
    let both = try world.commit(
      on: forged, edits: World.place(grant, .pending), by: World.alice, at: t + .minutes(1),
      base: world.root)
    let (with, _) = try world.replay(both, at: t + .minutes(2))
    #expect(with.state(of: grant.id) == .pending)
  }

  @Test func anUnknownSchemaStopsOnlyWithAFullQuorum() throws {
    let world = try quorumWorld()
    let newer = World.policyHead(serial: 2, quorum: 2)
      .replacing("daypass/policy/v1", with: "daypass/policy/v2")
    let first = try world.changePolicy(
      on: world.root, edits: ["daypass.yaml": newer], by: World.carol, at: t)
    #expect(try world.replay(first, at: t).replay.belief.policy.policy.serial == 1)
    let (from, to) = (try world.policyTree(of: world.root), try world.policyTree(of: first))
    let second = try world.commit(
      on: first, by: World.dave, at: t, message: "Yes\n\nDaypass-Policy: \(from)..\(to)\n")
    let error = #expect(throws: LedgerError.self) { try world.replay(second, at: t) }
    #expect(error?.code == .cannotJudge)
  }
}
