import Grants
import History
import Ledger

/// What takes several steps that belong together, and would hardly come about by chance.
extension RandomHistory {
  mutating func scene() throws -> ObjectID? {
    switch Int.random(in: 0..<18, using: &random) {
    case 0: try takingBack()
    case 12, 13: try keyEnding()
    case 14, 15: try amending()
    case 16, 17: try approvedLate()
    case 1: try agreedPolicy()
    case 2, 3: try endingAcross()
    case 4: try grantedForAnother()
    case 5, 6: try signedEarlier()
    default: try life()
    }
  }

  /// A grant's life as it should be, as far as it goes; whatever comes then finds it there.
  private mutating func life() throws -> ObjectID? {
    let policy = try believed().belief.policy.policy
    guard let role = pick(policy.roles.keys.sorted()) else { return nil }
    var grant = try world.grant(
      by: person(), for: chance(3) ? person() : nil, role: "\(role)", at: now,
      duration: .minutes(Int64.random(in: 5...30, using: &random)))
    if role.name == "scoped" { grant.scope = ["cluster": "prod", "zone": "a"] }
    if role.name == "ticketed" { grant.ticket = "OPS-1" }
    var tip = try world.commit(
      on: head, edits: World.place(grant, .pending), by: usableKey(of: grant.requester), at: now)
    for person in policy.approvers(of: grant).sorted().shuffled(using: &random) {
      if chance(8) || policy.decideActivation(of: grant).isAllowed { break }
      pass(600)
      grant = try world.approved(
        grant, by: "\(person)", at: now, activates: false,
        duration: chance(3) ? .minutes(4) : nil)
      let moves = policy.decideActivation(of: grant).isAllowed && !chance(3)
      if moves {
        grant.activatedAt = now
        grant.expiresAt = now + grant.approvedDuration
      }
      tip = try world.commit(
        on: tip, edits: World.place(grant, moves ? .active : .pending), by: usableKey(of: person),
        at: now)
    }
    let reconciler = pick(policy.reconcilers.sorted())
    if grant.activatedAt == nil, let reconciler, policy.decideActivation(of: grant).isAllowed {
      pass(60)
      grant.activatedAt = chance(3) ? now : grant.lastApprovedAt ?? now
      grant.expiresAt = (grant.lastApprovedAt ?? now) + grant.approvedDuration
      tip = try world.commit(
        on: tip, edits: World.place(grant, .active), by: usableKey(of: reconciler), at: now)
    }
    guard chance(2), let reconciler else { return tip }
    let (outcome, who): (Closure.Outcome, Principal)
    if let end = grant.expiresAt {
      (outcome, who) = chance(2) ? (.expired, reconciler) : (.revoked, grant.subject)
      if outcome == .expired { now = max(now, end) }
    } else {
      (outcome, who) = (.withdrawn, grant.requester)
    }
    pass(60)
    let closed = try world.closed(grant, outcome, by: "\(who)", at: now)
    return try world.commit(
      on: tip, edits: World.place(closed, .closed), by: usableKey(of: who), at: now)
  }

  private mutating func pass(_ most: Int64) {
    now = now.moved(by: Int64.random(in: 0...most, using: &random))
  }

  /// A key of the person that the believed policy lists and that is valid now; else any.
  mutating func usableKey(of person: Principal) -> String {
    let entries = (try? believed())?.belief.policy.signers.entries(of: person.name) ?? []
    let usable = entries.filter { $0.isValid(at: now.seconds) }.map(\.key)
    let holders = world.keys.filter { holder in
      usable.contains { $0.blob == holder.value.publicBlob }
    }
    return pick(holders.keys.sorted()) ?? key(of: person)
  }

  /// An admin consents, takes it back or seems to, and another consents to the same.
  private mutating func takingBack() throws -> ObjectID? {
    guard let next = try nextPolicy(), let one = admin(), let other = admin() else { return nil }
    let believed = try believed().belief.policy.tree
    let edits = next.files(world.keys)
    let consented = try world.changePolicy(
      on: head, edits: edits, by: one, at: now, from: believed)
    let who = chance(4) ? signer() : one
    let back = try restoring(on: consented, from: head, by: who, at: moment())
    return try world.changePolicy(
      on: back, edits: edits, by: other, at: now.moved(by: 1), from: believed)
  }

  /// The policy of another commit put back.
  private func restoring(
    on parent: ObjectID, from old: ObjectID, by who: String?, at moment: Timestamp
  ) throws -> ObjectID {
    var edits: Edits = [:]
    for path in world.files(of: parent).keys where path.hasPrefix("policies/") {
      edits.updateValue(nil, forKey: path)
    }
    for (path, file) in world.files(of: old) where path.hasPrefix("policies/") {
      edits[path] = file
    }
    return try world.commit(on: parent, edits: edits, by: who, at: moment)
  }

  /// A change with the consent of every admin.
  private mutating func agreedPolicy() throws -> ObjectID? {
    guard let next = try nextPolicy() else { return nil }
    let before = try believed().belief.policy
    let admins = before.policy.admins.sorted()
    guard let first = admins.first else { return nil }
    var tip = try world.changePolicy(
      on: head, edits: next.files(world.keys), by: usableKey(of: first), at: now,
      from: before.tree)
    let new = try world.policyTree(of: tip)
    let window = before.policy.settings.policyLandingWindow
    for admin in admins.dropFirst() {
      pass(1)
      // Sometimes as late as the first one stands, or later.
      if chance(3), window < .days(1) {
        now = now + window
        now = now.moved(by: pick([-1, 0, 1]) ?? 0)
      }
      tip = try world.commit(
        on: tip, by: usableKey(of: admin), at: now,
        message: "Consent\n\nDaypass-Policy: \(before.tree)..\(new)\n")
    }
    return tip
  }

  /// An ending dated at a border, brought by a merge that is dated before it.
  private mutating func endingAcross() throws -> ObjectID? {
    let belief = try believed().belief
    let live = belief.live.values.sorted { $0.grant.id < $1.grant.id }
    guard let target = pick(live) else { return nil }
    let window = belief.policy.policy.approvalWindow(of: target.grant.role)
    let end = target.grant.expiresAt ?? target.grant.requestedAt + window
    let at = end.moved(by: Int64.random(in: -1...1, using: &random))
    guard at > now - .days(1), at < now + .days(2) else { return nil }
    let outcome: Closure.Outcome = target.state == .active ? .expired : .lapsed
    let holder = pick(belief.policy.policy.reconcilers.sorted()).map { key(of: $0) } ?? World.ci
    let side: ObjectID
    if target.state == .pending, chance(2) {
      let (edits, who) = try wildApproval(target.grant, at)
      side = try world.commit(on: head, edits: edits, by: who, at: at)
    } else {
      let after = try world.closed(
        target.grant, outcome, by: "\(person(behind: holder))", at: at, reason: "it is over")
      side = try world.commit(on: head, edits: World.place(after, .closed), by: holder, at: at)
    }
    now = max(now, at.moved(by: pick([-1, 0, 1, 60, 7_200]) ?? 0))
    return try world.merge(
      head, side, at: pick([now, at, at - .minutes(1), at - .hours(2)]) ?? now)
  }

  /// A request for somebody who is asked to approve as well, and their approval.
  private mutating func grantedForAnother() throws -> ObjectID? {
    let (subject, requester) = (pick([World.bob, World.dave]) ?? World.bob, person())
    let role = pick(["db-read", "prod-admin", "scoped"]) ?? "db-read"
    var grant = try world.grant(by: requester, for: subject, role: role, at: now)
    if role == "scoped" { grant.scope = ["cluster": "prod", "zone": "a"] }
    var tip = try world.request(grant, on: head, by: key(of: grant.requester))
    for who in chance(2) ? [subject] : [subject, World.carol, World.dave, World.bob] {
      let moves = chance(2)
      grant = try world.approved(grant, by: who, at: now, activates: moves)
      tip = try world.commit(
        on: tip, edits: World.place(grant, moves ? .active : .pending),
        by: key(of: world.person(who)), at: now)
      if moves { break }
    }
    return tip
  }

  /// Something signed before a border and landed after it, on a branch that waited.
  private mutating func signedEarlier() throws -> ObjectID? {
    guard let edge = edge(), edge > now - .days(1), edge < now + .days(1) else { return nil }
    let at = edge - TimeSpan(seconds: Int64.random(in: 0...90, using: &random))
    let side: ObjectID
    switch Int.random(in: 0..<4, using: &random) {
    case 0:
      guard let next = try nextPolicy(), let who = admin() else { return nil }
      side = try world.changePolicy(
        on: head, edits: next.files(world.keys), by: who, at: at,
        from: believed().belief.policy.tree)
    default:
      guard let (edits, who) = try change(head, at: at) else { return nil }
      side = try world.commit(on: head, edits: edits, by: who, at: at)
    }
    return try landing(side, after: edge)
  }
}
