import Grants
import History
import Ledger
import TestSupport
import Testing

@Suite struct RejectTests {
  let t = Stage.t
  var soon: Timestamp { t + .minutes(5) }

  @Test(arguments: [World.bob, World.dave, World.carol])
  func byAnApproverOrAdmin(_ person: String) throws {
    let stage = try Stage.pending(for: World.erin)
    let after = try stage.world.closed(stage.grant, .rejected, by: person, at: soon)
    let commit = try stage.showing(after, .closed, by: .person(person), at: soon)
    try stage.expectCounts(commit, as: .reject, .closed, after, at: soon)
  }

  @Test(arguments: Signer.everybody(but: World.bob, World.dave, World.carol))
  func byAnybodyElseIsRefused(_ signer: Signer) throws {
    let stage = try Stage.pending(for: World.erin)
    try stage.expectEndingRefused(.rejected, to: signer, insteadOf: World.bob, at: soon)
    // alice's own removal would withdraw.
    guard case .person(let name) = signer, name != World.alice else { return }
    try stage.expectRefused(stage.edit(stage.removal, by: signer, at: soon), at: soon)
  }

  @Test func bySubjectOrRequesterWhoAreApproversIsRefused() throws {
    // A lead who asks for, or would get, the role withdraws or lets others decide.
    let world = try Cast.world()
    let grant = try world.grant(by: World.alice, for: World.bob, at: t)
    let stage = Stage(world: world, grant: grant, head: try world.request(grant, on: world.root))
    let after = try world.closed(grant, .rejected, by: World.bob, at: soon)
    try stage.expectRefused(
      stage.showing(after, .closed, by: .person(World.bob), at: soon), .actor, at: soon)
  }

  @Test func withoutAReasonIsRefused() throws {
    let stage = try Stage.pending()
    let after = try stage.world.closed(
      stage.grant, .rejected, by: World.bob, at: soon, reason: " \n")
    try stage.expectRefused(
      stage.showing(after, .closed, by: .person(World.bob), at: soon), .reasonGiven, at: soon)
  }

  @Test func removingTheFileRejectsWithTheSubjectAsReason() throws {
    let stage = try Stage.pending()
    let commit = try stage.edit(
      stage.removal, by: .person(World.bob), at: soon, message: "Not today\n\nDetails\n")
    let expected = try stage.world.closed(
      stage.grant, .rejected, by: World.bob, at: soon, reason: "Not today")
    try stage.expectCountsDisputed(commit, as: .reject, .closed, expected, at: soon)
  }

  @Test func evenAMonthLate() throws {
    let stage = try Stage.pending()
    let now = t + .days(30)
    let after = try stage.world.closed(stage.grant, .rejected, by: World.bob, at: soon)
    let side = try stage.showing(after, .closed, by: .person(World.bob), at: soon)
    let main = try stage.world.commit(on: stage.head, by: nil, at: now)
    let merge = try stage.world.merge(main, side, tree: side, at: now)
    try stage.expectCounts(merge, as: .reject, .closed, after, at: now)
  }

  @Test func whateverElseTheFileShowsIsNotBelieved() throws {
    let stage = try Stage.pending()
    var shown = try stage.world.closed(stage.grant, .rejected, by: World.bob, at: soon)
    let expected = shown
    shown.justification = "edited"
    shown.requester = try stage.world.person(World.erin)
    shown.activatedAt = t
    shown.expiresAt = t + .days(9)
    let commit = try stage.showing(shown, .closed, by: .person(World.bob), at: soon)
    try stage.expectCountsDisputed(commit, as: .reject, .closed, expected, at: soon)
  }
}
