import Dispatch
import Glibc
import Grants
import Synchronization

/// A wish to stop, by SIGTERM, SIGINT or the end of a person's patience: what is under way ends
/// first, but for sleep and what waits for others.
final class StopSignal {
  enum Cause: Sendable {
    case signal
    /// The time that was given has passed.
    case timeout
  }

  /// The lock has a home of its own, so that the handlers do not keep the signal alive.
  private final class StateBox: Sendable {
    struct State {
      var cause: Cause?
      /// Ends what is being waited for.
      var cancel: (@Sendable () -> Void)?
    }

    let lock = Mutex(State())

    func raise(_ cause: Cause) {
      lock.withLock {
        if $0.cause == nil { $0.cause = cause }
        $0.cancel?()
      }
    }
  }

  private let state: StateBox
  private let sources: [any DispatchSourceSignal]
  private let timer: Task<Void, Never>?

  /// - Parameters:
  ///   - signals: that ask for it.
  ///   - patience: after which it stops by itself; nil for never.
  init(on signals: [Int32] = [SIGTERM, SIGINT], after patience: TimeSpan? = nil) {
    let state = StateBox()
    self.state = state
    sources = signals.map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { state.raise(.signal) }
      source.resume()
      return source
    }
    timer = patience.map { span in
      Task {
        try? await Task.sleep(for: .seconds(span.seconds))
        if !Task.isCancelled { state.raise(.timeout) }
      }
    }
  }

  deinit { timer?.cancel() }

  /// Why to stop; nil for going on.
  var cause: Cause? { state.lock.withLock(\.cause) }

  func sleep(for span: Duration) async {
    _ = try? await waiting(for: { try await Task.sleep(for: span) })
  }

  /// Runs work that is cancelled once it is time to stop: only what may be left half done.
  func waiting<Result: Sendable>(
    for work: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    let task = Task { try await work() }
    state.lock.withLock {
      $0.cancel = { task.cancel() }
      if $0.cause != nil { task.cancel() }
    }
    defer { state.lock.withLock { $0.cancel = nil } }
    return try await task.value
  }
}
