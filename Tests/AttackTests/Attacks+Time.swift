import Grants
import History
import Ledger
import Signatures
import TestSupport

/// Dates that nobody's clock ever showed, and memories that are not one's own.
extension Attack {
  /// An ending, merged with a tree that keeps the grant, at a wild date; an honest step upon it.
  private static func mergeDated(_ name: String, _ seconds: Int64) -> Attack {
    Attack("merge dated \(name)") {
      let world = try World()
      let (grant, head) = try world.activated()
      let end = try world.close(grant, .revoked, on: head, by: World.alice, at: t + .minutes(2))
      let side = try world.commit(
        on: head, edits: ["notes.txt": World.File("x")], by: nil, at: t + .minutes(2))
      let merge = try world.merge(side, end, tree: side, at: Timestamp(seconds: seconds))
      let own = try world.grant(by: World.erin, at: t + .minutes(3))
      let asked = try world.request(own, on: merge, by: World.erin)
      let (last, active) = try world.approve(own, on: asked, by: World.bob, at: t + .minutes(4))
      return Scene(
        world, last, at: soon, accepted: head,
        .only(active: [active], refused: .canonicalResult))
    }
  }

  static let onTime: [Attack] = [
    mergeDated("1970", 1), mergeDated("2035", 2_051_222_400), mergeDated("2099", 4_070_908_800),
    Attack("300 commits each just within the skew") {
      // Twenty-five hours of creeping: nothing honest becomes stale by it, and nothing ends early.
      let world = try World()
      let (grant, asked) = try world.asked()
      var head = asked
      for step in 1...300 {
        head = try world.commit(
          on: head, edits: ["notes.txt": World.File("\(step)")], by: nil,
          at: t + TimeSpan(seconds: 299 * Int64(step)))
      }
      let (last, active) = try world.approve(grant, on: head, by: World.bob, at: t + .minutes(4))
      return Scene(
        world, last, at: soon, accepted: asked, .only(active: [active], disputed: false))
    },
    Attack("reconciler commit by a stolen key dated 1970") {
      let world = try World()
      let (grant, head) = try world.activated()
      let ended = try world.closed(
        grant, .expired, by: World.ci, at: Timestamp(seconds: 1), reason: "expired")
      let pin = try world.pin(
        on: head, at: Timestamp(seconds: 1), edits: World.place(ended, .closed))
      return Scene(
        world, pin, at: soon, accepted: head, .only(active: [grant], refused: .dueTime))
    },
    Attack("reconciler commit by a stolen key dated 2099") {
      let world = try World()
      let (grant, head) = try world.activated()
      let late = Timestamp(seconds: 4_070_908_800)
      let ended = try world.closed(grant, .expired, by: World.ci, at: late, reason: "expired")
      let pin = try world.pin(on: head, at: late, edits: World.place(ended, .closed))
      return Scene(
        world, pin, at: soon, accepted: head, .only(active: [grant], refused: .dueTime))
    },
    clock("the verdict of two verifiers with clocks an hour apart, the earlier", .minutes(6)),
    clock("the verdict of two verifiers with clocks an hour apart, the later", .minutes(66)),
  ]

  /// A request dated between the two clocks: the pin between decides for both.
  private static func clock(_ name: String, _ wait: TimeSpan) -> Attack {
    Attack(name) {
      let world = try World()
      let (grant, head) = try world.activated(duration: .hours(2))
      let own = try world.grant(by: World.erin, at: t + .minutes(40))
      let ahead = try world.request(own, on: head, by: World.erin)
      let pin = try world.pin(on: ahead, at: t + .minutes(3))
      return Scene(
        world, pin, at: t + wait, accepted: head,
        .only(active: [grant], refused: .boundedDate))
    }
  }

  /// What lies where the checkpoint should be says nothing.
  private static func remembering(
    _ name: String, _ change: @escaping @Sendable ([UInt8]) throws -> [[UInt8]]
  ) -> Attack {
    Attack("checkpoint \(name)") {
      let world = try World()
      let (grant, head) = try world.activated()
      let end = try world.close(grant, .revoked, on: head, by: World.alice, at: t + .minutes(2))
      var scene = Scene(world, end, at: soon, .only(disputed: false))
      scene.memories = try change(try world.replay(head, at: soon).replay.checkpoint.bytes)
      return scene
    }
  }

  static let onMemory: [Attack] = [
    remembering("of another repository") { _ in
      let other = try World()
      let (_, head) = try other.activated()
      return [try other.replay(head, at: soon).replay.checkpoint.bytes]
    },
    remembering("truncated") { bytes in
      [0, 1, 20, bytes.count / 2, bytes.count - 1].map { Array(bytes[..<$0]) }
    },
    remembering("from a newer version") { bytes in
      let text = Array("daypass/checkpoint/v9\n".utf8)
      let newer = text + bytes.dropFirst(text.count).dropLast(32)
      return [newer + Digest.sha256(newer)]
    },
    remembering("edited") { bytes in
      [0, 9, bytes.count / 3, bytes.count / 2, bytes.count - 1].map {
        var edited = bytes
        edited[$0] ^= 1
        return edited
      } + [bytes + [0]]
    },
  ]
}
