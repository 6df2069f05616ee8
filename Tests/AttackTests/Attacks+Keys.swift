import Grants
import History
import Ledger
import TestSupport

/// Keys that are not, no more or not yet those of the person.
extension Attack {
  /// bob's line in `allowed_signers` is that.
  private static func limited(_ options: String) throws -> World {
    let people = [World.alice, World.bob, World.carol, World.dave, World.erin, World.ci]
    let keys = Dictionary(uniqueKeysWithValues: people.map { ($0, TestKey()) })
    let lines = people.map { person in
      let line = keys[person]?.line ?? ""
      return person == World.bob ? "\(person) \(options) \(line)\n" : "\(person) \(line)\n"
    }
    return try World(policy: ["allowed_signers": lines.joined()], keys: keys)
  }

  private static func date(_ moment: Timestamp) -> String {
    moment.description.filter { $0.isNumber || $0 == "Z" }.replacing("T", with: "")
  }

  /// An edit of `allowed_signers` by an admin who may make it.
  private static func signers(
    _ name: String, _ change: @escaping @Sendable (World) -> String
  ) -> Attack {
    Attack(name) {
      let world = try World()
      let head = try world.changePolicy(
        on: world.root,
        edits: [
          "daypass.yaml": World.policyHead(serial: 2), "allowed_signers": change(world),
        ], by: World.carol, at: t)
      return Scene(world, head, at: soon, accepted: world.root, .only(refused: .policyValid))
    }
  }

  static let onKeys: [Attack] = [
    signers("key under two people") {
      $0.signers() + "mallory@example.com \($0.keys[World.bob]?.line ?? "")\n"
    },
    signers("certificate authority") {
      $0.signers() + "mallory@example.com cert-authority \(TestKey().line)\n"
    },
    signers("small-order key") {
      // The neutral element of the curve, for which any signature can be made.
      $0.signers() + "mallory@example.com ssh-ed25519 "
        + "AAAAC3NzaC1lZDI1NTE5AAAAIAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
    },
    signers("pattern for a person") { $0.signers() + "*@example.com \(TestKey().line)\n" },
    signers("key of another namespace") {
      $0.signers() + "mallory@example.com namespaces=\"file\" \(TestKey().line)\n"
    },
    approval("key that nobody lists", .knownKey) { draft, _ in
      let key = TestKey()
      draft.sign = { key.sign($0) }
    },
    Attack("key removed, at landing") {
      let world = try World()
      let (grant, head) = try world.asked()
      let (old, _) = try world.approve(grant, on: head, by: World.bob, at: t + .minutes(1))
      let main = try removal(in: world, on: head, at: t + .minutes(2))
      let merge = try world.merge(main, old, tree: old, at: t + .minutes(4))
      return Scene(
        world, merge, at: soon, accepted: main,
        .only(pending: [grant], refused: .knownKey, .mergeCarriesNothing, serial: 2))
    },
    Attack("key removed, at signing") {
      let world = try World()
      let (grant, head) = try world.asked()
      let gone = try removal(in: world, on: head, at: t + .minutes(1))
      let (forged, _) = try world.approve(grant, on: gone, by: World.bob, at: t + .minutes(3))
      return Scene(
        world, forged, at: soon, accepted: gone,
        .only(pending: [grant], refused: .knownKey, serial: 2))
    },
    Attack("key ended, at signing") {
      let world = try limited("valid-before=\"\(date(t + .minutes(1)))\"")
      let (grant, head) = try world.asked()
      let (forged, _) = try world.approve(
        grant, on: head, by: World.bob, at: t + .minutes(1) + TimeSpan(seconds: 1))
      return Scene(
        world, forged, at: soon, accepted: head,
        .only(pending: [grant], refused: .keyValidity))
    },
    Attack("key ended, at landing") {
      let world = try limited("valid-before=\"\(date(t + .minutes(2)))\"")
      let (grant, head) = try world.asked()
      let (old, _) = try world.approve(grant, on: head, by: World.bob, at: t + .minutes(1))
      let side = try world.commit(
        on: head, edits: ["notes.txt": World.File("x")], by: nil, at: t + .minutes(3))
      let merge = try world.merge(side, old, tree: old, at: t + .minutes(3))
      return Scene(
        world, merge, at: soon, accepted: head, .only(pending: [grant], refused: .keyValidity))
    },
    Attack("key not yet begun, at signing") {
      let world = try limited("valid-after=\"\(date(t + .minutes(2)))\"")
      let (grant, head) = try world.asked()
      let (old, _) = try world.approve(grant, on: head, by: World.bob, at: t + .minutes(1))
      let side = try world.commit(
        on: head, edits: ["notes.txt": World.File("x")], by: nil, at: t + .minutes(3))
      let merge = try world.merge(side, old, tree: old, at: t + .minutes(3))
      return Scene(
        world, merge, at: soon, accepted: head, .only(pending: [grant], refused: .keyValidity))
    },
    Attack("key not yet begun, at landing") {
      let world = try limited("valid-after=\"\(date(t + .days(1)))\"")
      let (grant, head) = try world.asked()
      let (early, _) = try world.approve(grant, on: head, by: World.bob, at: t + .minutes(1))
      return Scene(
        world, early, at: soon, accepted: head, .only(pending: [grant], refused: .keyValidity))
    },
  ]
}
