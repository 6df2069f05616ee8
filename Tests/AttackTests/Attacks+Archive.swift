import Grants
import History
import Ledger
import TestSupport

/// Closed grants taken out of the tree, and what may come of that.
extension Attack {
  /// A grant that ended a minute after it began, with a retention of two days.
  private static func ended() throws -> (world: World, grant: Grant, head: ObjectID) {
    let world = try World(
      policy: ["daypass.yaml": World.policyHead(serial: 1, settings: ["retention: P2D"])])
    let (grant, head) = try world.activated()
    let end = try world.close(grant, .revoked, on: head, by: World.alice, at: t + .minutes(2))
    return (world, grant, try world.pin(on: end, at: t + .minutes(3)))
  }

  private static func without(_ grant: Grant) -> [String: World.File?] {
    [GrantPath(state: .closed, id: grant.id).description: World.File?.none]
  }

  static let onArchives: [Attack] = [
    Attack("closed grants removed by an admin") {
      let (world, grant, head) = try ended()
      let gone = try world.commit(
        on: head, edits: without(grant), by: World.carol, at: t + .days(3))
      var scene = Scene(
        world, gone, at: t + .days(3), accepted: head, .only(refused: .actor))
      scene.isStale = true
      return scene
    },
    Attack("closed grants archived early by a stolen reconciler key") {
      let (world, grant, head) = try ended()
      let gone = try world.pin(on: head, at: t + .minutes(4), edits: without(grant))
      return Scene(world, gone, at: soon, accepted: head, .only(refused: .dueTime))
    },
    Attack("archived id asked for again once the windows have grown") {
      let (world, grant, head) = try ended()
      let late = t + .days(3)
      let archived = try world.pin(on: head, at: late, edits: without(grant))
      let longer = try world.changePolicy(
        on: archived,
        edits: [
          "daypass.yaml": World.policyHead(
            serial: 2, settings: ["approvalTimeout: P30D", "retention: P90D"])
        ], by: World.carol, at: late + .minutes(1))
      let again = try world.request(grant.request, on: longer)
      return Scene(
        world, again, at: late + .minutes(2), accepted: archived,
        .only(refused: .closedFinal, serial: 2))
    },
  ]
}
