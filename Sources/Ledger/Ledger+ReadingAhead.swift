import Grants
import History
import Synchronization

/// How two things are done side by side, which is the caller's business: this room has no threads of
/// its own.
package struct SideBySide: Sendable {
  /// Does both, and returns when both are done.
  let run: @Sendable (_ first: @Sendable () -> Void, _ second: @Sendable () -> Void) -> Void
  /// A reader for the second that shares no lock with the first's; nil: they share one.
  let secondReader: @Sendable () -> (any HistoryReader)?

  package init(
    secondReader: @escaping @Sendable () -> (any HistoryReader)? = { nil },
    run:
      @escaping @Sendable (
        _ first: @Sendable () -> Void, _ second: @Sendable () -> Void
      ) -> Void
  ) {
    self.run = run
    self.secondReader = secondReader
  }
}

extension Ledger {
  /// Mainline commits authenticated at a time while those before are judged.
  private static let readAhead = 512

  /// Folds a line of mainline commits; what depends on nothing that came before is done for the next
  /// ones while the present ones are judged.
  func fold(
    _ steps: ArraySlice<Line.Step>, into start: inout SegmentFold
  ) throws(LedgerError) {
    defer { progress?(steps.count, steps.count) }
    guard let sideBySide, steps.count > Self.readAhead else {
      for step in steps { try start.take(step.id) }
      return
    }
    let second = sideBySide.secondReader().map { Authenticator(reader: TreeReader($0)) }
    // Unsafe in name only: of the two things done side by side one alone touches `fold` and
    // `failure`, and nothing else does until both are done.
    nonisolated(unsafe) var fold = start
    defer { start = fold }
    var rest = steps
    var present: ArraySlice<Line.Step> = []
    var ready: [AuthenticatedCommit?] = []
    while !rest.isEmpty || !present.isEmpty {
      progress?(steps.count - rest.count - present.count, steps.count)
      let next = rest.prefix(Self.readAhead)
      rest = rest.dropFirst(Self.readAhead)
      nonisolated(unsafe) var failure: LedgerError?
      let (judged, known) = (present, ready)
      let ahead = ReadingAhead(next)
      sideBySide.run(
        {
          do throws(LedgerError) {
            for (step, commit) in zip(judged, known) { try fold.take(step.id, ready: commit) }
          } catch { failure = error }
          // Judging is the lesser part: who has done it takes a share of the rest.
          ahead.work(by: authenticator)
        },
        { ahead.work(by: second ?? authenticator) })
      if let failure { throw failure }
      (present, ready) = (next, ahead.commits)
    }
  }
}

/// Commits that are authenticated by as many as find the time, a few at a time.
private final class ReadingAhead: Sendable {
  private struct State {
    var next = 0
    var done: [Int: [AuthenticatedCommit?]] = [:]
  }

  /// Many: the first of a share reads trees that another worker has read for the one before it.
  private static let share = 32

  private let shares: [ArraySlice<Line.Step>]
  private let state = Mutex(State())

  init(_ steps: ArraySlice<Line.Step>) {
    shares = stride(from: steps.startIndex, to: steps.endIndex, by: Self.share).map {
      steps[$0..<min($0 + Self.share, steps.endIndex)]
    }
  }

  /// Works until nothing is left to begin with.
  func work(by authenticator: Authenticator) {
    while true {
      let index = state.withLock { state in
        defer { state.next += 1 }
        return state.next
      }
      guard index < shares.count else { return }
      let commits = authenticator.authenticated(shares[index])
      state.withLock { $0.done[index] = commits }
    }
  }

  /// In order, once all workers have returned.
  var commits: [AuthenticatedCommit?] {
    state.withLock { state in shares.indices.flatMap { state.done[$0] ?? [] } }
  }
}

extension Authenticator {
  /// The commits as the first stage leaves them; nil for a merge, for what cannot be read, and for
  /// what would be too much at a time: the fold sees to those itself.
  fileprivate func authenticated(_ steps: ArraySlice<Line.Step>) -> [AuthenticatedCommit?] {
    var before: (commit: ObjectID, tree: ObjectID)?
    var changes = 0
    return steps.map { step in
      guard step.parents.count == 1, let parent = step.parents.first, changes < Self.mostAhead
      else { return nil }
      do {
        let record = try record(step.id)
        let tree =
          if let before, before.commit == parent { before.tree } else {
            try self.record(parent).tree
          }
        let commit = try authenticate(record, over: tree)
        before = (step.id, record.tree)
        changes += commit.changes?.grants.count ?? 0
        return commit
      } catch {
        return nil
      }
    }
  }

  /// Grants changed by commits that are read ahead, after which the rest of them waits: one commit
  /// may change 100,000.
  private static var mostAhead: Int { 512 }
}
