import Grants
import History
import Ledger
import TestSupport

/// Words that steer a terminal or end a line, wherever somebody else's words are shown.
///
/// Every run of the binary is asked whether it wrote anything of the kind; here there is something
/// to write.
extension Attack {
  private static let hostile = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m\u{202e}evil\r"

  static let surroundings = onWords.map(\.shown)

  private static let onWords: [Attack] = [
    Attack("terminal escapes in the author") {
      let world = try World()
      let (grant, head) = try world.activated()
      var longer = grant
      longer.expiresAt = t + .days(300)
      let path = GrantPath(state: .active, id: grant.id).description
      let tree = try world.tree(
        of: head, with: try world.history.write(.blob, longer.canonicalBytes),
        mode: TreeEntry.fileMode, at: path)
      let forged = try world.rawCommit(
        tree, on: [head], by: nil, at: t + .minutes(2), author: "\(hostile) <\(hostile)>")
      return Scene(
        world, forged, at: soon, accepted: head, .only(active: [grant], refused: .signature))
    },
    Attack("terminal escapes in a subject line") {
      let world = try World()
      let (grant, head) = try world.activated()
      let path = GrantPath(state: .active, id: grant.id).description
      let removed = try world.commit(
        on: head, edits: [path: nil], by: World.bob, at: t + .minutes(2),
        message: hostile + "\n")
      return Scene(
        world, removed, at: soon, accepted: head, .only(refused: .canonicalResult))
    },
    Attack("terminal escapes in a path") {
      let world = try World()
      let (grant, head) = try world.activated()
      let blob = try world.blob("x\n")
      let names = [hostile, "a\nb", "\u{2028}", "\u{85}", "\u{ad}x", "\u{e0041}x"]
      let folder = try world.history.write(
        .tree,
        TreeRecord(names.map { TreeEntry(mode: TreeEntry.fileMode, name: $0, id: blob) }).bytes)
      let tree = try world.tree(of: head, with: folder, at: "grants/\u{1b}[2J")
      let forged = try world.rawCommit(tree, on: [head], by: nil, at: t + .minutes(2))
      let flat = try world.tree(of: forged, with: folder, at: "grants/active/2026/11/23/18")
      let second = try world.rawCommit(flat, on: [forged], by: nil, at: t + .minutes(3))
      return Scene(
        world, second, at: soon, accepted: head, .only(active: [grant], refused: .strayPath))
    },
    policy(
      "terminal escapes in a policy's words", "roles/db-read.yaml",
      World.role(quorum: 1).replacing("A role", with: "\"\\e[2J\"")),
    policy(
      "terminal escapes in a role's file name", "roles/\u{1b}[2J\u{202e}.yaml",
      World.role(quorum: 1)),
    Attack("terminal escapes in a branch's name") {
      let world = try World()
      let (grant, head) = try world.activated()
      var scene = Scene(world, head, at: soon, .only(active: [grant], disputed: false))
      // Of what is hostile git lets these stand in a name.
      let branch = "main\u{9b}31m\u{202e}\u{200b}"
      scene.prepare = { repository in
        try await repository.git("update-ref", "refs/heads/\(branch)", head.hex)
        try await repository.git("update-ref", "-d", "refs/heads/main")
        try await repository.git("config", "daypass.branch", branch)
      }
      return scene
    },
    Attack("terminal escapes in a signature") {
      let world = try World()
      let (grant, head) = try world.asked()
      let (forged, _) = try world.approve(
        grant, on: head, by: World.bob, signer: .some(nil), at: t + .minutes(1))
      let signed = String(
        decoding: try world.history.read(forged, limit: 1 << 20).bytes, as: UTF8.self
      ).replacing("\n\n", with: "\ngpgsig \(hostile)\n\n")
      let id = try world.history.write(.commit, Array(signed.utf8))
      let tail = try world.rawCommit(
        try world.history.commit(forged).tree, on: [id], by: nil, at: t + .minutes(2))
      return Scene(
        world, tail, at: soon, accepted: head, .only(pending: [grant], refused: .signature))
    },
  ]
  /// The same, with everything that shows people what somebody wrote.
  private var shown: Attack {
    Attack(name) {
      var scene = try make()
      let outputs = [[], ["-o", "json"], ["-o", "yaml"]]
      for output in outputs {
        for command in [
          ["verify", "--all"], ["list", "--all"], ["log"], ["log", "--incidents"], ["roles"],
        ] {
          scene.shown.append(command + output)
        }
      }
      scene.shown += [["emit", "--format", "csv"], ["show", try scene.shownGrant()]]
      return scene
    }
  }
}

extension Scene {
  /// The id of some grant that was ever asked for, else one that is none.
  fileprivate func shownGrant() throws -> String {
    try world.replay(head, at: now).events.transitions.last?.grant.id.description
      ?? "20261123T181502Z-k3f9q2xw"
  }
}
