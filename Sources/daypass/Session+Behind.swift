import GitStore
import History
import Ledger
import Submission

/// The local branch, which is all that `show` and `list` read, may be behind what was fetched.
extension Session {
  /// Where the remote had the governed branch when it was last asked; nil if it never was.
  var trackedTip: ObjectID? {
    guard let remoteName else { return nil }
    return (try? repository.tip(of: "refs/remotes/\(remoteName)/\(branch)")) ?? nil
  }

  /// Whether the remote, as last fetched, has commits that the local branch lacks. Where that cannot
  /// be told it is not said.
  var isBehind: Bool {
    guard let trackedTip, let local = (try? repository.tip(of: reference)) ?? nil,
      trackedTip != local
    else { return false }
    return (try? ledger.contains(trackedTip, in: local)) == false
  }

  /// The command that leaves local commits which the remote lacks and which are disputed, or refused,
  /// and confer nothing: pushed, they would bring nothing but disputes. Nil where anything in them
  /// counts, or nothing in them is daypass's to judge.
  func retreat(from replay: Replay, to remoteTip: ObjectID) -> String? {
    guard let remoteName,
      let before = try? ledger.replay(head: remoteTip, now: now, from: storedCheckpoint),
      let outlook = try? ledger.outlook(from: before, to: replay.head, now: now)
    else { return nil }
    let counts = outlook.events.contains { event in
      switch event {
      case .transition, .consent, .policy, .pin: true
      case .incident, .settled: false
      }
    }
    let isFlipped = replay.flippedUpon != nil && before.flippedUpon == nil
    guard !counts, isFlipped || !outlook.refusals.isEmpty || !outlook.disputes.isEmpty else {
      return nil
    }
    let target = trackedTip == remoteTip ? "\(remoteName)/\(branch)" : remoteTip.short
    return (repository.abortCommand.map { "\($0) && " } ?? "") + "git reset --keep \(target)"
  }

  /// The same failure, where what it says to look at would be read from a branch that is behind:
  /// `daypass show k3f9` would contradict it.
  func freshened(_ failure: Failure) -> Failure {
    let stale = ["daypass show ", "daypass list"]
    guard stale.contains(where: failure.hint.contains), isBehind else { return failure }
    let lines = failure.hint.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      stale.reduce(String(line)) { $0.replacing($1, with: "daypass sync && \($1)") }
    }
    return Failure(failure.status, failure.sentence, hint: lines.joined(separator: "\n"))
  }
}

extension Acting {
  /// Does what a command is about; what it refuses was judged on the newest head, and so is where
  /// it sends people to read more.
  func freshly<Result>(_ body: (Acting) async throws -> Result) async throws -> Result {
    do {
      return try await body(self)
    } catch let failure as Failure {
      throw session.freshened(failure)
    } catch let error as SubmissionError {
      throw session.freshened(Failure(error))
    }
  }
}
