import Grants
import History
import Ledger

/// Pins, changes of the policy and merges that a clone could push.
extension RandomHistory {
  mutating func wildPin(on parent: ObjectID) throws -> ObjectID {
    let named = chance(12) ? pick(heads.map(\.commit)) ?? parent : parent
    let at = chance(6) ? moment() : max(now, lastPin)
    if at == now { lastPin = at }
    let who =
      chance(6)
      ? signer() : pick([World.ci, World.ci, World.ci, "ci@example.com#2", "ci2@example.com"])
    var edits: Edits = [:]
    if chance(4), let (more, _) = try change(parent, at: at) { edits = more }
    let state = chance(4) ? "Daypass-State: \(String(repeating: "0", count: 64))\n" : ""
    return try world.commit(
      on: parent, edits: edits, by: who, at: at,
      message: "Pin\n\nDaypass-Mainline: \(named)\n\(state)", base: chance(12) ? world.root : nil)
  }

  mutating func wildPolicy(on parent: ObjectID) throws -> ObjectID? {
    guard let next = try nextPolicy() else { return nil }
    let at = moment()
    let who = chance(8) ? signer() : admin()
    let alongside: Edits = chance(12) ? try change(parent, at: at)?.0 ?? [:] : [:]
    return try world.changePolicy(
      on: parent, edits: next.files(world.keys), by: who, at: at,
      from: chance(12) ? try world.policyTree(of: world.root) : believed().belief.policy.tree,
      to: chance(10) ? pick(proposed.keys.sorted()) : nil, trailer: !chance(10),
      alongside: alongside)
  }

  /// One that may follow the believed one, mostly; nil in a history that is not wild.
  mutating func nextPolicy() throws -> WildPolicy? {
    guard var base = policy else { return nil }
    let believed = try believed().belief.policy
    if let known = proposed[believed.tree], !chance(8) { base = known }
    base.follow(believed.policy.serial)
    let next = base.next(varyingLanding: chance(2), at: now, using: &random)
    if chance(2) { policy = next }
    let below = next.files(world.keys).compactMapValues { $0.map { World.File($0) } }
    proposed[try World.writeTree(below, world.history)] = next
    return next
  }

  /// The name behind one of an admin's keys.
  mutating func admin() -> String? {
    let admins = (try? believed())?.belief.policy.policy.admins ?? []
    return pick(admins).map { key(of: $0) }
  }

  /// A consent without a change, or a taking back.
  mutating func wildConsent(on parent: ObjectID) throws -> ObjectID? {
    let believed = try believed().belief.policy.tree
    let proposed = try pick(heads.suffix(8).map(\.commit)).map { try world.policyTree(of: $0) }
    let here = try world.policyTree(of: parent)
    guard let proposed = chance(2) ? here : proposed else { return nil }
    let who = chance(8) ? signer() : admin()
    if chance(3) {
      let good =
        heads.map(\.commit).last {
          (try? world.policyTree(of: $0)) == believed
        } ?? world.root
      var edits: Edits = [:]
      for path in world.files(of: parent).keys where path.hasPrefix("policies/") {
        edits.updateValue(nil, forKey: path)
      }
      for (path, file) in world.files(of: good) where path.hasPrefix("policies/") {
        edits[path] = file
      }
      return try wildCommit(on: parent, edits, by: who, at: moment())
    }
    return try world.commit(
      on: parent, by: who, at: moment(),
      message: "Consent\n\nDaypass-Policy: \(believed)..\(proposed)\n")
  }

  mutating func side(from fork: ObjectID) throws -> ObjectID? {
    var tip = fork
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let next: ObjectID? =
        switch Int.random(in: 0..<10, using: &random) {
        case 0: chance(3) ? try wildPin(on: tip) : nil
        case 1: try wildPolicy(on: tip)
        case 2: try wildConsent(on: tip)
        case 3: try pick(heads.map(\.commit)).map { try world.merge(tip, $0, at: moment()) }
        default: try wildCommit(on: tip)
        }
      tip = next ?? tip
    }
    return tip == fork ? nil : tip
  }

  mutating func wildMerge() throws -> ObjectID? {
    let forks = Array(forks.suffix(chance(5) ? 40 : 6)) + [world.root, head]
    guard let fork = pick(forks), let one = try side(from: fork) else { return nil }
    let who = chance(3) ? signer() : nil
    switch Int.random(in: 0..<12, using: &random) {
    case 0...4: return try world.merge(head, one, by: who, at: moment())
    case 5: return try world.merge(head, one, tree: head, by: who, at: moment())
    case 6: return try world.merge(head, one, tree: one, by: who, at: moment())
    case 7:
      guard let two = try side(from: pick(forks) ?? fork) else { return nil }
      return try world.merge(head, one, two, by: who, at: moment())
    case 8: return try world.merge(one, head, by: who, at: moment())
    case 9:
      // Parents flipped, as a pull makes it, with the pin's trailer lost or not.
      guard let pinned = try? wildPin(on: head) else { return nil }
      return try world.merge(one, pinned, by: who, at: moment())
    case 10: return one
    default:
      let edits: Edits = try change(head, at: now)?.0 ?? [:]
      return try world.merge(head, one, by: who, at: moment(), edits: edits)
    }
  }
}
