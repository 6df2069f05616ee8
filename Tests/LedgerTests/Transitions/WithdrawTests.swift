import Grants
import History
import Ledger
import TestSupport
import Testing

@Suite struct WithdrawTests {
  let t = Stage.t
  var soon: Timestamp { t + .minutes(5) }

  @Test func byTheRequesterWithoutAReason() throws {
    let stage = try Stage.pending(for: World.erin)
    let after = try stage.world.closed(
      stage.grant, .withdrawn, by: World.alice, at: soon, reason: "")
    let commit = try stage.showing(after, .closed, by: .person(World.alice), at: soon)
    try stage.expectCounts(commit, as: .withdraw, .closed, after, at: soon)
  }

  @Test(arguments: Signer.everybody(but: World.alice))
  func byAnybodyElseIsRefused(_ signer: Signer) throws {
    let stage = try Stage.pending(for: World.erin)
    try stage.expectEndingRefused(
      .withdrawn, to: signer, insteadOf: World.alice, .readableAct, at: soon)
  }

  @Test func revertingOnesOwnRequestTakesItAway() throws {
    let stage = try Stage.pending()
    let commit = try stage.edit(
      stage.removal, by: .person(World.alice), at: soon, message: "Revert \"Request\"\n")
    let expected = try stage.world.closed(
      stage.grant, .withdrawn, by: World.alice, at: soon, reason: "Revert \"Request\"")
    try stage.expectCountsDisputed(commit, as: .withdraw, .closed, expected, at: soon)
  }

  @Test func aTwinLaidBesideItDoesNotShieldTheRequest() throws {
    for state in [GrantState.active, .closed] {
      var stage = try Stage.pending()
      stage.head = try stage.edit(
        [stage.path(state): World.File("x")], by: .nobody, at: t + .minutes(1))
      let commit = try stage.edit(
        [stage.path(.pending): nil], by: .person(World.alice), at: soon)
      let (replay, _) = try stage.world.replay(commit, at: soon)
      #expect(replay.state(of: stage.id) == nil)
    }
  }
}
