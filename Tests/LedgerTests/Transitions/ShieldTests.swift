import Grants
import History
import Ledger
import TestSupport
import Testing

/// What an attacker with push access lays around an active grant so that an honest ending, made by
/// hand upon it, would not count.
@Suite struct ShieldTests {
  let t = Stage.t
  var soon: Timestamp { t + .minutes(5) }

  /// An active grant, and a commit of nobody upon it.
  private func tampered(_ edits: (Stage) throws -> [String: World.File?]) throws -> Stage {
    var stage = try Stage.active()
    stage.head = try stage.edit(try edits(stage), by: .nobody, at: t + .minutes(2))
    return stage
  }

  private func expectEnds(
    _ stage: Stage, _ commit: ObjectID, reason: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let (replay, events) = try stage.world.replay(commit, at: soon)
    let last = events.transitions.last
    #expect(
      replay.state(of: stage.id) == nil, "\(events.incidents.map(\.sentence))",
      sourceLocation: sourceLocation)
    #expect(last?.kind == .revoke, sourceLocation: sourceLocation)
    #expect(last?.grant.closed?.reason == reason, sourceLocation: sourceLocation)
    #expect(last?.grant.request == stage.grant.request, sourceLocation: sourceLocation)
    #expect(last?.grant.approvals == stage.grant.approvals, sourceLocation: sourceLocation)
  }

  private static let tamperings: [(String, @Sendable (inout Grant) -> Void)] = [
    ("requester", { $0.requester = Principal(World.erin) ?? $0.requester }),
    ("subject", { $0.subject = Principal(World.erin) ?? $0.subject }),
    ("role", { $0.role = RoleName("gone") ?? $0.role }),
    ("repository", { $0.repository = "copy" }), ("duration", { $0.duration = .days(900) }),
    ("justification", { $0.justification = "x" }), ("approvals", { $0.approvals = [] }),
    ("activatedAt", { $0.activatedAt = nil }), ("expiresAt", { $0.expiresAt = nil }),
    ("breakGlass", { $0.breakGlass = true }),
  ]

  @Test(arguments: tamperings.map(\.0))
  func aTamperedActiveFileDoesNotShield(_ name: String) throws {
    let change = try #require(Self.tamperings.first { $0.0 == name }?.1)
    let stage = try tampered { stage in
      var grant = stage.grant
      change(&grant)
      return World.place(grant, .active)
    }
    // By hand: the tampered file moved, the entry added.
    var after = stage.grant
    change(&after)
    after = try stage.world.closed(after, .revoked, by: World.bob, at: soon, reason: "enough")
    let commit = try stage.showing(after, .closed, by: .person(World.bob), at: soon)
    try expectEnds(stage, commit, reason: "enough")
  }

  @Test func garbageInTheActiveFileDoesNotShieldARemoval() throws {
    let stage = try tampered { [$0.path(.active): World.File("no json")] }
    let commit = try stage.edit(
      stage.removal, by: .person(World.bob), at: soon, message: "Away with it\n")
    try expectEnds(stage, commit, reason: "Away with it")
  }

  @Test func aTwinInAnotherStateDoesNotShieldAnEnding() throws {
    for state in [GrantState.pending, .closed] {
      for garbage in [true, false] {
        let stage = try tampered { stage in
          var twin = stage.grant.request
          if state == .closed {
            twin = try stage.world.closed(twin, .withdrawn, by: World.alice, at: t)
          }
          return [
            stage.path(state): World.File(garbage ? Array("x".utf8) : twin.canonicalBytes)
          ]
        }
        // `git mv` of the active file, which overwrites a twin in closed and leaves one in pending.
        let after = try stage.world.closed(
          stage.grant, .revoked, by: World.bob, at: soon, reason: "enough")
        let commit = try stage.edit(
          [stage.path(.active): nil, stage.path(.closed): World.File(after.canonicalBytes)],
          by: .person(World.bob), at: soon)
        try expectEnds(stage, commit, reason: "enough")
      }
    }
  }

  @Test func aTwinInAnotherStateDoesNotShieldARemoval() throws {
    for garbage in [true, false] {
      let stage = try tampered { stage in
        [
          stage.path(.pending): World.File(
            garbage ? Array("x".utf8) : stage.grant.request.canonicalBytes)
        ]
      }
      let commit = try stage.edit(
        [stage.path(.active): nil], by: .person(World.bob), at: soon, message: "Away\n")
      try expectEnds(stage, commit, reason: "Away")
    }
  }

  @Test func aForgedOrForeignClosedEntryDoesNotShieldARemoval() throws {
    // The attacker moves it to closed in another's name; the honest removal takes it from there.
    let stage = try tampered { stage in
      World.place(
        try stage.world.closed(stage.grant, .expired, by: World.ci, at: t), .closed)
    }
    let commit = try stage.edit(
      stage.removal, by: .person(World.bob), at: soon, message: "Away\n")
    try expectEnds(stage, commit, reason: "Away")
  }

  @Test func rejectAndWithdrawMeetingAnActiveGrantRevokeIt() throws {
    for (person, outcome) in [(World.bob, Closure.Outcome.rejected), (World.alice, .withdrawn)] {
      let pending = try Stage.pending()
      let active = try pending.approved(by: World.dave, at: t + .minutes(1))
      let shown = try pending.world.closed(
        pending.grant, outcome, by: person, at: soon, reason: "no")
      let side = try pending.showing(shown, .closed, by: .person(person), at: soon)
      let merge = try pending.world.merge(active.head, side, tree: side, at: soon)
      let (replay, events) = try pending.world.replay(merge, at: soon)
      #expect(replay.state(of: pending.id) == nil)
      let last = try #require(events.transitions.last)
      #expect(last.kind == .revoke)
      #expect(last.grant.closed?.outcome == .revoked)
      #expect(last.grant.expiresAt == active.grant.expiresAt)
    }
  }

  @Test func removingTheFileIsARevocationWithTheSubjectAsReason() throws {
    let stage = try Stage.active()
    for person in [World.alice, World.bob, World.carol] {
      let commit = try stage.edit(
        stage.removal, by: .person(person), at: soon, message: "Left the team\n\nbody\n")
      try expectEnds(stage, commit, reason: "Left the team")
    }
  }

  @Test func puttingTheFileBackToPendingIsARevocation() throws {
    let stage = try Stage.active()
    for person in [World.alice, World.bob, World.carol] {
      let commit = try stage.showing(
        stage.grant.request, .pending, by: .person(person), at: soon,
        message: "Revert \"Approve\"\n")
      try expectEnds(stage, commit, reason: "Revert \"Approve\"")
    }
    try stage.expectRefused(
      stage.showing(stage.grant.request, .pending, by: .person(Cast.hank), at: soon), .actor,
      at: soon)
  }

  @Test func garbageInTheActiveFileDoesNotShieldItFromBeingPutBack() throws {
    let stage = try tampered { [$0.path(.active): World.File("no json")] }
    let commit = try stage.showing(
      stage.grant.request, .pending, by: .person(World.bob), at: soon, message: "Back\n")
    try expectEnds(stage, commit, reason: "Back")
  }

  @Test func aHostileSubjectLineStillMakesACanonicalFile() throws {
    let stage = try Stage.active()
    let subjects = [
      "\u{202e}evil\u{0}".replacing("\u{0}", with: ""), "\u{1b}[31mred", "e\u{301}",
      String(repeating: "\"\\", count: 5_000), String(repeating: "e\u{301}", count: 5_000),
    ]
    for subject in subjects {
      let commit = try stage.edit(
        stage.removal, by: .person(World.bob), at: soon, message: subject + "\n")
      let (replay, events) = try stage.world.replay(commit, at: soon)
      #expect(replay.state(of: stage.id) == nil)
      let grant = try #require(events.transitions.last?.grant)
      #expect(try Grant(canonical: grant.canonicalBytes) == grant)
    }
  }

  @Test func aFileGrownToTheLimitDoesNotShield() throws {
    // Fifteen approvers with the longest comments there can be fill the file.
    let leads = (0..<15).map { "lead\($0)@example.com" }
    let keys = Dictionary(uniqueKeysWithValues: leads.map { ($0, TestKey()) })
    let world = try Cast.world(
      policy: [
        "groups.yaml": """
        groups:
          engineers: [\(World.alice)]
          leads: [\(leads.joined(separator: ", "))]
          others: [\(Cast.hank)]

        """, "roles/prod-admin.yaml": World.role(quorum: 1),
      ], keys: keys)
    let comment = String(repeating: "\"", count: Text.longest)
    var stage = try Stage.pending(in: world)
    for (index, lead) in leads.enumerated() {
      var after = stage.grant
      after.approvals.append(
        Approval(by: try world.person(lead), at: t + .minutes(1), comment: comment))
      guard after.canonicalBytes.count <= Grant.largestFile else { break }
      let commit = try stage.showing(
        after, .pending, by: .person(lead), at: t + .minutes(1))
      let believed = try world.replay(commit, at: soon).replay.belief.live[stage.id]?.grant
      guard believed == after else { break }
      (stage.head, stage.grant) = (commit, after)
      #expect(index < 14)
    }
    let reason = String(repeating: "\"", count: Text.longest)
    let commit = try stage.edit(
      stage.removal, by: .person(World.alice), at: soon, message: reason + "\n")
    let (replay, events) = try world.replay(commit, at: soon)
    #expect(replay.state(of: stage.id) == nil, "\(events.incidents.map(\.sentence))")
  }
}
