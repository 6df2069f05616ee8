import Grants
import History
import Ledger
import TestSupport

/// bob's approval as an attacker may have it made or make it.
struct Draft {
  /// Everything before the signature and the message, each line ended.
  var header: String
  var message = "Approve\n"
  /// The armor over header, empty line and message.
  var sign: @Sendable ([UInt8]) -> [UInt8]
  /// What the header of the signature is called.
  var name = "gpgsig"
  /// What is done to the bytes after signing.
  var after: @Sendable (String) -> String = { $0 }

  func bytes() -> [UInt8] {
    let payload = Array((header + "\n" + message).utf8)
    let signed = World.embed(
      sign(payload), in: payload, headerEnd: header.utf8.count, header: name)
    return Array(after(String(decoding: signed, as: UTF8.self)).utf8)
  }
}

/// Signatures that do not hold, or not over this.
extension Attack {
  static let signature = onCommits + onPersons + onArmor + onKeys + onForgeries

  /// alice has asked, and bob's approval is not one.
  static func approval(
    _ name: String, _ rules: TrustRule = .signature, _ expected: Expectation? = nil,
    remembering: Expectation? = nil,
    in makeWorld: @escaping @Sendable () throws -> World = { try World() },
    _ change: @escaping @Sendable (inout Draft, World) -> Void
  ) -> Attack {
    Attack(name) {
      let world = try makeWorld()
      let (grant, head) = try world.asked()
      let moment = t + .minutes(1)
      let after = try world.approved(grant, by: World.bob, at: moment, activates: true)
      let plain = try world.showing(after, .active, on: head, by: nil, at: moment)
      let record = try world.require(
        CommitRecord(id: plain, parsing: try world.history.read(plain, limit: 1 << 20).bytes))
      let person = "Someone <someone@example.com> \(moment.seconds) +0000"
      let key = try world.require(world.keys[World.bob])
      var draft = Draft(
        header:
          "tree \(record.tree)\nparent \(head)\nauthor \(person)\ncommitter \(person)\n",
        sign: { key.sign($0) })
      change(&draft, world)
      let forged = try world.history.write(.commit, draft.bytes())
      var scene = Scene(
        world, forged, at: soon, accepted: head,
        expected ?? .only(pending: [grant], refused: rules))
      scene.remembering = remembering
      return scene
    }
  }

  /// The same with a word put in place of another, before signing or after.
  private static func header(_ name: String, _ from: String, _ to: String) -> Attack {
    approval(name) { draft, _ in draft.header = draft.header.replacing(from, with: to) }
  }

  private static func twice(_ header: String) -> Attack {
    approval("duplicate \(header)") { draft, _ in
      draft.header = draft.header.split(separator: "\n").map {
        $0.hasPrefix(header + " ") ? "\($0)\n\($0)\n" : "\($0)\n"
      }.joined()
    }
  }

  private static let onCommits: [Attack] = [
    approval("stripped") { draft, _ in
      draft.after = { $0.replacing(signatureHeader(of: Array($0.utf8)), with: "") }
    },
    approval("transplanted") { draft, world in
      let key = world.keys[World.bob]
      draft.sign = { key?.sign($0 + [10]) ?? [] }
    },
    approval("two headers") { draft, world in
      // The good one and another's; git joins them.
      let key = world.keys[World.alice]
      let payload = Array((draft.header + "\n" + draft.message).utf8)
      let other = String(decoding: key?.sign(payload) ?? [], as: UTF8.self)
        .split(separator: "\n").joined(separator: "\n ")
      draft.after = { $0.replacing("\n\nApprove", with: "\ngpgsig \(other)\n\nApprove") }
    },
    approval("in the message") { draft, _ in
      draft.after = { text in
        let signature = signatureHeader(of: Array(text.utf8))
        return text.replacing(signature, with: "") + signature
      }
    },
    approval("gpgsigX") { draft, _ in draft.name = "gpgsigX" },
    approval("gpgsig-sha256") { draft, _ in draft.name = "gpgsig-sha256" },
    approval("gpgsig-sha256 beside the good one") { draft, _ in
      draft.after = { text in
        let signature = signatureHeader(of: Array(text.utf8))
        return text.replacing(
          signature, with: signature + signature.replacing("gpgsig", with: "gpgsig-sha256"))
      }
    },
    approval("header out of place") { draft, _ in
      draft.after = { text in
        let signature = signatureHeader(of: Array(text.utf8))
        return text.replacing(signature, with: "").replacing(
          "\nauthor ", with: "\n\(signature)author ")
      }
    },
    approval("header that nobody knows") { draft, _ in draft.header += "x-extra 1\n" },
    approval("NUL tail") { draft, _ in draft.after = { $0 + "\0and more" } },
    approval("NUL tail, signed for") { draft, _ in draft.message += "\0and more" },
    twice("author"), twice("committer"),
    // To git, too, such a commit has no parents: as if the branch were set to an unrelated one.
    approval("duplicate tree", .signature, .stops(.rootNotReached), remembering: .stops(.rollback))
    { draft, _ in
      draft.header = draft.header.prefix(46) + draft.header
    },
    approval("parent after committer") { draft, world in
      draft.header += "parent \(world.root)\n"
    },
    approval("parent after committer, not signed for") { draft, world in
      let root = world.root
      draft.after = { $0.replacing("\ngpgsig", with: "\nparent \(root)\ngpgsig") }
    },
  ]

  private static func times(_ name: String, _ written: String) -> Attack {
    header(
      name, "\ncommitter Someone <someone@example.com> \((t + .minutes(1)).seconds)",
      "\ncommitter Someone <someone@example.com> \(written)")
  }

  private static let onPersons: [Attack] = [
    header("two <> in committer", "\ncommitter Someone", "\ncommitter Someone <x@y> 1 +0000"),
    times("time 17foo", "17foo"), times("time +17", "+17"), times("time negative", "-17"),
    times("time overflowing", "18446744073709551617"),
    times("time above the year 9999", "253402300800"), times("time in hexadecimal", "0x6ab1"),
  ]

  private static let onArmor: [Attack] = [
    approval("namespace file") { draft, world in
      let key = world.keys[World.bob]
      draft.sign = { key?.sign($0, namespace: "file") ?? [] }
    },
    approval("namespace daypass-key") { draft, world in
      // A proof of a key that somebody was asked for.
      let key = world.keys[World.bob]
      draft.sign = { key?.sign($0, namespace: "daypass-key") ?? [] }
    },
    approval("data after END") { draft, world in
      let key = world.keys[World.bob]
      draft.sign = { (key?.sign($0) ?? []) + Array("and more\n".utf8) }
    },
    approval("white space in base64") { draft, _ in
      draft.after = { $0.replacing("\n U1NI", with: "\n U1NI ") }
    },
    approval("empty line in base64") { draft, _ in
      draft.after = { $0.replacing("\n U1NI", with: "\n \n U1NI") }
    },
    approval("carriage returns in the armor") { draft, _ in
      draft.after = { $0.replacing("SIGNATURE-----\n", with: "SIGNATURE-----\r\n") }
    },
  ]
}
