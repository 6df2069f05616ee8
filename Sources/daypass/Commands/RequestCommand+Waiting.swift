import Grants
import Ledger
import Submission

extension RequestCommand {
  /// Waits until the request is decided.
  ///
  /// - Returns: once it is active.
  /// - Throws: ``Failure`` where it will not be, or nobody waits any longer.
  func waitForDecision(on done: Submitted, _ acting: Acting) async throws {
    guard let step = done.transitions.first else { return }
    // A role that needs no approval.
    if step.after == .active, done.lane == nil, !done.isWaiting { return }
    var view = GrantView(
      step.grant, in: step.after, of: done.replay.belief, at: done.replay.now)
    view.lane = done.lane
    view.isAwaitingPin = done.isWaiting
    let stop = StopSignal(after: timeout?.span)
    var following = Following(
      step.grant.id, global, until: stop, from: acting.replay, view: view,
      seen: [GrantStep(step, lane: done.lane, isAwaitingPin: done.isWaiting)])
    if !Terminal.errorIsTerminal {
      Terminal.writeError(FollowWords.waiting(for: view, at: done.replay.now) + "\n")
    }
    var latest = view
    let active = try await following.run(after: .seconds(1)) { look -> GrantView? in
      guard let view = look.view else {
        if look.isGone { throw Self.lost(latest) }
        return nil
      }
      latest = view
      if let failure = FollowWords.failure(view, isBlind: look.isBlind) { throw failure }
      return view.status == .active && view.counts ? view : nil
    }
    guard let active else { throw stopped(stop, latest) }
    tell(active)
  }

  private func tell(_ view: GrantView) {
    let end = view.grant.expiresAt.map { " until \(Words.both($0))" } ?? ""
    let words =
      "\(view.grant.subject) holds \(Words.role(view.grant))\(end) (\(view.grant.id.short))"
    if output.output == .table {
      Terminal.write(Done.line(words))
    } else {
      // The output is the one value that a program reads.
      Terminal.writeError(Words.safe(words) + "\n")
    }
  }

  private func stopped(_ stop: StopSignal, _ view: GrantView) -> Failure {
    let state = view.status == .active ? "approved, but not landed" : "undecided"
    let patience = timeout.map { Words.exact($0.span) } ?? ""
    let id = view.grant.id.short
    let verb = view.status == .active ? "revoke" : "withdraw"
    return Failure(
      .failed,
      stop.cause == .timeout
        ? "after \(patience) the request is still \(state)"
        : "stopped waiting; the request is still \(state)",
      hint: "To go on: daypass show \(id) --follow\nTo take it back: daypass \(verb) \(id)")
  }

  private static func lost(_ view: GrantView) -> Failure {
    Failure(
      .failed,
      "\(view.lane ?? "the request") is gone, and nothing of it has landed",
      hint: "Somebody took the branch away, or merged it without its signed commits.\n"
        + "To ask again: daypass request \(view.grant.role)")
  }
}

extension Submitted {
  var transitions: [VerifiedTransition] {
    events.compactMap { if case .transition(let step) = $0 { step } else { nil } }
  }
}
