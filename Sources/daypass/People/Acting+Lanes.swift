import Grants
import Ledger
import Submission

extension Acting {
  /// The same with what waits on the branch that one of the named grants has of its own, where the
  /// governed branch does not know them.
  func reaching(_ choices: [GrantChoice]) async throws -> Acting {
    let known = replay.belief.live.keys
    let isKnown = choices.allSatisfy { choice in known.contains { choice.fits($0) } }
    let isGuess = choices.contains { $0.piece.count < 3 }
    if isKnown || isGuess { return self }
    let lanes = try await submitter.lanes(on: start)
    let matches = lanes.filter { lane in
      Lane.id(of: lane.branch).map { id in choices.contains { $0.fits(id) } } ?? false
    }
    guard let lane = matches.first else { return self }
    guard matches.count == 1, choices.count == 1 else {
      throw Failure(
        .usage, "these requests wait on branches of their own, or several fit",
        hint: "Name one of them, with more of its id: "
          + matches.map { String($0.branch.dropFirst(Lane.prefix.count)) }.joined(separator: ", "))
    }
    let prospect = try LaneViews.prospect(of: lane, on: replay, session)
    if prospect.outlook == nil, let reason = prospect.obstacle {
      throw LaneViews.stuck(lane.branch, because: reason, session)
    }
    var acting = self
    let outlook =
      try prospect.outlook
      ?? submitter.outlook(landing: lane.tip, on: replay, at: session.now)
    acting.replay = outlook.after
    acting.way = .lane(lane.branch)
    acting.lane = outlook
    return acting
  }

  /// What has all its approvals on a branch of its own counts for nothing yet, and is no request
  /// any more either: there is one way to have it count and one to end it.
  ///
  /// - Throws: ``Failure`` that names the way, for what can only be done to a request.
  func demandUndecided(_ id: GrantID, for verb: LaneVerb) throws {
    guard case .lane(let branch) = way, let live = replay.belief.live[id], live.state == .active,
      !live.grant.isExpired(at: session.now)
    else { return }
    let land =
      "It lands by daypass land \(branch) (\(Words.either(policy.reconcilers.sorted())))"
      + "\nor by a merge of its pull request, with a merge commit."
    let isOwn = [live.grant.subject, live.grant.requester].contains(me)
    let revoke = "daypass revoke \(id.short)\(isOwn ? "" : " --why REASON")"
    let hint =
      switch verb {
      case .approve: land
      case .end: "To end it, landed or not: \(revoke)\n" + land
      case .amend: "To change it, end it and ask anew: \(revoke), then daypass request\n" + land
      }
    throw Failure(
      .failed, "\(id.short) has all its approvals, and waits on \(branch) to be landed", hint: hint)
  }

  /// Signs and publishes, on a branch of the grant's own if the way leads there or the remote lets
  /// nobody push to the governed one.
  func submit(_ intent: some Intent, about draft: Draft) async throws -> Submitted {
    switch way {
    case .newLane: return try await submitter.submit(intent, on: nil)
    case .lane(let branch): return try await submitter.submit(intent, on: branch)
    case .direct:
      do throws(SubmissionError) {
        return try await submitter.submit(intent)
      } catch {
        guard error.code == .protected, draft.edits.count == 1 else { throw error }
      }
      Notice.warn(
        "\(session.remoteName ?? "the remote") lets nobody push to \(session.branch) directly; "
          + "signing once more, on a branch of its own")
      // A new request has a new id each time it is signed; any other act names its grant.
      let isKnown = draft.edits.contains { replay.belief.live[$0.id] != nil }
      let lane = isKnown ? draft.edits.first.map { Lane.branch(of: $0.id) } : nil
      return try await submitter.submit(intent, on: lane)
    }
  }

  /// What is asked of a request that may be none any more.
  enum LaneVerb { case approve, amend, end }

  func branch(_ done: Submitted?) -> String { done?.lane ?? session.branch }
}

extension Submitted {
  /// Where the forge says a pull request for the branch is opened.
  var pullRequest: String? {
    guard lane != nil else { return nil }
    return said.split(whereSeparator: \.isWhitespace).map(String.init).first {
      $0.hasPrefix("https://") || $0.hasPrefix("http://")
    }
  }
}
