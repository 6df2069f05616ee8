import Grants
import History
import Ledger
import Signatures
import TestSupport

/// Signatures made by hand with bob's own key, one thing wrong with each.
///
/// `Tests/SignaturesTests` has many more of them, against the verification alone.
extension Attack {
  /// bob's only key is that of the forgery, as it was before anything was changed.
  private static func world(_ forgery: Forgery) throws -> World {
    let people = [World.alice, World.bob, World.carol, World.dave, World.erin, World.ci]
    let keys = Dictionary(uniqueKeysWithValues: people.map { ($0, TestKey()) })
    let lines = people.map { person in
      let line = person == World.bob ? line(forgery) : keys[person]?.line ?? ""
      return "\(person) \(line)\n"
    }
    return try World(policy: ["allowed_signers": lines.joined()], keys: keys)
  }

  private static func line(_ forgery: Forgery) -> String {
    "\(forgery.type) \(base64(forgery.keyBlob))"
  }

  private static func forged(
    _ name: String, _ forgery: Forgery, _ change: @escaping @Sendable (inout Forgery) -> Void
  ) -> Attack {
    approval(name, in: { try world(forgery) }) { draft, _ in
      draft.sign = { payload in
        forgery.with {
          $0.payload = payload
          change(&$0)
        }.armor
      }
    }
  }

  /// The same key and hand, nothing wrong: it counts, so what is refused is refused for its fault.
  private static func good(_ forgery: Forgery) -> Attack {
    Attack("no attack: \(forgery.type) by hand") {
      let world = try world(forgery)
      let (grant, head) = try world.asked()
      let moment = t + .minutes(1)
      let after = try world.approved(grant, by: World.bob, at: moment, activates: true)
      let tree = try world.history.commit(
        try world.showing(after, .active, on: head, by: nil, at: moment)
      ).tree
      let person = "Someone <someone@example.com> \(moment.seconds) +0000"
      let draft = Draft(
        header: "tree \(tree)\nparent \(head)\nauthor \(person)\ncommitter \(person)\n",
        sign: { payload in forgery.with { $0.payload = payload }.armor })
      let commit = try world.history.write(.commit, draft.bytes())
      return Scene(
        world, commit, at: soon, accepted: head, .only(active: [after], disputed: false))
    }
  }

  /// A key that no policy can list.
  private static func listing(_ name: String, _ line: @escaping @Sendable () -> String) -> Attack {
    Attack(name) {
      let world = try World()
      let head = try world.changePolicy(
        on: world.root,
        edits: [
          "daypass.yaml": World.policyHead(serial: 2),
          "allowed_signers": world.signers() + "mallory@example.com \(line())\n",
        ], by: World.carol, at: t)
      return Scene(world, head, at: soon, accepted: world.root, .only(refused: .policyValid))
    }
  }

  /// S + L, little-endian: the same scalar, written another way.
  private static func addingGroupOrder(to scalar: ArraySlice<UInt8>) -> [UInt8] {
    let order = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
    var carry = 0
    return zip(scalar, order).map {
      carry += Int($0) + Int($1)
      defer { carry >>= 8 }
      return UInt8(carry & 0xFF)
    }
  }

  static let onForgeries: [Attack] =
    [Forgery.ed25519, .p256, .rsa, .skEd25519, .skP256].map(good) + [
      forged("no user presence", .skEd25519) { $0.flags = 0 },
      forged("no user presence, P-256", .skP256) { $0.flags = 0x04 },
      forged("RSA SHA-1", .rsa) {
        $0.algorithm = "ssh-rsa"
        $0.signingHash = "SHA1"
      },
      listing("RSA 1024") { line(Forgery(SoftwareKey(.rsa(bits: 1024)))) },
      forged("small-order key, in the signature", .ed25519) {
        // With the neutral element for a key, R = S * B holds over any message; here S = 1.
        let neutral = [1] + [UInt8](repeating: 0, count: 31)
        let base = hex("58" + String(repeating: "66", count: 31))
        $0.point = neutral
        $0.changeValue = { _ in base + neutral }
      },
      forged("S >= L", .ed25519) {
        $0.changeValue = { Array($0.prefix(32)) + addingGroupOrder(to: $0.suffix(32)) }
      },
      forged("webauthn type", .skP256) {
        $0.algorithm = "webauthn-sk-ecdsa-sha2-nistp256@openssh.com"
      },
      forged("non-zero reserved", .ed25519) { $0.reserved = [1] },
      forged("data after the blob", .ed25519) { $0.afterBlob = [0] },
      forged("certificate", .ed25519) { $0.type = "ssh-ed25519-cert-v01@openssh.com" },
      forged("payload hashed with SHA-1", .ed25519) { $0.hash = "sha1" },
      forged("ECDSA number padded", .p256) {
        $0.changeValue = { value in
          var wire = Wire()
          wire.string([0, 0] + value[4..<(4 + Int(value[3]))])
          return wire.bytes + value[(4 + Int(value[3]))...]
        }
      },
    ]
}
