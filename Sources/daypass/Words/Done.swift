import Grants
import History
import Submission

/// How every command that writes says that it has: `done`, what has come of it, and where it lies.
enum Done {
  static func line(_ outcome: String, _ style: Style = .forOutput) -> String {
    "\(style.good("done")) \(Words.safe(outcome))\n"
  }

  /// - Parameter branch: where it lies, where that is not the governed branch.
  static func lines(
    _ outcome: String, _ commit: ObjectID, on branch: String, _ whereabouts: String
  ) -> String {
    line(outcome) + more("commit \(commit.short) on \(branch), \(whereabouts)")
  }

  static func lines(_ outcome: String, _ done: Submitted, in session: Session) -> String {
    guard let lane = done.lane else {
      let text = lines(
        done.isWaiting ? "once a reconciler commits: \(outcome)" : outcome, done.commit,
        on: session.branch, session.whereabouts(of: done))
      guard done.isWaiting else { return text }
      return text + more("it counts with the next: daypass reconcile (landing: reconciler)")
    }
    let place = session.whereabouts(isOffline: !done.isPushed, branch: lane)
    return lines("once landed: \(outcome)", done.commit, on: lane, place)
      + more("it counts once that branch is landed, and not before")
      + (done.pullRequest.map { "open \(Words.safe($0))\n" } ?? "")
  }

  /// A further line below `done`.
  static func more(_ text: String) -> String { "     \(Words.safe(text))\n" }

  /// `next` and the command; `then`, where others type it.
  static func next(_ step: NextStep) -> String {
    let style = Style.forOutput
    let note = step.note.isEmpty ? "" : "   (\(Words.safe(step.note)))"
    let who = step.by.isEmpty ? "next" : "then \(Words.safe(Words.either(step.by))):"
    return "\(who) \(style.bold(Words.safe(step.command)))\(style.dim(note))\n"
  }
}

/// The next command, and a word on it.
struct NextStep {
  let command: String
  var note = ""
  /// Who types it, any of them; empty where that is whoever is told.
  var by: [Principal] = []
}

extension Session {
  /// How far a commit has come.
  func whereabouts(of done: Submitted) -> String {
    if let lag = done.lag {
      return done.isPushed
        ? "pushed, but this clone was not brought along (then: daypass sync): \(lag)"
        : "but its files were not brought along: \(lag)"
    }
    return done.isPushed ? whereabouts(isOffline: false) : whereabouts(isOffline: true)
  }

  /// - Parameter isOffline: whether it was not pushed although there may be a remote.
  func whereabouts(isOffline: Bool, branch: String? = nil) -> String {
    guard let remoteName else { return "which has no remote to push to" }
    return isOffline
      ? "not pushed (--no-push); to publish it: git push \(remoteName) \(branch ?? self.branch)"
      : "pushed to \(remoteName)"
  }
}
