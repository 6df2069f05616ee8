import Grants
import Ledger
import Reconciler
import Submission

/// Reconciles again and again, until it is told to stop.
struct Watch {
  let command: ReconcileCommand

  func run() async {
    let stop = StopSignal()
    while stop.cause == nil {
      let (line, pause) = await look()
      Terminal.write(line + "\n")
      await stop.sleep(for: .seconds(pause.seconds))
    }
  }

  /// One round, told in one line, and how long to wait for the next. A round that fails is told as
  /// well: what it wrote before runs out by itself (`validUntil`), so waiting is safe.
  private func look() async -> (line: String, pause: TimeSpan) {
    let clock = SystemClock(fixed: nil)
    let interval = command.interval.span
    do {
      let result = try await command.round().run()
      let now = clock.now()
      var parts = result.submitted.flatMap { done in
        ["committed \(done.commit.short)"] + ReconcileCommand.steps(of: done.events)
      }
      if parts.isEmpty { parts = ["nothing to do at \(result.replay.head.short)"] }
      if let files = result.files, let output = command.output {
        parts.append("wrote \(output): \(files.words)")
      }
      if let failure = result.failure { parts.append("NOT PUBLISHED: \(failure.sentence)") }
      return (
        "\(now) \(Words.safe(parts.joined(separator: ", ")))",
        Self.pause(result.replay, at: now, atMost: interval)
      )
    } catch {
      let failure = Failure(error)
      return ("\(clock.now()) FAILED: \(Words.safe(failure.sentence))", interval)
    }
  }

  /// Until the next expiry, deadline or heartbeat, but no longer than the interval.
  private static func pause(
    _ replay: Replay, at now: Timestamp, atMost interval: TimeSpan
  ) -> TimeSpan {
    let heartbeat = replay.pinnedAt.map { $0 + replay.belief.policy.policy.settings.heartbeat }
    let next = [Freshness.nextDeadline(of: replay.belief, after: now), heartbeat]
      .compactMap(\.self).filter { $0 > now }.min()
    return max(TimeSpan(seconds: 1), min(interval, next.map { $0 - now } ?? interval))
  }
}
