import Grants
import History

extension Simulation {
  /// What is asked for, in minutes, and how often of a hundred.
  static let spans: [(minutes: Int64, share: Double)] = [
    (30, 0.05), (60, 0.10), (240, 0.15), (480, 0.20), (1_440, 0.25), (2_880, 0.15), (4_320, 0.10),
  ]

  /// Seconds that a grant is live on average: less than what is asked for, since some are rejected,
  /// shortened or revoked.
  static var meanLife: Double {
    0.55 * 60 * spans.reduce(0) { $0 + Double($1.minutes) * $1.share }
  }

  private static let reasons = [
    "look into the slow checkout of this morning", "rotate the certificate before it runs out",
    "reproduce what a customer reported yesterday", "deploy the fix that was reviewed",
    "compare last month's figures with the ledger", "clean up what the migration left behind",
    "on call this week", "restore a mailbox for a colleague",
    "Prüfung der Rechnungen für das Quartal", "vérifier les sauvegardes de la semaine",
  ]

  // MARK: Asking

  /// Somebody asks for something that the holder has not got yet.
  private mutating func newRequest(at moment: Timestamp) -> (Live, requester: Int)? {
    guard let (grant, role, requester) = newGrant(at: moment) else { return nil }
    counts.grants += 1
    return (
      Live(state: .pending, grant: grant, file: catalogue.blob(grant.canonicalBytes), role: role),
      requester
    )
  }

  /// What somebody asks for; it is not stored.
  mutating func newGrant(at moment: Timestamp) -> (grant: Grant, role: Int, requester: Int)? {
    for _ in 0..<16 {
      let requester = Int.random(in: company.engineers, using: &random)
      let number = Int.random(in: 0..<company.roles.count, using: &random)
      let role = company.roles[number]
      let holder =
        role.isDelegable && chance(0.3)
        ? Int.random(in: company.engineers, using: &random) : requester
      let system = pick(Company.systems)
      let subject = company.people[holder].principal
      if held.insert(Holding(subject: subject, role: role.name, system: system)).inserted {
        let grant = asked(by: requester, for: subject, number, system, at: moment)
        return (grant, number, requester)
      }
    }
    return nil
  }

  private mutating func asked(
    by requester: Int, for subject: Principal, _ number: Int, _ system: String,
    at moment: Timestamp
  ) -> Grant {
    let role = company.roles[number]
    var minutes = Self.spans[0].minutes
    var roll = Double.random(in: 0..<1, using: &random)
    for span in Self.spans where roll >= 0 {
      minutes = span.minutes
      roll -= span.share
    }
    let ticket =
      role.wantsTicket || chance(0.2)
      ? "OPS-\(Int.random(in: 1_000..<100_000, using: &random))" : nil
    return Grant(
      repository: "bench", id: GrantID(requestedAt: moment, random: random.next()),
      requester: company.people[requester].principal, subject: subject, role: role.name,
      scope: ["system": system],
      justification: "\(pick(Self.reasons)) (\(Int.random(in: 1..<10_000, using: &random)))",
      ticket: ticket, duration: .minutes(minutes))
  }

  mutating func request() {
    guard let (asked, requester) = newRequest(at: now) else { return }
    if isOnBranch() { return branch(requesting: asked, by: requester) }
    tree.move(asked.grant.id, from: nil, to: .pending, asked.file.id)
    count(.request)
    advance(by: requester, Self.subject(ofRequest: asked.grant))
    begin(asked)
  }

  /// A request on the mainline of which nothing comes any more.
  mutating func requestAtOnce() {
    guard let (asked, requester) = newRequest(at: now) else { return }
    tree.move(asked.grant.id, from: nil, to: .pending, asked.file.id)
    count(.request)
    advance(by: requester, Self.subject(ofRequest: asked.grant))
    live[asked.grant.id] = asked
  }

  static func subject(ofRequest grant: Grant) -> String {
    let whose = grant.subject == grant.requester ? "" : " for \(grant.subject)"
    return "Request \(grant.role)\(whose) for \(grant.duration.words) (\(grant.id.short))"
  }

  /// The request is on the mainline: what becomes of it is decided here.
  mutating func begin(_ asked: Live) {
    let id = asked.grant.id
    live[id] = asked
    ends.insert(Ending(moment: id.requestedAt + .days(1), id: id))
    let roll = Double.random(in: 0..<1, using: &random)
    let kind: Event.Kind? =
      switch roll {
      case ..<0.06: .reject
      case ..<0.10: .withdraw
      case ..<0.12: nil
      case ..<0.14: .amend
      default: .approve
      }
    if let kind { plan(kind, in: 30 + exponential(1_200), of: id) }
  }

  /// The request is changed; approvals fall.
  mutating func amend(_ id: GrantID) {
    guard let asked = waiting(id), let requester = number(of: asked.grant.requester),
      now > id.requestedAt
    else { return }
    var wanted = asked.grant.request
    wanted.justification += "; asked for by the customer"
    place(taking(.amend(wanted), asked))
    count(.amend)
    advance(
      by: requester,
      "Amend request \(id.short): \(wanted.role) for \(wanted.duration.words)")
    plan(.approve, in: 30 + exponential(1_200), of: id)
  }

  // MARK: Deciding

  mutating func approve(_ id: GrantID) {
    guard let asked = waiting(id), let approver = approver(of: asked) else { return }
    // A branch needs time until it is merged.
    if now + .hours(14) < id.requestedAt + .days(1) {
      let isFirstOfTwo =
        asked.grant.approvals.isEmpty && company.roles[asked.role].approvers.count > 1
      if isFirstOfTwo, chance(2 * plan.merges) { return approveSideBySide(asked, approver) }
      if isOnBranch() { return branch(approving: asked, by: approver) }
    }
    let after = approved(asked, by: approver, at: now)
    place(after)
    count(.approve)
    advance(by: approver, Self.subject(ofApproval: after.grant))
    decided(after.grant.id)
  }

  static func subject(ofApproval grant: Grant) -> String {
    let end = grant.expiresAt.map { ", until \($0)" } ?? ", more approvals needed"
    return "Approve \(grant.role) for \(grant.subject)\(end) (\(grant.id.short))"
  }

  /// Whose turn it is: one of the next group that has not taken part.
  mutating func approver(of asked: Live) -> Int? {
    let groups = company.roles[asked.role].approvers
    guard asked.grant.approvals.count < groups.count else { return nil }
    let group = groups[asked.grant.approvals.count]
    for _ in 0..<32 {
      let person = Int.random(in: group, using: &random)
      let principal = company.people[person].principal
      if principal != asked.grant.requester, principal != asked.grant.subject,
        asked.grant.approval(by: principal) == nil
      {
        return person
      }
    }
    return nil
  }

  /// The grant with one more approval, active if that was the last one needed.
  mutating func approved(_ asked: Live, by approver: Int, at moment: Timestamp) -> Live {
    let half = TimeSpan(seconds: asked.grant.duration.seconds / 2)
    let approval = Approval(
      by: company.people[approver].principal, at: moment,
      comment: chance(0.2) ? "fine with me" : "",
      duration: chance(0.05) && half >= .minutes(15) ? half : nil)
    return taking(.approve(approval, moves: isLast(asked)), asked)
  }

  /// Whether one more approval suffices.
  private func isLast(_ asked: Live) -> Bool {
    asked.grant.approvals.count + 1 == company.roles[asked.role].approvers.count
  }

  /// The grant after the step, its file stored.
  mutating func taking(_ step: Transition, _ before: Live) -> Live {
    guard
      let (state, grant) = step.apply(
        to: before.grant, in: before.state, suffices: { _ in true })
    else { return before }
    var after = before
    after.state = state
    after.grant = grant
    after.file = catalogue.blob(grant.canonicalBytes, after: before.file)
    return after
  }

  /// An approval is on the mainline: what comes next.
  mutating func decided(_ id: GrantID) {
    guard let grant = live[id] else { return }
    guard grant.state == .active, let end = grant.grant.expiresAt else {
      return plan(.approve, in: 30 + exponential(1_200), of: id)
    }
    ends.insert(Ending(moment: end, id: id))
    let rest = Double((end - now).seconds)
    if rest > 120, chance(0.12) {
      plan(.revoke, in: rest * Double.random(in: 0.05..<0.9, using: &random), of: id)
    }
  }
}
