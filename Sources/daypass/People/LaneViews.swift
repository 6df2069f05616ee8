import Grants
import History
import Ledger
import Submission

/// What waits on branches of its own, as far as this clone has them: `daypass sync` brings them.
enum LaneViews {
  static func read(_ session: Session, _ replay: Replay) async throws -> [GrantView] {
    var views: [GrantView] = []
    for (branch, tip) in try await tips(session).sorted(by: { $0.key < $1.key }) {
      guard let id = Lane.id(of: branch) else { continue }
      // A branch that cannot be judged is nobody's request; landing it will say why.
      guard
        let outlook = try? session.ledger.outlook(landing: tip, on: replay, now: session.now),
        outlook.transitions.contains(where: { $0.grant.id == id }),
        let live = outlook.after.belief.live[id]
      else { continue }
      var view = GrantView(live.grant, in: live.state, of: replay.belief, at: session.now)
      view.lane = branch
      views.append(view)
    }
    return views
  }

  private static func tips(_ session: Session) async throws -> [String: ObjectID] {
    let here = try await session.repository.tips(below: "refs/heads/", startingWith: Lane.prefix)
    guard let remote = session.remoteName else { return here }
    let there = try await session.repository.tips(
      below: "refs/remotes/\(remote)/", startingWith: Lane.prefix)
    return here.merging(there) { $1 }
  }
}
