import GitStore
import Grants
import History
import Ledger
import Submission

/// Root, history, branch, checkpoint and remote.
extension Doctor {
  /// - Returns: nil where the history cannot be trusted, or not be judged.
  mutating func examineHistory(_ session: Session) -> Replay? {
    let root = session.ledger.root
    do {
      guard try session.repository.contains(root) else {
        add(
          "root", .problem, "the trusted root \(root.short) is not in this repository",
          hint: "Fetch it: git fetch \(session.remoteName ?? "--all")\n"
            + "If it is another repository's: daypass trust COMMIT")
        return nil
      }
      let policy = try session.ledger.rootBelief().policy.policy
      add("root", .ok, "\(root.short) of \(policy.name) is trusted")
    } catch {
      add("root", .problem, Failure(error))
      return nil
    }
    do {
      let replay = try session.ledger.replay(
        head: try session.localHead(), now: session.now, from: session.storedCheckpoint)
      let disputes = replay.disputes.count
      if disputes > 0 {
        add(
          "history", .warning,
          "\(replay.head.short) verifies, but \(Words.count(disputes, "place")) "
            + "\(disputes == 1 ? "is" : "are") disputed",
          hint: "See which: daypass verify\nPut back what was signed for: daypass heal")
      } else if replay.pins.contains(where: \.contradicts) {
        add(
          "history", .problem, "a pin states another belief than this replay finds",
          hint: "daypass verify")
      } else {
        add("history", .ok, "\(session.branch) at \(replay.head.short) verifies from the root")
      }
      return replay
    } catch {
      add("history", .problem, Failure(error))
      return nil
    }
  }

  mutating func examineBranch(_ session: Session) async {
    let branch = session.branch
    guard let remote = session.remoteName, !session.repository.isBare else {
      return add("branch", .ok, session.remoteName == nil ? "\(branch), without a remote" : branch)
    }
    do {
      let upstream = try await session.repository.configuration("branch.\(branch).remote")
      let merge = try await session.repository.configuration("branch.\(branch).merge")
      if upstream == remote, merge == "refs/heads/\(branch)" {
        return add("branch", .ok, "\(branch) follows \(remote)/\(branch)")
      }
      let words = "set the upstream of \(branch) to \(remote)/\(branch)"
      let repository = session.repository
      // Somebody's own choice of another upstream is left alone.
      let remedy = Checkup.Remedy(words: words) {
        try await repository.setLocalConfiguration("branch.\(branch).remote", remote)
        try await repository.setLocalConfiguration("branch.\(branch).merge", "refs/heads/\(branch)")
      }
      add(
        "branch", .warning,
        upstream == nil
          ? "\(branch) has no upstream: git pull and git push do not know where to"
          : "the upstream of \(branch) is not \(remote)/\(branch)",
        hint: "git branch --set-upstream-to=\(remote)/\(branch) \(branch)",
        remedy: upstream == nil ? remedy : nil)
    } catch {
      add("branch", .problem, Failure(error))
    }
  }

  /// - Parameter replay: of now, to keep in place of a checkpoint that cannot be read.
  mutating func examineCheckpoint(_ session: Session, _ replay: Replay?) {
    guard session.checkpoints.load() != nil else {
      return add("checkpoint", .ok, "none yet; the next command makes one")
    }
    guard let stored = session.storedCheckpoint else {
      let remedy = Checkup.Remedy(words: "made the checkpoint anew, from the root") {
        session.checkpoints.forget()
        if let replay { session.remember(replay) }
      }
      return add(
        "checkpoint", .warning,
        "it cannot be read: the whole history is replayed, and which head was verified here last is "
          + "forgotten",
        hint: "daypass verify", remedy: replay == nil ? nil : remedy)
    }
    add("checkpoint", .ok, "readable, verified up to \(stored.verifiedHead.short)")
  }

  /// - Parameter replay: of the local branch; nil where it cannot be judged.
  mutating func examineRemote(_ session: Session, _ replay: Replay?) async {
    guard let remote = session.remoteName else {
      return add("remote", .ok, "none: this repository is on its own")
    }
    guard let patience else { return add("remote", .ok, "\(remote), not asked (--offline)") }
    do {
      let tip = try await GitRemote(
        repository: session.repository, name: remote, timeout: .seconds(patience.seconds)
      ).glance(branch: session.branch)
      guard let tip else {
        return add(
          "remote", .warning, "\(remote) answers, but has no branch \(session.branch)",
          hint: "git push -u \(remote) \(session.branch)")
      }
      let local = try session.repository.tip(of: session.reference)
      if tip == local { return add("remote", .ok, "\(remote) answers and is where you are") }
      let isKnown = try session.repository.contains(tip)
      let isAhead = try isKnown && local.map { try session.ledger.contains(tip, in: $0) } == true
      if !isAhead, let local, try Self.hasOwn(local, besides: isKnown ? tip : nil, session) {
        let parted = SubmissionError(
          parted: session.branch, from: tip, at: remote, isHere: isKnown,
          abort: session.repository.abortCommand)
        return add("remote", .warning, Failure(parted))
      }
      if isAhead, let replay, let retreat = session.retreat(from: replay, to: tip) {
        return add(
          "remote", .warning,
          "\(remote) answers and has not got all that is here, but nothing in that counts",
          hint: "To follow \(remote): \(retreat) (and ask again)")
      }
      if !isAhead { remoteHasMore = true }
      add(
        "remote", .warning,
        isAhead
          ? "\(remote) answers and has not got all that is here"
          : "\(remote) answers and has what is not here: \(tip.short)",
        hint: isAhead ? "git push \(remote) \(session.branch)" : "daypass sync")
    } catch {
      add("remote", .problem, Failure(error))
    }
  }

  /// Whether the local branch has commits that the remote lacks.
  ///
  /// - Parameter tip: where the remote has the branch; nil where that was not fetched: then what it
  ///   had when it was last asked stands in for it.
  private static func hasOwn(
    _ local: ObjectID, besides tip: ObjectID?, _ session: Session
  ) throws -> Bool {
    let seen = "refs/remotes/\(session.remoteName ?? "origin")/\(session.branch)"
    guard let tip = try tip ?? session.repository.tip(of: seen) else { return false }
    return try !session.ledger.contains(local, in: tip)
  }
}
