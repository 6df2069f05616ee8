import Grants
import History
import Ledger
import TestSupport

/// Consent to a policy that nobody gave, or gave to another.
extension Attack {
  private static let next: [String: String?] = ["daypass.yaml": World.policyHead(serial: 2)]

  /// Both admins must consent.
  private static func pair() throws -> World {
    try World(policy: ["daypass.yaml": World.policyHead(serial: 1, quorum: 2)])
  }

  private static func serial(_ number: Int, enabled: Bool = true) -> [String: String?] {
    [
      "daypass.yaml": World.policyHead(
        serial: number, quorum: 2, settings: enabled ? [] : ["enabled: false"])
    ]
  }

  static let onPolicies: [Attack] = [
    Attack("consent implied by a tree") {
      let world = try World()
      let head = try world.changePolicy(
        on: world.root, edits: next, by: World.carol, at: t, trailer: false)
      return Scene(world, head, at: soon, accepted: world.root, .only(refused: .policyConsent))
    },
    Attack("consent from before the policy came back") {
      let world = try pair()
      let first = try world.policyTree(of: world.root)
      // carol agrees to C while A is in force; then B comes, and A's own files again.
      let branch = try world.changePolicy(
        on: world.root, edits: serial(2, enabled: false), by: World.carol, at: t)
      let wanted = try world.policyTree(of: branch)
      let one = try world.changePolicy(
        on: world.root, edits: serial(2), by: World.carol, at: t + .minutes(1))
      let two = try world.consent(
        to: try world.policyTree(of: one), from: first, on: one, by: World.dave,
        at: t + .minutes(2))
      let files = world.files(of: world.root).filter { $0.key.hasPrefix("policies/") }
      let back = try world.commit(
        on: two, edits: files.mapValues { $0 }, by: nil, at: t + .minutes(3))
      let merge = try world.merge(back, branch, tree: branch, at: t + .minutes(4))
      let head = try world.consent(
        to: wanted, from: first, on: merge, by: World.dave, at: t + .minutes(4))
      return Scene(
        world, head, at: soon, accepted: two,
        .only(refused: .canonicalResult, .signature, .policyConsent, serial: 2))
    },
    Attack("one consent landed twice") {
      let world = try pair()
      let branch = try world.changePolicy(on: world.root, edits: serial(2), by: World.carol, at: t)
      let (old, new) = (try world.policyTree(of: world.root), try world.policyTree(of: branch))
      let side = try world.commit(
        on: world.root, edits: ["notes": World.File("x")], by: nil, at: t)
      let one = try world.merge(side, branch, tree: branch, at: t + .minutes(1))
      let two = try world.merge(one, branch, tree: branch, at: t + .minutes(2))
      let again = try world.consent(
        to: new, from: old, on: two, by: World.carol, at: t + .minutes(3))
      return Scene(
        world, again, at: soon, accepted: one, .only(refused: .mergeCarriesNothing))
    },
    Attack("policy and use in one commit") {
      let world = try World()
      let grant = try world.grant(by: World.dave, at: t)
      let head = try world.changePolicy(
        on: world.root, edits: next, by: World.dave, at: t,
        alongside: World.place(grant, .pending))
      return Scene(world, head, at: soon, accepted: world.root, .only(refused: .mixedCommit))
    },
    Attack("policy and use in one merge") {
      let world = try World()
      let changed = try world.changePolicy(
        on: world.root,
        edits: [
          "daypass.yaml": World.policyHead(serial: 2), "roles/new.yaml": World.role(quorum: 1),
        ], by: World.dave, at: t)
      let grant = try world.grant(by: World.alice, role: "new", at: t)
      let asked = try world.request(grant, on: changed)
      let (approved, _) = try world.approve(grant, on: asked, by: World.bob, at: t + .minutes(1))
      let head = try world.merge(world.root, approved, tree: approved, at: t + .minutes(2))
      return Scene(
        world, head, at: soon, accepted: world.root,
        .only(refused: .policyAllows, .actor, serial: 2))
    },
    Attack("policy rolled back to an older valid one") {
      let world = try World()
      let changed = try world.changePolicy(on: world.root, edits: next, by: World.carol, at: t)
      let back = try world.changePolicy(
        on: changed, edits: ["daypass.yaml": World.policyHead(serial: 1)], by: World.carol,
        at: t + .minutes(1))
      return Scene(
        world, back, at: soon, accepted: changed, .only(refused: .policySuccession, serial: 2))
    },
    Attack("approvals and policy consents signed in a renamed copy") {
      let world = try World()
      let (grant, head) = try world.asked()
      // The same people, keys and files, under another name and so from another root.
      let copy = try World(
        policy: ["daypass.yaml": World.policyHead(serial: 1, name: "copy")], keys: world.keys)
      var renamed = grant
      renamed.repository = "copy"
      let there = try copy.request(renamed, on: copy.root)
      let (approval, active) = try copy.approve(
        renamed, on: there, by: World.bob, at: t + .minutes(1))
      let consent = try copy.changePolicy(
        on: approval, edits: ["daypass.yaml": World.policyHead(serial: 2, name: "copy")],
        by: World.carol, at: t + .minutes(2))
      try copy.history.copy(to: world.history)
      var forged = active
      forged.repository = "world"
      let merge = try world.merge(
        head, consent, tree: head, at: t + .minutes(3), edits: World.place(forged, .active))
      // bob is talked into signing what the copy has, as it is there.
      let carried = try world.showing(active, .active, on: merge, by: World.bob, at: soon)
      return Scene(
        world, carried, at: soon, accepted: head,
        .only(pending: [grant], refused: .mergeCarriesNothing, .readableAct))
    },
    Attack("approvals and policy consents signed in a restored backup") {
      let world = try World()
      let (grant, head) = try world.asked()
      // Restored to before the withdrawal and the change, and used by people who do not notice.
      let (approval, _) = try world.approve(grant, on: head, by: World.bob, at: t + .minutes(2))
      let consent = try world.changePolicy(
        on: approval,
        edits: [
          "daypass.yaml": World.policyHead(serial: 2), "roles/db-read.yaml": World.role(quorum: 2),
        ], by: World.carol, at: t + .minutes(3))
      let gone = try world.close(
        grant, .withdrawn, on: head, by: World.alice, at: t + .minutes(1))
      let main = try world.changePolicy(on: gone, edits: next, by: World.carol, at: t + .minutes(2))
      let merge = try world.merge(main, consent, tree: consent, at: t + .minutes(4))
      return Scene(
        world, merge, at: soon, accepted: main,
        .only(refused: .closedFinal, .policyConsent, serial: 2))
    },
  ]
}
