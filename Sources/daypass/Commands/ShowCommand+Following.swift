import ArgumentParser
import Grants
import Ledger
import Submission

extension ShowCommand {
  /// Shows the grant, and then each further step until it is over.
  func followGrant() async throws {
    let stop = StopSignal()
    let session = try await Session.open(global)
    try await catchUp(session, stop)
    let landed = try GrantHistory.read(session)
    let (id, history) = try await landed.reaching(id, session)
    let page = GrantPage(id: id, history: history)
    try show(page)
    let view = history.view(id)
    var disputes = page.disputes
    if view.map(Self.isOver) != true {
      let told =
        landed.steps[id, default: []].map { step in
          GrantStep(step, isAwaitingPin: landed.isWaiting(step))
        }
        + GrantStep.waiting(history.lane?.outlook, of: id, on: Lane.branch(of: id))
      var following = Following(
        id, global, until: stop, from: landed.replay, view: view, seen: told)
      let isOver = try await following.run(after: .seconds(1)) { look -> Bool? in
        disputes = look.replay.disputes.filter { $0.unit == .grant(id) }
        return try tell(look)
      }
      if isOver == nil {
        Notice.warn("stopped; to go on: daypass show \(id.short) --follow")
      }
    }
    if !disputes.isEmpty { throw ExitCode(ExitStatus.untrusted.rawValue) }
  }

  /// What others have pushed; what is here is shown where the remote is away.
  private func catchUp(_ session: Session, _ stop: StopSignal) async throws {
    let submitter = try await session.submitter(isReading: true)
    do {
      let start = try await stop.waiting {
        let start = try await submitter.start()
        _ = try await submitter.lanes(on: start)
        return start
      }
      if let obstacle = try await session.bringAlong(start) { Notice.warn(obstacle) }
    } catch {
      if stop.cause != nil { return }
      guard let error = error as? SubmissionError, error.code == .remote else { throw error }
      Notice.warn(Failure(error))
    }
  }

  private static func isOver(_ view: GrantView) -> Bool {
    if case .ended = view.status { true } else { false }
  }

  // MARK: Telling

  private func show(_ page: GrantPage) throws {
    guard output.output != .table else { return Terminal.write(page.text(.forOutput)) }
    try write("shown", at: page.history.replay.now, nil, page.output)
  }

  /// - Returns: true once there is nothing more to come.
  private func tell(_ look: Following.Look) throws -> Bool? {
    let (belief, now) = (look.replay.belief, look.view?.now ?? look.replay.now)
    for step in look.steps {
      guard output.output != .table else {
        Terminal.write(FollowWords.line(step, belief, at: now) + "\n")
        continue
      }
      var view = GrantView(step.step.grant, in: step.step.after, of: belief, at: now)
      view.lane = step.lane
      view.isAwaitingPin = step.isAwaitingPin
      try write(step.step.kind.rawValue, at: step.step.signedAt, step, view.output)
    }
    guard let view = look.view else {
      if look.isGone {
        throw Failure(.failed, "its branch is gone, and nothing of it has landed")
      }
      return nil
    }
    guard Self.isOver(view) else { return nil }
    if view.isUnswept {
      if output.output == .table {
        Terminal.write(FollowWords.line(unswept: view, at: now) + "\n")
      } else {
        try write(view.status.word, at: now, nil, view.output)
      }
    }
    return true
  }

  private func write(
    _ change: String, at moment: Timestamp, _ told: GrantStep?, _ grant: OutputValue
  ) throws {
    let step = told?.step
    let landedAt = told?.lane == nil ? step?.landedAt.description : nil
    let value = OutputValue.object([
      ("change", .string(change)), ("at", .string(moment.description)),
      ("by", .optional(step?.signer.name)), ("commit", .optional(step?.commit.hex)),
      ("landedAt", .optional(landedAt)), ("grant", grant),
    ])
    Terminal.write(
      output.output == .json ? value.line + "\n" : "---\n" + (try value.render(.yaml)))
  }
}
