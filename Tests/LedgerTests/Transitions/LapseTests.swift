import Grants
import History
import Ledger
import TestSupport
import Testing

@Suite struct LapseTests {
  let t = Stage.t

  @Test func fromTheEndOfTheWindowOn() throws {
    let stage = try Stage.pending()
    try stage.expectDue(.lapse, .lapsed, from: t + .days(1))
  }

  @Test(arguments: Signer.everybody(but: World.ci))
  func byAnybodyElseIsRefused(_ signer: Signer) throws {
    let stage = try Stage.pending()
    try stage.expectEndingRefused(
      .lapsed, to: signer, insteadOf: World.ci, .actor, at: t + .days(2))
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
