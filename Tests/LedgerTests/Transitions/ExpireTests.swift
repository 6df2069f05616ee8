import Grants
import History
import Ledger
import TestSupport
import Testing

@Suite struct ExpireTests {
  let t = Stage.t

  @Test func nowEqualToExpiresAtIsExpired() throws {
    let stage = try Stage.active()
    let end = try #require(stage.grant.expiresAt)
    try stage.expectDue(.expire, .expired, from: end)
  }

  @Test(arguments: Signer.everybody(but: World.ci))
  func byAnybodyElseIsRefused(_ signer: Signer) throws {
    let stage = try Stage.active()
    try stage.expectEndingRefused(
      .expired, to: signer, insteadOf: World.ci, .actor, at: t + .hours(2))
  }

  @Test func theFilesOwnEndDoesNotCount() throws {
    // An earlier end in a tampered file does not make it due, a later one does not keep it.
    let stage = try Stage.active()
    for (end, moment, isGood) in [
      (t, t + .minutes(10), false), (t + .days(9), t + .hours(2), true),
    ] {
      var next = stage
      var tampered = stage.grant
      tampered.expiresAt = end
      next.head = try stage.showing(tampered, .active, by: .nobody, at: t + .minutes(5))
      let shown = try stage.world.closed(tampered, .expired, by: World.ci, at: moment)
      let commit = try next.showing(shown, .closed, by: .person(World.ci), at: moment)
      if isGood {
        let expected = try stage.world.closed(stage.grant, .expired, by: World.ci, at: moment)
        try next.expectCountsDisputed(commit, as: .expire, .closed, expected, at: moment)
      } else {
        try next.expectRefused(commit, .dueTime, at: moment)
      }
    }
  }

  @Test func ofAPendingRequestIsRefused() throws {
    let stage = try Stage.pending()
    let now = t + .hours(2)
    let shown = try stage.world.closed(stage.grant, .expired, by: World.ci, at: now)
    try stage.expectRefused(
      stage.showing(shown, .closed, by: .person(World.ci), at: now), .readableAct, at: now)
  }

  @Test func datedAheadOfTheVerifierItLandsNow() throws {
    // Dated after the end, but the verifier's now is before it.
    let stage = try Stage.active()
    let end = try #require(stage.grant.expiresAt)
    let shown = try stage.world.closed(stage.grant, .expired, by: World.ci, at: end)
    let commit = try stage.showing(shown, .closed, by: .person(World.ci), at: end)
    try stage.expectRefused(commit, .dueTime, at: end - TimeSpan(seconds: 1))
    try stage.expectCounts(commit, as: .expire, .closed, shown, at: end)
  }

  @Test func aTwinLaidBesideItDoesNotShield() throws {
    for state in [GrantState.pending, .closed] {
      var stage = try Stage.active()
      stage.head = try stage.edit(
        [stage.path(state): World.File("x")], by: .nobody, at: t + .minutes(5))
      let now = t + .hours(2)
      let after = try stage.world.closed(stage.grant, .expired, by: World.ci, at: now)
      let commit = try stage.edit(
        [stage.path(.active): nil, stage.path(.closed): World.File(after.canonicalBytes)],
        by: .person(World.ci), at: now)
      #expect(try stage.world.replay(commit, at: now).replay.state(of: stage.id) == nil)
    }
  }
}
