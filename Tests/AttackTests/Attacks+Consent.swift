import Grants
import History
import Ledger
import TestSupport

/// Consent that was never given, or not to this.
extension Attack {
  static let consent = onGrants + onApprovers + onPolicies

  /// The grant with other words than were asked for.
  private static func longer(_ grant: Grant) -> Grant {
    var longer = grant
    longer.duration = .hours(4)
    return longer
  }

  /// bob's approval, a minute old, merged in after something else became of the request.
  private static func late(
    _ name: String, refused rule: TrustRule, isPending: Bool = true,
    _ meanwhile: @escaping @Sendable (World, Grant, ObjectID) throws -> ObjectID
  ) -> Attack {
    Attack(name) {
      let world = try World()
      let (grant, head) = try world.asked()
      let (old, _) = try world.approve(grant, on: head, by: World.bob, at: t + .minutes(1))
      let main = try meanwhile(world, grant, head)
      let merge = try world.merge(main, old, tree: old, at: t + .minutes(11))
      return Scene(
        world, merge, at: t + .minutes(12), accepted: main,
        .only(pending: isPending ? [grant] : [], refused: rule))
    }
  }

  private static let onGrants: [Attack] = [
    Attack("approval replayed onto another grant") {
      let world = try World()
      let (first, one) = try world.asked()
      let (second, two) = try world.asked(by: World.erin, on: one)
      let (approval, active) = try world.approve(first, on: two, by: World.bob, at: t + .minutes(1))
      let signed = try world.history.read(approval, limit: 1 << 20).bytes
      var forged = second
      (forged.approvals, forged.activatedAt) = (active.approvals, active.activatedAt)
      forged.expiresAt = active.expiresAt
      // bob's own signature under the same words about the other grant.
      let head = try world.showing(
        forged, .active, on: approval, by: World.erin, at: t + .minutes(1)
      ) { bytes in
        Array(
          String(decoding: bytes, as: UTF8.self)
            .replacing(signatureHeader(of: bytes), with: signatureHeader(of: signed)).utf8)
      }
      return Scene(
        world, head, at: soon, accepted: approval,
        .only(pending: [second], active: [active], refused: .signature))
    },
    Attack("approval replayed onto another grant, by its requester") {
      let world = try World()
      let (first, one) = try world.asked()
      let (second, two) = try world.asked(by: World.erin, on: one)
      let (approval, active) = try world.approve(first, on: two, by: World.bob, at: t + .minutes(1))
      var forged = second
      (forged.approvals, forged.activatedAt) = (active.approvals, active.activatedAt)
      forged.expiresAt = active.expiresAt
      let head = try world.showing(forged, .active, on: approval, by: World.erin, at: soon)
      return Scene(
        world, head, at: soon, accepted: approval,
        .only(pending: [second], active: [active], refused: .actor))
    },
    late("old approval after withdrawal", refused: .closedFinal, isPending: false) {
      world, grant, head in
      try world.close(grant, .withdrawn, on: head, by: World.alice, at: t + .minutes(2))
    },
    late("old approval after amendment", refused: .readableAct) { world, grant, head in
      try world.showing(longer(grant), .pending, on: head, by: World.alice, at: t + .minutes(2))
    },
    late("old approval after an amendment that was undone", refused: .approvalFollows) {
      world, grant, head in
      let amended = try world.showing(
        longer(grant), .pending, on: head, by: World.alice, at: t + .minutes(2))
      return try world.showing(
        grant, .pending, on: amended, by: World.alice, at: t + .minutes(10))
    },
    Attack("old approval after its staleness limit") {
      let world = try World(policy: [
        "daypass.yaml": World.policyHead(serial: 1, settings: ["approvalTimeout: P10D"])
      ])
      let (grant, head) = try world.asked()
      let (old, _) = try world.approve(grant, on: head, by: World.bob, at: t + .minutes(5))
      let pinned = try world.pin(on: head, at: t + .days(1))
      let late = t + .days(1) + .minutes(5) + TimeSpan(seconds: 1)
      let merge = try world.merge(pinned, old, tree: old, at: late)
      return Scene(
        world, merge, at: late, accepted: pinned,
        .only(pending: [grant], refused: .landingWindow))
    },
    Attack("reordered approvals") {
      let world = try World()
      let (grant, head) = try world.asked(role: "prod-admin")
      let (left, _) = try world.approve(grant, on: head, by: World.bob, at: t + .minutes(1))
      let (right, _) = try world.approve(grant, on: head, by: World.dave, at: t + .minutes(2))
      // The later one lands first; the tree shows the earlier one last, with a date that it never had.
      let one = try world.merge(head, right, tree: right, at: t + .minutes(3))
      var shown = try world.approved(grant, by: World.dave, at: t + .minutes(2), activates: false)
      shown = try world.approved(shown, by: World.bob, at: t + .minutes(4), activates: true)
      let two = try world.merge(
        one, left, tree: left, at: t + .minutes(4), edits: World.place(shown, .active))
      var active = shown
      active.approvals[1].at = t + .minutes(1)
      active.activatedAt = t + .minutes(2)
      active.expiresAt = t + .minutes(2) + .hours(1)
      return Scene(
        world, two, at: soon, accepted: head,
        .only(active: [active], refused: .canonicalResult))
    },
    Attack("approval lifted from a side branch") {
      let world = try World()
      let (grant, head) = try world.asked()
      let (_, seen) = try world.approve(grant, on: head, by: World.bob, at: t + .minutes(1))
      let lifted = try world.showing(seen, .active, on: head, by: World.alice, at: t + .minutes(2))
      return Scene(
        world, lifted, at: soon, accepted: head, .only(pending: [grant], refused: .actor))
    },
    Attack("content edited between request and approval") {
      let world = try World()
      let (grant, head) = try world.asked()
      let edited = try world.showing(
        longer(grant), .pending, on: head, by: nil, at: t + .minutes(1))
      let (approval, _) = try world.approve(
        longer(grant), on: edited, by: World.bob, at: t + .minutes(2))
      return Scene(
        world, approval, at: soon, accepted: head,
        .only(pending: [grant], refused: .signature, .readableAct))
    },
  ]

  /// bob may approve with either key.
  private static func twoKeys() throws -> (world: World, second: TestKey) {
    let second = TestKey()
    let people = [World.alice, World.bob, World.carol, World.dave, World.erin, World.ci]
    let keys = Dictionary(uniqueKeysWithValues: people.map { ($0, TestKey()) })
    let lines = people.map { "\($0) \(keys[$0]?.line ?? "")\n" }.joined()
    let world = try World(
      policy: ["allowed_signers": lines + "\(World.bob) \(second.line)\n"], keys: keys)
    return (world, second)
  }

  private static let onApprovers: [Attack] = [
    Attack("one approver counted twice, two keys") {
      let (world, second) = try twoKeys()
      let (grant, head) = try world.asked(role: "prod-admin")
      let (one, once) = try world.approve(
        grant, on: head, by: World.bob, at: t + .minutes(1), activates: false)
      let twice = try world.approved(once, by: World.bob, at: t + .minutes(2), activates: true)
      let two = try world.showing(
        twice, .active, on: one, by: nil, at: t + .minutes(2), key: second)
      return Scene(
        world, two, at: soon, accepted: one, .only(pending: [grant], refused: .actor))
    },
    Attack("one approver counted twice, two spellings") {
      let (world, second) = try twoKeys()
      let (grant, head) = try world.asked(role: "prod-admin")
      let (one, once) = try world.approve(
        grant, on: head, by: World.bob, at: t + .minutes(1), activates: false)
      let twice = try world.approved(
        once, by: "Bob@example.com", at: t + .minutes(2), activates: true)
      let two = try world.showing(
        twice, .active, on: one, by: nil, at: t + .minutes(2), key: second)
      return Scene(
        world, two, at: soon, accepted: one,
        .only(pending: [grant], refused: .actor))
    },
    policy("one approver counted twice, two spellings in the policy") {
      ["allowed_signers": $0.signers() + "Bob@example.com \(TestKey().line)\n"]
    },
    Attack("one approver counted twice, two branches") {
      let world = try World()
      let (grant, head) = try world.asked(role: "prod-admin")
      let (left, _) = try world.approve(grant, on: head, by: World.bob, at: t + .minutes(1))
      let (right, _) = try world.approve(grant, on: head, by: World.bob, at: t + .minutes(2))
      let merge = try world.merge(left, right, tree: left, at: t + .minutes(3))
      return Scene(
        world, merge, at: soon, accepted: head,
        .only(pending: [grant], refused: .canonicalResult, .actor))
    },
    Attack("sibling role's approver") {
      let world = try World.wide()
      let (grant, head) = try world.asked()
      let (forged, _) = try world.approve(grant, on: head, by: World.hank, at: t + .minutes(1))
      return Scene(
        world, forged, at: soon, accepted: head, .only(pending: [grant], refused: .policyAllows))
    },
    Attack("org threshold overriding the role's") {
      // Nothing said for all roles lowers what one role demands.
      let world = try World()
      let (grant, head) = try world.asked(role: "prod-admin")
      let free = try world.changePolicy(
        on: head,
        edits: [
          "daypass.yaml": World.policyHead(serial: 2, settings: ["requireApproval: false"])
        ], by: World.carol, at: t + .minutes(1))
      let (one, _) = try world.approve(grant, on: free, by: World.bob, at: t + .minutes(2))
      return Scene(
        world, one, at: soon, accepted: free,
        .only(pending: [grant], refused: .canonicalResult, serial: 2))
    },
    policy(
      "org threshold that the policy has no word for", "daypass.yaml",
      World.policyHead(serial: 2, settings: ["quorum: 1"])),
    policy("quorum 0", "roles/db-read.yaml", World.role(quorum: 0)),
    Attack("quorum 0, in the root") {
      let world = try World(policy: ["roles/db-read.yaml": World.role(quorum: 0)])
      let (_, head) = try world.asked()
      return Scene(world, head, at: soon, .stops(.rootInvalid))
    },
    policy(
      "empty approver set", "groups.yaml",
      "groups:\n  engineers: [\(World.alice)]\n  leads: []\n"),
  ]
}
