import Grants
import History
import Ledger
import TestSupport
import Testing

@Suite struct DisqualifyTests {
  let t = Stage.t
  var soon: Timestamp { t + .minutes(5) }

  private func changed(_ stage: Stage, _ edits: [String: String?]) throws -> Stage {
    var next = stage
    var edits = edits
    edits["daypass.yaml"] = World.policyHead(serial: 2, settings: ["requireApproval: false"])
    next.head = try stage.world.changePolicy(
      on: stage.head, edits: edits, by: World.carol, at: t + .minutes(3))
    return next
  }

  private static let withoutAlice = """
    groups:
      engineers: [\(World.bob), \(World.erin), \(Cast.hank)]
      leads: [\(World.bob), \(World.dave)]
      others: [\(Cast.hank)]

    """
  private static let withoutErin = withoutAlice.replacing(World.erin, with: World.alice)

  @Test func whenRoleRequesterOrHolderAreNoLongerRight() throws {
    let causes: [[String: String?]] = [
      ["roles/db-read.yaml": nil], ["groups.yaml": Self.withoutAlice],
      ["groups.yaml": Self.withoutErin],
    ]
    for cause in causes {
      for isActive in [true, false] {
        let stage = try changed(
          isActive ? try Stage.active(for: World.erin) : try Stage.pending(for: World.erin), cause)
        let after = try stage.world.closed(stage.grant, .ineligible, by: World.ci, at: soon)
        let commit = try stage.showing(after, .closed, by: .person(World.ci), at: soon)
        try stage.expectCounts(commit, as: .disqualify, .closed, after, at: soon)
      }
    }
  }

  @Test func whileAllAreEligibleItIsRefused() throws {
    for stage in [try Stage.active(), try Stage.pending()] {
      let shown = try stage.world.closed(stage.grant, .ineligible, by: World.ci, at: soon)
      try stage.expectRefused(
        stage.showing(shown, .closed, by: .person(World.ci), at: soon), .dueTime, at: soon)
    }
  }

  @Test(arguments: Signer.everybody(but: World.ci))
  func byAnybodyElseIsRefused(_ signer: Signer) throws {
    let stage = try changed(try Stage.active(), ["groups.yaml": Self.withoutAlice])
    let forged = try stage.world.closed(stage.grant, .ineligible, by: World.ci, at: soon)
    try stage.expectRefused(stage.showing(forged, .closed, by: signer, at: soon), at: soon)
    guard case .person(let name) = signer else { return }
    let own = try stage.world.closed(stage.grant, .ineligible, by: name, at: soon)
    try stage.expectRefused(stage.showing(own, .closed, by: signer, at: soon), .actor, at: soon)
  }

  @Test func theFilesOwnRoleDoesNotCount() throws {
    var stage = try Stage.active()
    var tampered = stage.grant
    tampered.role = try stage.world.require(RoleName("gone"))
    stage.head = try stage.showing(tampered, .active, by: .nobody, at: t + .minutes(3))
    let shown = try stage.world.closed(tampered, .ineligible, by: World.ci, at: soon)
    try stage.expectRefused(
      stage.showing(shown, .closed, by: .person(World.ci), at: soon), .dueTime, at: soon)
  }

  @Test func itStatesTheSigningTime() throws {
    let stage = try changed(try Stage.active(), ["roles/db-read.yaml": nil])
    let shown = try stage.world.closed(
      stage.grant, .ineligible, by: World.ci, at: soon + TimeSpan(seconds: 301))
    try stage.expectRefused(
      stage.showing(shown, .closed, by: .person(World.ci), at: soon), .statedTime, at: soon)
  }
}
