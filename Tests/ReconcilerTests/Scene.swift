import Emitters
import Grants
import History
import Ledger
import Reconciler
import TestSupport

/// When the stories of these tests begin.
let t = World.start + .hours(1)
let second = TimeSpan(seconds: 1)

extension World {
  /// alice asks at ``t`` and bob approves at once: an hour from then on.
  func active(
    role: String = "db-read", on parent: ObjectID? = nil, duration: TimeSpan = .hours(1),
    at moment: Timestamp = t
  ) throws -> (head: ObjectID, grant: Grant) {
    let grant = try grant(role: role, at: moment, duration: duration)
    let asked = try request(grant, on: parent ?? root)
    let (head, held) = try approve(grant, on: asked, by: World.bob, at: moment)
    return (head, held)

  }

  func sweep(_ head: ObjectID, at now: Timestamp) throws -> Sweep {
    Sweep(of: try replay(head, at: now).replay.belief, at: now, by: try person(World.ci))
  }

  func due(_ head: ObjectID, at now: Timestamp) throws -> [Due.Reason] {
    Due(for: try replay(head, at: now).replay, sweep: try sweep(head, at: now)).reasons
  }

  func effective(_ head: ObjectID, at now: Timestamp) throws -> EffectiveSet {
    EffectiveSet(of: try replay(head, at: now).replay)
  }
}

extension EffectiveSet {
  /// `role holder`, sorted.
  var held: [String] {
    roles.flatMap { role, holders in holders.keys.map { "\(role) \($0)" } }.sorted()
  }
}
