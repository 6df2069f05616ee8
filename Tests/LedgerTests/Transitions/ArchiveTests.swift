import Grants
import History
import Ledger
import TestSupport
import Testing

@Suite struct ArchiveTests {
  let t = Stage.t
  private static let retention = TimeSpan.days(2)
  private let second = TimeSpan(seconds: 1)

  private func world(_ settings: [String] = [], more: String = "") throws -> World {
    try Cast.world(
      policy: [
        "daypass.yaml": World.policyHead(
          serial: 1, settings: ["requireApproval: false", "retention: P2D"] + settings) + more
      ])
  }

  /// alice's grant, held from ``t`` on and revoked by bob at that time.
  private func closed(
    in world: World? = nil, at end: Timestamp? = nil
  ) throws -> (stage: Stage, due: Timestamp) {
    let end = end ?? t + .minutes(2)
    var stage = try Stage.active(in: try world ?? self.world())
    stage.head = try stage.world.close(
      stage.grant, .revoked, on: stage.head, by: World.bob, at: end)
    stage.grant = try stage.world.closed(stage.grant, .revoked, by: World.bob, at: end)
    return (stage, max(end, t) + Self.retention)
  }

  private func believedClosed(_ replay: Replay) throws -> [GrantID] {
    var ids: [GrantID] = []
    try replay.visitClosed(requestedBy: Timestamp.latest) {
      ids.append($0.id)
      return true
    }
    return ids
  }

  private func expectArchived(
    _ commit: ObjectID, in stage: Stage, at now: Timestamp, disputed: Bool = false,
    from checkpoint: Checkpoint? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let (replay, events) = try stage.world.replay(commit, at: now, from: checkpoint)
    let last = events.transitions.last
    #expect(last?.kind == .archive, sourceLocation: sourceLocation)
    #expect(last?.grant == stage.grant, sourceLocation: sourceLocation)
    #expect(try believedClosed(replay).isEmpty, sourceLocation: sourceLocation)
    #expect(replay.disputes.isEmpty != disputed, sourceLocation: sourceLocation)
    #expect(events.incidents.isEmpty != disputed, sourceLocation: sourceLocation)
  }

  private func expectKept(
    _ commit: ObjectID, in stage: Stage, _ rule: TrustRule, at now: Timestamp, note: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try stage.expectRefused(commit, rule, at: now, note: note, sourceLocation: sourceLocation)
    let (replay, _) = try stage.world.replay(commit, at: now)
    #expect(try believedClosed(replay) == [stage.id], sourceLocation: sourceLocation)
    #expect(!replay.disputes.isEmpty, sourceLocation: sourceLocation)
    // What was taken away may be put back by anybody.
    let restored = try stage.world.commit(
      on: commit, by: nil, at: now, base: stage.head)
    let (healed, _) = try stage.world.replay(restored, at: now)
    #expect(healed.disputes.isEmpty, sourceLocation: sourceLocation)
  }

  private func removing(
    _ stage: Stage, by signer: Signer = .person(World.ci), at moment: Timestamp
  ) throws -> ObjectID {
    try stage.edit([stage.path(.closed): nil], by: signer, at: moment)
  }

  @Test func onceClosedForAsLongAsRetentionAndNotASecondEarlier() throws {
    let (stage, due) = try closed()
    try expectKept(removing(stage, at: due - second), in: stage, .dueTime, at: due)
    try expectArchived(removing(stage, at: due), in: stage, at: due)
  }

  @Test(arguments: Signer.everybody(but: World.ci))
  func byAnybodyElseIsRefused(_ signer: Signer) throws {
    let (stage, due) = try closed()
    let rule: TrustRule =
      switch signer {
      case .person: .actor
      case .unknownKey: .knownKey
      case .nobody: .signature
      }
    try expectKept(removing(stage, by: signer, at: due), in: stage, rule, at: due)
  }

  @Test func editedOrMovedInsteadOfRemovedIsRefused() throws {
    let (stage, due) = try closed()
    var edited = stage.grant
    edited.closed?.reason = "another"
    for (grant, state) in [(edited, GrantState.closed), (stage.grant, .active)] {
      let commit = try stage.showing(grant, state, by: .person(World.ci), at: due)
      try stage.expectRefused(commit, .closedFinal, at: due)
    }
    let garbage = try stage.edit(
      [stage.path(.closed): World.File("x")], by: .person(World.ci), at: due)
    try expectKept(garbage, in: stage, .closedFinal, at: due)
    // What somebody laid in its stead is no file that was closed: it is restored first.
    var next = stage
    next.head = garbage
    try stage.expectRefused(removing(next, at: due + second), .closedFinal, at: due + second)
  }

  @Test func datedAheadItLandsNow() throws {
    let (stage, due) = try closed()
    try expectKept(removing(stage, at: due), in: stage, .dueTime, at: due - second)
  }

  @Test func inAMergeItLandsWithTheMerge() throws {
    let (stage, due) = try closed()
    let world = stage.world
    let early = try removing(stage, at: due - .hours(1))
    let main = try world.commit(
      on: stage.head, edits: ["notes.txt": World.File("x")], by: nil, at: due - second)
    let late = try world.merge(main, early, at: due)
    try expectArchived(late, in: stage, at: due)
    let ours = try world.merge(main, early, tree: main, at: due)
    try expectArchived(ours, in: stage, at: due, disputed: true)
    let soon = try world.merge(main, early, tree: early, at: due - second)
    try expectKept(soon, in: stage, .dueTime, at: due - second)
  }

  /// Else an id could be past its window for the archiving and not for what lands later.
  @Test func itLandsNoLaterThanTheMergeHoweverItIsDated() throws {
    let (stage, due) = try closed()
    let world = stage.world
    let late = try removing(stage, at: due + .hours(1))
    let main = try world.commit(
      on: stage.head, edits: ["notes.txt": World.File("x")], by: nil, at: due - .minutes(9))
    let merged = try world.merge(main, late, at: due - second)
    try expectKept(merged, in: stage, .dueTime, at: due + .hours(2))
    let pin = try world.pin(on: merged, at: due + .hours(2))
    let (replay, events) = try world.replay(pin, at: due + .hours(2))
    #expect(try believedClosed(replay) == [stage.id])
    #expect(events.incidents.allSatisfy { $0.rule == .dueTime } && !events.incidents.isEmpty)
  }

  @Test func theRemovalOfAnActiveGrantIsNoArchiving() throws {
    // A stale branch of the reconciler's takes away what was active there, long after it was closed.
    let world = try world()
    let active = try Stage.active(in: world)
    let stale = try active.edit(active.removal, by: .person(World.ci), at: t + .minutes(3))
    let ended = try world.close(
      active.grant, .revoked, on: active.head, by: World.bob, at: t + .minutes(2))
    let now = t + .days(9)
    let (replay, events) = try world.replay(
      world.merge(ended, stale, tree: ended, at: now), at: now)
    #expect(Set(events.rules) == [.closedFinal])
    #expect(try believedClosed(replay) == [active.id])
  }

  @Test func anEndingDatedBackFreesTheIDNoEarlier() throws {
    var stage = try Stage.pending(in: world())
    let past = t - .days(30)
    let world = stage.world
    stage.grant = try world.closed(stage.grant, .rejected, by: World.bob, at: past)
    stage.head = try stage.showing(stage.grant, .closed, by: .person(World.bob), at: past)
    let due = t + Self.retention
    try expectKept(removing(stage, at: due - second), in: stage, .dueTime, at: due)
    try expectArchived(removing(stage, at: due), in: stage, at: due)
  }

  @Test func theKeyMustBeValidWhenItLands() throws {
    let (stage, due) = try closed()
    let world = stage.world
    var files = world.files(of: stage.head)
    let signers = try #require(files["policies/allowed_signers"])
    // World.start is 2026-09-21T14:13:20Z; the archive is due on the 23rd at 15:15:20.
    files["policies/allowed_signers"] = World.File(
      String(decoding: signers.bytes, as: UTF8.self).replacing(
        "\(World.ci) namespaces=\"git\" ",
        with: "\(World.ci) namespaces=\"git\",valid-before=\"20260923152000Z\" "))
    let lines = try #require(files["policies/allowed_signers"])
    let changed = try world.changePolicy(
      on: stage.head,
      edits: [
        "allowed_signers": String(decoding: lines.bytes, as: UTF8.self),
        "daypass.yaml": World.policyHead(
          serial: 2, settings: ["requireApproval: false", "retention: P2D"]),
      ], by: World.carol, at: t + .hours(3))
    let next = Stage(world: world, grant: stage.grant, head: changed)
    let signed = try removing(next, at: due)
    try expectArchived(signed, in: next, at: due)
    let main = try world.commit(on: changed, by: nil, at: due + .minutes(1))
    let late = try world.merge(main, signed, tree: signed, at: due + .hours(1))
    try expectKept(late, in: next, .keyValidity, at: due + .hours(1))
  }

  /// The windows grow after it was archived, and its requester signs the old request again.
  @Test func anArchivedIDNeverComesBack() throws {
    let (stage, due) = try closed()
    let world = stage.world
    let archived = try world.pin(on: stage.head, at: due, edits: [stage.path(.closed): nil])
    let longer = try world.changePolicy(
      on: archived,
      edits: [
        "daypass.yaml": World.policyHead(
          serial: 2,
          settings: ["requireApproval: false", "approvalTimeout: P300D", "retention: P400D"])
      ], by: World.carol, at: due + .hours(1))
    let now = due + .hours(2)
    let pinned = try world.pin(on: longer, at: now)
    let (before, _) = try world.replay(pinned, at: now)
    for checkpoint in [nil, before.checkpoint] {
      let again = try world.request(stage.grant.request, on: pinned)
      let (replay, events) = try world.replay(again, at: now, from: checkpoint)
      #expect(replay.belief.live.isEmpty)
      #expect(Set(events.rules) == [.closedFinal])
      // Put back as it was closed, it is nothing either.
      let closed = try stage.edit(
        World.place(stage.grant, .closed), by: .person(World.ci), at: now, on: pinned)
      let (other, told) = try world.replay(closed, at: now, from: checkpoint)
      #expect(try believedClosed(other).isEmpty && !other.disputes.isEmpty)
      #expect(Set(told.rules) == [.readableAct])
      // A later id than any that may have been archived then.
      let last = due + .hours(1) - Self.retention
      for (moment, state) in [(last, GrantState?.none), (last + second, .pending)] {
        let other = try world.grant(by: World.erin, at: moment)
        let asked = try world.request(other, on: pinned, by: World.erin)
        #expect(
          try world.replay(asked, at: now, from: checkpoint).replay.state(of: other.id) == state)
      }
    }
  }

  /// Who takes a pin's word refuses it all the same: what is remembered changes with the policy
  /// alone, and no pin's word is taken for that.
  @Test func anArchivedIDDoesNotComeBackForWhoTrustsPins() throws {
    let (stage, due) = try closed()
    let world = stage.world
    let archived = try world.statedPin(on: stage.head, at: due, edits: [stage.path(.closed): nil])
    let longer = try world.changePolicy(
      on: archived,
      edits: [
        "daypass.yaml": World.policyHead(
          serial: 2,
          settings: ["requireApproval: false", "approvalTimeout: P300D", "retention: P400D"])
      ], by: World.carol, at: due + .hours(1))
    let closing = try world.statedPin(on: longer, at: due + .hours(2))
    let trusted = try world.statedPin(on: closing, at: due + .hours(3))
    let now = due + .hours(4)
    for (pin, word) in [(closing, archived), (trusted, trusted)] {
      let again = try world.request(stage.grant.request, on: pin)
      var events: [LedgerEvent] = []
      let replay = try world.ledger.replay(
        head: again, now: now, trustingPins: true, report: { events.append($0) })
      #expect(replay.trustedPin?.commit == word)
      #expect(replay.belief.archivedUpTo == due + .hours(1) - Self.retention)
      #expect(replay.belief.live.isEmpty && Set(events.rules) == [.closedFinal])
    }
  }

  @Test func whereLandingsWaitItWaitsForThePin() throws {
    let world = try world(more: "landing: reconciler\n")
    let active = try Stage.active(in: world)
    let held = try world.pin(on: active.head, at: t + .minutes(3))
    let end = t + .minutes(4)
    let ended = try world.close(active.grant, .revoked, on: held, by: World.bob, at: end)
    let due = end + Self.retention
    let stage = Stage(
      world: world, grant: try world.closed(active.grant, .revoked, by: World.bob, at: end),
      head: ended)
    let (before, _) = try world.replay(removing(stage, at: due), at: due)
    #expect(try believedClosed(before) == [stage.id], "no pin: it waits")
    #expect(try believedClosed(before.anticipating).isEmpty)
    #expect(before.waiting.transitions.map(\.kind) == [.archive] && before.disputes.isEmpty)
    let pin = try world.pin(on: removing(stage, at: due), at: due + second)
    try expectArchived(pin, in: stage, at: due + second)
    let own = try world.pin(on: ended, at: due, edits: [stage.path(.closed): nil])
    try expectArchived(own, in: stage, at: due)
    let early = try world.pin(on: ended, at: due - second, edits: [stage.path(.closed): nil])
    try expectKept(early, in: stage, .dueTime, at: due)
  }
}
