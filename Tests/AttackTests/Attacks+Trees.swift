import Grants
import History
import Ledger
import TestSupport

/// Trees and files that two programs may read in two ways.
extension Attack {
  /// A hundred megabytes of spaces in place of a grant.
  private static func largeBlob(
    _ name: String, _ prepare: (@Sendable (TemporaryRepository) async throws -> Void)? = nil
  ) -> Attack {
    Attack(name) {
      let world = try World()
      let (grant, head) = try world.asked()
      let path = GrantPath(state: .active, id: grant.id).description
      let forged = try world.commit(
        on: head, edits: [path: World.File([UInt8](repeating: 32, count: 100 << 20))],
        by: World.bob, at: t + .minutes(1))
      var scene = Scene(
        world, forged, at: soon, accepted: head,
        .only(pending: [grant], refused: .readableFile))
      scene.prepare = prepare
      return scene
    }
  }

  /// An approval under many words, and a plain one after it, which counts.
  private static func largeMessage(
    _ name: String, _ megabytes: Int,
    _ prepare: (@Sendable (TemporaryRepository) async throws -> Void)? = nil
  ) -> Attack {
    Attack(name) {
      let world = try World()
      let (grant, head) = try world.asked()
      let after = try world.approved(
        grant, by: World.bob, at: t + .minutes(1), activates: true)
      let forged = try world.commit(
        on: head, edits: World.place(after, .active), by: World.bob, at: t + .minutes(1),
        message: String(repeating: "a\n\n", count: (megabytes << 20) / 3))
      let (approval, active) = try world.approve(
        grant, on: forged, by: World.dave, at: t + .minutes(3))
      var scene = Scene(
        world, approval, at: soon, accepted: head,
        .only(active: [active], refused: .signature, disputed: false))
      scene.prepare = prepare
      return scene
    }
  }

  static let trees = onModes + onNames + onSizes + onFiles + onYAML

  /// bob's approval, signed, in an entry of that mode.
  private static func mode(_ name: String, _ mode: UInt32) -> Attack {
    Attack(name) {
      let world = try World()
      let (grant, head) = try world.asked()
      let after = try world.approved(
        grant, by: World.bob, at: t + .minutes(1), activates: true)
      var edits = World.place(after, .active)
      let path = GrantPath(state: .active, id: grant.id).description
      edits[path] = World.File(after.canonicalBytes, mode: mode)
      let forged = try world.commit(on: head, edits: edits, by: World.bob, at: t + .minutes(1))
      return Scene(
        world, forged, at: soon, accepted: head,
        .only(pending: [grant], refused: .readableFile))
    }
  }

  private static let onModes: [Attack] = [
    mode("symlink", 0o120000), mode("executable", 0o100755), mode("raw mode 100664", 0o100664),
    mode("raw mode 100600", 0o100600),
    Attack("submodule") {
      let world = try World()
      let (grant, head) = try world.asked()
      let pending = GrantPath(state: .pending, id: grant.id).description
      let active = GrantPath(state: .active, id: grant.id).description
      let tree = try world.tree(of: head, with: head, mode: 0o160000, at: active)
      let with = try world.rawCommit(tree, on: [head], by: World.bob, at: t + .minutes(1))
      let both = try world.tree(of: with, with: head, mode: 0o160000, at: pending)
      let forged = try world.rawCommit(both, on: [with], by: World.bob, at: t + .minutes(2))
      return Scene(
        world, forged, at: soon, accepted: head,
        .only(pending: [grant], refused: .readableFile))
    },
    place("grants as a file", "grants", mode: TreeEntry.fileMode, by: nil) { try $0.blob("x\n") },
    place("grants as a symlink", "grants", mode: 0o120000, by: nil) { try $0.blob("policies") },
    place("a state as a submodule", "grants/active", mode: 0o160000, by: nil) { $0.root },
  ]

  /// An active grant beside which, or in whose way, somebody puts an object.
  private static func place(
    _ name: String, _ path: String, mode: UInt32 = TreeEntry.treeMode,
    by signer: String? = World.bob,
    refused: TrustRule = .strayPath, _ make: @escaping @Sendable (World) throws -> ObjectID
  ) -> Attack {
    Attack(name) {
      let world = try World()
      let (grant, head) = try world.activated()
      let tree = try world.tree(of: head, with: try make(world), mode: mode, at: path)
      let forged = try world.rawCommit(tree, on: [head], by: signer, at: t + .minutes(2))
      // Unsigned, it takes the grant out of sight as well, which nobody signed for.
      let expected: Expectation =
        signer == nil
        ? .only(active: [grant], refused: refused, .signature)
        : .only(active: [grant], refused: refused)
      return Scene(world, forged, at: soon, accepted: head, expected)
    }
  }

  private static let hour = "grants/closed/2026/11/23/18"

  /// A directory that holds one file of that name.
  private static func stray(_ name: String, _ bytes: [UInt8]) -> Attack {
    place(name, hour) { world in
      try world.rawTree([("100644", bytes, try world.blob("x\n"))])
    }
  }

  private static func stray(_ name: String, _ file: String) -> Attack {
    stray(name, Array(file.utf8))
  }

  private static let id = "20261123T181502Z-k3f9q2xw"

  private static let onNames: [Attack] = [
    place("duplicate names", hour) { world in
      let blob = try world.blob("x\n")
      return try world.rawTree([("100644", "\(id).json", blob), ("100644", "\(id).json", blob)])
    },
    place("file and directory twins", hour) { world in
      let blob = try world.blob("x\n")
      let empty = try world.rawTree([("100644", "x", blob)])
      return try world.rawTree([("100644", "\(id).json", blob), ("40000", "\(id).json", empty)])
    },
    place("unsorted entries", hour) { world in
      let blob = try world.blob("x\n")
      return try world.rawTree([("100644", "b", blob), ("100644", "a", blob)])
    },
    place("mode with a leading zero", hour) { world in
      try world.rawTree([("0100644", "\(id).json", try world.blob("x\n"))])
    },
    stray("name ..", ".."), stray("name with a slash", "../\(id).json"),
    stray("name with a backslash", "..\\\(id).json"),
    stray("name with a control character", "\u{1b}[31m\(id).json"),
    stray("name with a line feed", "\(id)\n.json"),
    stray("name with bidi characters", "\u{202e}\(id).json"),
    stray("name that is no UTF-8", [0xff, 0xfe] + Array("\(id).json".utf8)),
    stray("name in NFC", "\u{e9}\(id).json"), stray("name in NFD", "e\u{301}\(id).json"),
    stray("case twin", id.uppercased() + ".json"), stray(".git lookalike", ".GIT"),
    stray(".git lookalike by NTFS", "git~1"), stray(".git lookalike by HFS", ".g\u{200c}it"),
    stray("empty name", ""),
    place("case twin of grants' states", "grants/Active") { world in
      try world.rawTree([("100644", "x", try world.blob("x\n"))])
    },
    place("name with a NUL", hour) { world in
      // The name ends there, and the rest is read as the id.
      try world.rawTree([("100644", Array("\(id)\0.json".utf8), try world.blob("x\n"))])
    },
    Attack("the same id in two states") {
      let world = try World()
      let (grant, head) = try world.activated()
      let path = GrantPath(state: .pending, id: grant.id).description
      let forged = try world.commit(
        on: head, edits: [path: World.File(grant.request.canonicalBytes)], by: World.erin,
        at: t + .minutes(2))
      return Scene(
        world, forged, at: soon, accepted: head,
        .only(active: [grant], refused: .readableFile))
    },
    Attack("two files for one id") {
      let world = try World()
      let (grant, head) = try world.activated()
      var longer = grant
      longer.expiresAt = t + .days(300)
      let forged = try world.commit(
        on: head,
        edits: ["grants/active/2020/01/01/00/\(grant.id).json": World.File(longer.canonicalBytes)],
        by: World.bob, at: t + .minutes(2))
      return Scene(
        world, forged, at: soon, accepted: head, .only(active: [grant], refused: .strayPath))
    },
  ]

  private static let onSizes: [Attack] = [
    place("deep tree", "grants/deep") { world in
      var below = try world.rawTree([("100644", "x", try world.blob("x\n"))])
      for _ in 0..<2_000 { below = try world.rawTree([("40000", "d", below)]) }
      return below
    },
    place("a tree of 200,000 entries", hour, refused: .unitLimit) { world in
      let blob = try world.blob("x\n")
      return try world.rawTree(
        (0..<200_000).map { ("100644", "n\(String($0 + 1_000_000).suffix(6))", blob) })
    },
    largeBlob("100 MiB blob"),
    largeBlob("100 MiB blob, packed") { try await $0.git("repack", "-a", "-d", "-q") },
    largeMessage("50 MiB message", 50),
    largeMessage("130 MiB message", 130),
    largeMessage("130 MiB message, packed", 130) {
      try await $0.git("repack", "-a", "-d", "-q")
    },
    Attack("30,000 parents, an ending the last of them") {
      // Its header alone is too large to be read at once; what it brings is brought all the same.
      let world = try World()
      let (grant, head) = try world.activated()
      let end = try world.close(grant, .revoked, on: head, by: World.bob, at: t + .minutes(2))
      let merge = try world.rawCommit(
        try world.history.commit(head).tree,
        on: [ObjectID](repeating: head, count: 30_000) + [end], by: nil, at: t + .minutes(3))
      return Scene(
        world, merge, at: soon, accepted: head, .only(refused: .canonicalResult))
    },
    Attack("1,000 parents") {
      let world = try World()
      let (grant, head) = try world.asked()
      let tree = try world.history.commit(head).tree
      let parents = try (0..<999).map {
        try world.rawCommit(
          tree, on: [head], by: nil, at: t + .minutes(1), message: "side \($0)\n")
      }
      let forged = try world.rawCommit(
        tree, on: [head] + parents, by: nil, at: t + .minutes(2))
      return Scene(
        world, forged, at: soon, accepted: head, .only(pending: [grant], disputed: false))
    },
  ]
}
