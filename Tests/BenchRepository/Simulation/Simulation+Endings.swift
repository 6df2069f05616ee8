import Grants
import History

extension Simulation {
  mutating func reject(_ id: GrantID) {
    guard let asked = waiting(id), let approver = approver(of: asked) else { return }
    close(asked, .rejected, by: approver, "not without a plan to go back")
    count(.reject)
    advance(by: approver, "Reject \(id.short)")
  }

  mutating func withdraw(_ id: GrantID) {
    guard let asked = waiting(id), let requester = number(of: asked.grant.requester) else { return }
    close(asked, .withdrawn, by: requester, "")
    count(.withdraw)
    advance(by: requester, "Withdraw \(id.short)")
  }

  /// By the holder mostly, by an approver, or by an admin.
  mutating func revoke(_ id: GrantID) {
    guard let held = live[id], held.state == .active, !held.isAway,
      !held.grant.isExpired(at: now)
    else { return }
    let roll = Double.random(in: 0..<1, using: &random)
    let signer: Int?
    switch roll {
    case ..<0.6: signer = number(of: held.grant.subject)
    case ..<0.9: signer = held.grant.approvals.first.flatMap { number(of: $0.by) }
    default: signer = pick(company.admins)
    }
    guard let signer else { return }
    close(held, .revoked, by: signer, "done earlier than thought")
    count(.revoke)
    advance(by: signer, "Revoke \(id.short)")
  }

  /// The reconciler's turn: what has run out ends, what nobody could move moves, all that landed is
  /// pinned.
  mutating func sweep() {
    var steps: [Transition.Kind: Int] = [:]
    func took(_ kind: Transition.Kind) { steps[kind, default: 0] += 1 }
    var later: [Ending] = []
    while let next = ends.min, next.moment <= now, let end = ends.popMin() {
      guard let grant = live[end.id] else { continue }
      if grant.isAway {
        later.append(Ending(moment: now + TimeSpan(seconds: 1), id: end.id))
      } else if grant.state == .active, grant.grant.isExpired(at: now) {
        let moment = grant.grant.expiresAt ?? now
        close(grant, .expired, by: company.reconciler, "ran out at \(moment)")
        took(.expire)
      } else if grant.state == .pending, !unmoved.contains(end.id) {
        close(grant, .lapsed, by: company.reconciler, "not decided by \(end.moment)")
        took(.lapse)
      }
    }
    for end in later { ends.insert(end) }
    for id in unmoved {
      guard let grant = live[id], let start = grant.grant.lastApprovedAt else { continue }
      // One that ran out before anybody moved it lapses at its deadline.
      guard now < start + grant.grant.approvedDuration else {
        ends.insert(Ending(moment: max(now, id.requestedAt + .days(1)), id: id))
        continue
      }
      let after = taking(.activate(statedAt: start), grant)
      place(after)
      decided(id)
      took(.activate)
    }
    unmoved = []
    for (kind, number) in steps {
      counts.steps[kind, default: 0] += number
      counts.all += number
    }
    counts.pins += 1
    let parts = steps.sorted { $0.key.rawValue < $1.key.rawValue }.map {
      "\($0.key.rawValue) \($0.value)"
    }
    advance(
      by: company.reconciler, parts.isEmpty ? "Pin" : "Reconcile: " + parts.joined(separator: ", "),
      isPin: true)
  }

  // MARK: The believed grants

  /// The grant, if it is pending, in time, and on no branch.
  func waiting(_ id: GrantID) -> Live? {
    guard let asked = live[id], asked.state == .pending, !asked.isAway,
      now < id.requestedAt + .days(1)
    else { return nil }
    return asked
  }

  /// The grant's file goes where the grant lies from now on.
  mutating func place(_ grant: Live) {
    let id = grant.grant.id
    tree.move(id, from: live[id]?.state, to: grant.state, grant.file.id)
    live[id] = grant.state == .closed ? nil : grant
  }

  mutating func close(
    _ grant: Live, _ outcome: Closure.Outcome, by person: Int, _ reason: String
  ) {
    let closure = Closure(
      outcome: outcome, by: company.people[person].principal, at: now, reason: reason)
    // All endings do the same to a file.
    place(taking(.revoke(closure), grant))
    held.remove(
      Holding(
        subject: grant.grant.subject, role: grant.grant.role,
        system: grant.grant.scope["system"] ?? ""))
  }

  func number(of principal: Principal) -> Int? { numbers[principal] }
}
