import Grants
import History
import Ledger
import TestSupport
import Testing

@Suite struct LapseTests {
  let t = Stage.t

  @Test func fromTheEndOfTheWindowOn() throws {
    let stage = try Stage.pending()
    let end = t + .days(1)
    for (moment, isGood) in [(end - TimeSpan(seconds: 1), false), (end, true)] {
      let after = try stage.world.closed(stage.grant, .lapsed, by: World.ci, at: moment)
      let commit = try stage.showing(after, .closed, by: .person(World.ci), at: moment)
      if isGood {
        try stage.expectCounts(commit, as: .lapse, .closed, after, at: moment)
      } else {
        try stage.expectRefused(commit, .dueTime, at: moment)
      }
    }
  }

  @Test(arguments: Signer.everybody(but: World.ci))
  func byAnybodyElseIsRefused(_ signer: Signer) throws {
    let stage = try Stage.pending()
    let now = t + .days(2)
    let forged = try stage.world.closed(stage.grant, .lapsed, by: World.ci, at: now)
    try stage.expectRefused(stage.showing(forged, .closed, by: signer, at: now), at: now)
    guard case .person(let name) = signer else { return }
    let own = try stage.world.closed(stage.grant, .lapsed, by: name, at: now)
    try stage.expectRefused(stage.showing(own, .closed, by: signer, at: now), .actor, at: now)
  }

  @Test func ofAnActiveGrantIsRefused() throws {
    let stage = try Stage.active(duration: .hours(4))
    let now = t + .days(2)
    let shown = try stage.world.closed(stage.grant, .lapsed, by: World.ci, at: now)
    try stage.expectRefused(
      stage.showing(shown, .closed, by: .person(World.ci), at: now), .readableAct, at: now)
  }

  @Test func theReconcilerCannotRejectWithdrawOrRemove() throws {
    let stage = try Stage.pending()
    let now = t + .days(2)
    for outcome in [Closure.Outcome.rejected, .withdrawn, .revoked] {
      let shown = try stage.world.closed(stage.grant, outcome, by: World.ci, at: now)
      try stage.expectRefused(
        stage.showing(shown, .closed, by: .person(World.ci), at: now), at: now)
    }
    try stage.expectRefused(
      stage.edit(stage.removal, by: .person(World.ci), at: now), .reconcilerDuties, at: now)
  }

  @Test func itStatesTheSigningTime() throws {
    let stage = try Stage.pending()
    let now = t + .days(2)
    for offset in [TimeSpan(seconds: 301), TimeSpan(seconds: -301)] {
      let shown = try stage.world.closed(stage.grant, .lapsed, by: World.ci, at: now + offset)
      try stage.expectRefused(
        stage.showing(shown, .closed, by: .person(World.ci), at: now), .statedTime, at: now)
    }
  }
}
