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

  /// A line more in `allowed_signers`, by an admin who may change it.
  private static func signers(
    _ name: String, _ line: @escaping @Sendable (World) -> String
  ) -> Attack {
    policy(name) { ["allowed_signers": $0.signers() + line($0) + "\n"] }
  }

  /// An approval by bob, whose key has those limits.
  ///
  /// - Parameter landing: when a merge brings it in; nil where it lands as it is.
  private static func limited(
    _ name: String, _ options: String, signed: Timestamp, landing: Timestamp? = nil
  ) -> Attack {
    Attack(name) {
      let world = try limited(options)
      let (grant, head) = try world.asked()
      var last = try world.approve(grant, on: head, by: World.bob, at: signed).commit
      if let landing {
        let side = try world.commit(
          on: head, edits: ["notes.txt": World.File("x")], by: nil, at: landing)
        last = try world.merge(side, last, tree: last, at: landing)
      }
      return Scene(
        world, last, at: soon, accepted: head, .only(pending: [grant], refused: .keyValidity))
    }
  }

  static let onKeys: [Attack] = [
    signers("key under two people") {
      "mallory@example.com \($0.keys[World.bob]?.line ?? "")"
    },
    signers("certificate authority") { _ in
      "mallory@example.com cert-authority \(TestKey().line)"
    },
    signers("small-order key") { _ in
      // The neutral element of the curve, for which any signature can be made.
      "mallory@example.com ssh-ed25519 "
        + "AAAAC3NzaC1lZDI1NTE5AAAAIAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    },
    signers("pattern for a person") { _ in "*@example.com \(TestKey().line)" },
    signers("key of another namespace") { _ in
      "mallory@example.com namespaces=\"file\" \(TestKey().line)"
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
    limited(
      "key ended, at signing", "valid-before=\"\(date(t + .minutes(1)))\"",
      signed: t + .minutes(1) + TimeSpan(seconds: 1)),
    limited(
      "key ended, at landing", "valid-before=\"\(date(t + .minutes(2)))\"",
      signed: t + .minutes(1), landing: t + .minutes(3)),
    limited(
      "key not yet begun, at signing", "valid-after=\"\(date(t + .minutes(2)))\"",
      signed: t + .minutes(1), landing: t + .minutes(3)),
    limited(
      "key not yet begun, at landing", "valid-after=\"\(date(t + .days(1)))\"",
      signed: t + .minutes(1)),
  ]
}
