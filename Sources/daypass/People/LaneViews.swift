import Grants
import History
import Ledger
import Submission

/// What waits on branches of its own, as far as this clone has them: `daypass sync` brings them.
enum LaneViews {
  /// Each costs a replay since the newest pin, and anybody may push them.
  private static let most = 100

  static func read(_ session: Session, _ replay: Replay) async throws -> [GrantView] {
    var views: [GrantView] = []
    // The newest first: what landed long ago keeps its branch until somebody deletes it.
    let tips = try await tips(session).sorted { $0.key > $1.key }
    if tips.count > most {
      Notice.warn(
        "\(tips.count) branches of grants are here; the newest \(most) are looked at. "
          + "Those nobody needs: git push origin --delete BRANCH")
    }
    var left: [(branch: String, reason: String)] = []
    for (branch, tip) in tips.prefix(most) {
      guard let id = Lane.id(of: branch) else { continue }
      let prospect = try prospect(of: Offer(branch: branch, tip: tip), on: replay, session)
      if let reason = prospect.obstacle { left.append((branch, reason)) }
      guard let live = prospect.outlook?.after.belief.live[id] else { continue }
      var view = GrantView(live.grant, in: live.state, of: replay.belief, at: session.now)
      view.lane = branch
      views.append(view)
    }
    tell(left)
    return views
  }

  /// What would be left if it were landed would else be neither in the list nor missed.
  private static func tell(_ left: [(branch: String, reason: String)]) {
    let most = 5
    for (branch, reason) in left.prefix(most) {
      let id = Lane.id(of: branch)?.short ?? branch
      Notice.warn("\(branch) would be left now: \(reason); daypass check --land \(id)")
    }
    if left.count > most {
      Notice.warn("and \(left.count - most) more branches: daypass land --all --dry-run")
    }
  }

  /// What landing a grant's own branch would bring; nil where that is nothing of the grant. And why
  /// it would be left if it were landed now; nil where it would land, or has.
  typealias Prospect = (outlook: Outlook?, obstacle: String?)

  static func prospect(
    of offer: Offer, on replay: Replay, _ session: Session
  ) throws -> Prospect {
    if try session.ledger.contains(offer.tip, in: replay.head) { return (nil, nil) }
    do throws(LedgerError) {
      let outlook = try session.ledger.outlook(
        landing: offer.tip, on: replay, now: session.now)
      let isOfGrant = outlook.transitions.contains {
        Lane.branch(of: $0.grant.id) == offer.branch
      }
      return (isOfGrant ? outlook : nil, obstacle(in: outlook))
    } catch {
      // A branch that cannot be judged is nobody's request.
      return (nil, Words.clause(error.sentence))
    }
  }

  /// Those that would land now. What is beyond ``most`` is not judged, and counts as landable.
  static func landable(
    _ offers: [Offer], on replay: Replay, _ session: Session
  ) throws -> [Offer] {
    try offers.prefix(most).filter { try prospect(of: $0, on: replay, session).obstacle == nil }
      + offers.dropFirst(most)
  }

  private static func obstacle(in outlook: Outlook) -> String? {
    if let refusal = outlook.refusals.first {
      return "\(Words.clause(refusal.sentence)) (rule \(refusal.rule.rawValue))"
    }
    return outlook.events.isEmpty ? "it brings nothing that is not here already" : nil
  }

  /// A named grant of which nothing is here and of whose branch nothing would count.
  static func stuck(_ branch: String, because reason: String, _ session: Session) -> Failure {
    let id = Lane.id(of: branch)?.short ?? branch
    let remove = session.remoteName.map { "git push \($0) --delete \(branch)" }
    return Failure(
      .failed, "\(id) lies on the branch \(branch), which could not land now: \(reason)",
      hint: "All of it: \(session.remoteName == nil ? "" : "daypass sync && ")"
        + "daypass check --land \(id)\n"
        + "To get rid of it: \(remove ?? "git branch -D \(branch)")")
  }

  /// The branches there are for one grant each.
  static func offers(_ session: Session) async throws -> [Offer] {
    try await tips(session).map { Offer(branch: $0.key, tip: $0.value) }
      .filter { Lane.id(of: $0.branch) != nil }
  }

  private static func tips(_ session: Session) async throws -> [String: ObjectID] {
    let here = try await session.repository.tips(below: "refs/heads/", startingWith: Lane.prefix)
    guard let remote = session.remoteName else { return here }
    let there = try await session.repository.tips(
      below: "refs/remotes/\(remote)/", startingWith: Lane.prefix)
    return here.merging(there) { $1 }
  }
}

extension GrantView {
  /// The grant as it is on its own branch; nil where that has nothing of it.
  static func waiting(in outlook: Outlook, _ id: GrantID, on branch: String) -> GrantView? {
    let (belief, now) = (outlook.before.belief, outlook.before.now)
    var view: GrantView?
    if let live = outlook.after.belief.live[id] {
      view = GrantView(live.grant, in: live.state, of: belief, at: now)
    } else if let last = outlook.transitions.last(where: { $0.grant.id == id }) {
      view = GrantView(last.grant, in: last.after, of: belief, at: now)
    }
    view?.lane = branch
    return view
  }
}
