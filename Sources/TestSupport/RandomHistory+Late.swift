import Grants
import History
import Ledger

/// Scenes about when something is signed and when it lands.
extension RandomHistory {
  /// Something signed about when a key's term begins or ends, and landed about then or later.
  mutating func keyEnding() throws -> ObjectID? {
    let belief = try believed().belief
    var terms: [(holder: Principal, key: String, at: Timestamp)] = []
    for (holder, key) in world.keys.sorted(by: { $0.key < $1.key }) {
      let person = try person(behind: holder)
      for entry in belief.policy.signers.entries(of: person.name)
      where entry.key.blob == key.publicBlob {
        let ends = [entry.validAfter, entry.validBefore].compactMap { $0.map(Timestamp.init) }
        terms += ends.filter { $0 > now - .days(1) && $0 < now + .days(1) }
          .map { (person, holder, $0) }
      }
    }
    guard let (person, key, edge) = pick(terms) else { return nil }
    let at = edge.moved(by: Int64.random(in: -2...1, using: &random))
    let live = belief.live.values.sorted { $0.grant.id < $1.grant.id }
    let target = pick(live.filter { $0.grant.requestedAt <= at }) ?? pick(live)
    let edits: Edits
    switch (Int.random(in: 0..<4, using: &random), target) {
    case (0, let target?) where target.state == .pending:
      let after = try world.approved(
        target.grant, by: "\(person)", at: at, activates: chance(2))
      edits = World.place(after, after.activatedAt == nil ? .pending : .active)
    case (1...2, let target?):
      let outcome: Closure.Outcome =
        target.state == .active
        ? .revoked : person == target.grant.requester ? .withdrawn : .rejected
      let after = try world.closed(target.grant, outcome, by: "\(person)", at: at)
      edits = World.place(after, .closed)
    case (3, _) where belief.policy.policy.isAdmin(person):
      guard let next = try nextPolicy() else { return nil }
      let side = try world.changePolicy(
        on: head, edits: next.files(world.keys), by: key, at: at, from: belief.policy.tree)
      return try landing(side, after: edge)
    default:
      edits = World.place(
        try world.grant(by: "\(person)", at: at, duration: .minutes(10)), .pending)
    }
    return try landing(try world.commit(on: head, edits: edits, by: key, at: at), after: edge)
  }

  /// A merge of the side at that time or later, or the side itself.
  mutating func landing(_ side: ObjectID, after edge: Timestamp) throws -> ObjectID {
    if chance(4) { return side }
    now = max(now, edge.moved(by: pick([-1, 0, 1, 60]) ?? 0))
    return try world.merge(head, side, at: now)
  }

  /// A pending grant, and somebody who may approve it.
  private mutating func waiting() throws -> (live: LiveGrant, approver: Principal)? {
    let belief = try believed().belief
    let live = belief.live.values.filter { $0.state == .pending }
    guard let target = pick(live.sorted { $0.grant.id < $1.grant.id }),
      let approver = pick(belief.policy.policy.approvers(of: target.grant).sorted())
    else { return nil }
    return (target, approver)
  }

  /// A request amended, or nearly so, and perhaps an approval of what it was or became.
  mutating func amending() throws -> ObjectID? {
    guard let (target, approver) = try waiting() else { return nil }
    let skew = try believed().belief.policy.policy.settings.skew
    let asked = target.requestSignedAt
    let at = pick([now, now, asked.moved(by: pick([-1, 0, 1]) ?? 0)]) ?? now
    let (edits, _) = try amendment(target.grant, .pending, at)
    let amended = try world.commit(
      on: head, edits: edits, by: usableKey(of: target.grant.requester), at: at)
    guard chance(2) else { return amended }
    let path = GrantPath(state: .pending, id: target.grant.id).description
    guard let file = world.files(of: amended)[path], var grant = try? Grant(canonical: file.bytes)
    else { return amended }
    let late = at - skew
    let approved = pick([now, late.moved(by: -1), late, asked, asked - skew]) ?? now
    grant = try world.approved(grant, by: "\(approver)", at: approved, activates: chance(2))
    return try world.commit(
      on: amended, edits: World.place(grant, grant.activatedAt == nil ? .pending : .active),
      by: usableKey(of: approver), at: approved)
  }

  /// An approval that lands when its window, or that of the request, ends.
  mutating func approvedLate() throws -> ObjectID? {
    guard let (target, approver) = try waiting() else { return nil }
    let policy = try believed().belief.policy.policy
    let (window, asking) = (
      policy.settings.landingWindow, policy.approvalWindow(of: target.grant.role)
    )
    let beside = Int64.random(in: -1...1, using: &random)
    let at = max(target.requestSignedAt, now)
    let ends = window < asking && !chance(4) ? at + window : target.grant.requestedAt + asking
    let lands = ends.moved(by: beside)
    guard lands < now + .days(2) else { return nil }
    let grant = try world.approved(
      target.grant, by: "\(approver)", at: at, activates: chance(2))
    let side = try world.commit(
      on: head, edits: World.place(grant, grant.activatedAt == nil ? .pending : .active),
      by: usableKey(of: approver), at: at)
    now = max(now, lands)
    return try world.merge(head, side, at: now)
  }
}
