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
    let tips = try await tips(session).sorted { $0.key < $1.key }
    if tips.count > most {
      Notice.warn(
        "\(tips.count) branches of grants are here; the first \(most) are looked at. "
          + "Those nobody needs: git push origin --delete BRANCH")
    }
    for (branch, tip) in tips.prefix(most) {
      guard let id = Lane.id(of: branch) else { continue }
      guard
        let outlook = try outlook(of: Offer(branch: branch, tip: tip), on: replay, session),
        let live = outlook.after.belief.live[id]
      else { continue }
      var view = GrantView(live.grant, in: live.state, of: replay.belief, at: session.now)
      view.lane = branch
      views.append(view)
    }
    return views
  }

  /// What landing a grant's own branch would bring; nil where that is nothing of the grant.
  static func outlook(
    of offer: Offer, on replay: Replay, _ session: Session
  ) throws -> Outlook? {
    if try session.ledger.contains(offer.tip, in: replay.head) { return nil }
    // A branch that cannot be judged is nobody's request; landing it will say why.
    guard
      let outlook = try? session.ledger.outlook(landing: offer.tip, on: replay, now: session.now),
      outlook.transitions.contains(where: { Lane.branch(of: $0.grant.id) == offer.branch })
    else { return nil }
    return outlook
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
