import Grants
import TestSupport

/// Many grants at one place.
extension Simulation {
  /// Closed grants of the time before the root, as many a day as there will be after it. Chance is not
  /// asked, so that a rehearsal without them is as long.
  mutating func fillRoot() {
    var random = SeededRandom(seed: plan.seed &+ 1)
    let pause = Self.meanLife / plan.crowd
    for number in 0..<plan.closed {
      let back = 86_400 * 4 + Double(plan.closed - number) * pause
      let moment = start - TimeSpan(seconds: Int64(back))
      let person = company.people[number % company.engineers.count].principal
      let role = company.roles[number % company.roles.count]
      let begun = moment + .minutes(10)
      let grant = Grant(
        repository: "bench", id: GrantID(requestedAt: moment, random: random.next()),
        requester: person, subject: person, role: role.name,
        scope: ["system": Company.systems[number % Company.systems.count]],
        justification: "what was done before the history began (\(number))",
        duration: .hours(4),
        approvals: [Approval(by: company.people[company.leads.lowerBound].principal, at: begun)],
        activatedAt: begun, expiresAt: begun + .hours(4),
        closed: Closure(
          outcome: .expired, by: company.people[company.reconciler].principal,
          at: begun + .hours(4), reason: "ran out at \(begun + .hours(4))"))
      tree.move(grant.id, from: nil, to: .closed, catalogue.blob(grant.canonicalBytes).id)
    }
  }

  /// Active grants in the root's tree: the history begins with a company that is at work.
  mutating func fillWithLive() {
    for _ in 0..<Int(plan.crowd) {
      // Of those that are live at a moment, long ones are more.
      var roll =
        Double.random(in: 0..<1, using: &random)
        * Self.spans.reduce(0) { $0 + $1.share * Double($1.minutes) }
      var minutes = Self.spans[0].minutes
      for span in Self.spans where roll >= 0 {
        minutes = span.minutes
        roll -= span.share * Double(span.minutes)
      }
      let age = Int64(Double(minutes) * 60 * Double.random(in: 0..<0.98, using: &random))
      let begun = start - TimeSpan(seconds: age)
      guard let (asked, role, _) = newGrant(at: begun - .minutes(10)) else { continue }
      var grant = asked
      grant.duration = .minutes(minutes)
      for group in company.roles[role].approvers {
        let free = group.filter {
          ![grant.requester, grant.subject].contains(company.people[$0].principal)
        }
        grant.approvals.append(Approval(by: company.people[pick(free)].principal, at: begun))
      }
      grant.activatedAt = begun
      grant.expiresAt = begun + grant.duration
      let file = catalogue.blob(grant.canonicalBytes)
      tree.move(grant.id, from: nil, to: .active, file.id)
      live[grant.id] = Live(state: .active, grant: grant, file: file, role: role)
      counts.grants += 1
      decided(grant.id)
    }
  }

  /// Everybody asks in the same second: all lie in one hour's directory.
  mutating func burst() {
    now = now + TimeSpan(seconds: 1)
    let wanted = live.count + plan.burst
    var tries = 0
    while live.count < wanted, tries < 4 * plan.burst {
      tries += 1
      requestAtOnce()
    }
    now = now + TimeSpan(seconds: 1)
    sweep()
  }
}
