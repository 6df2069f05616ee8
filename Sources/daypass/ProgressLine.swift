import Grants
import Ledger
import Synchronization

/// When the progress of a replay is worth a line, and which.
///
/// What is over within a second is not worth one, and nobody reads five in a second.
struct ProgressMeter {
  enum Change: Equatable {
    case show(String)
    case clear
  }

  private static let patience = Duration.seconds(1)
  private static let pause = Duration.milliseconds(200)

  private var begun: Duration?
  private var shown: Duration?

  /// - Parameters:
  ///   - moment: on a clock that only goes forward.
  /// - Returns: what to do with the line; nil: nothing.
  mutating func advance(_ done: Int, of all: Int, at moment: Duration) -> Change? {
    if done >= all {
      defer { (begun, shown) = (nil, nil) }
      return shown == nil ? nil : .clear
    }
    guard let begun else {
      self.begun = moment
      return nil
    }
    guard moment - begun >= Self.patience, shown.map({ moment - $0 >= Self.pause }) ?? true else {
      return nil
    }
    shown = moment
    return .show(Self.words(done, of: all, in: moment - begun))
  }

  /// `verifying 12,345 of 100,000 commits, 8,230 a second, 11s left`.
  static func words(_ done: Int, of all: Int, in elapsed: Duration) -> String {
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
    var text = "verifying \(grouped(done)) of \(grouped(all)) commits"
    guard done > 0, seconds > 0 else { return text }
    let rate = Double(done) / seconds
    text += ", \(grouped(max(1, Int(rate.rounded())))) a second"
    let left = Int64((Double(all - done) / rate).rounded(.up))
    return text + ", \(Words.span(TimeSpan(seconds: left))) left"
  }

  private static func grouped(_ number: Int) -> String {
    var digits = Array(String(number))
    var place = digits.count - 3
    while place > 0 {
      digits.insert(",", at: place)
      place -= 3
    }
    return String(digits)
  }
}

/// Says on the terminal how far a replay is; costs nothing where there is none.
enum ProgressLine {
  /// Nil where nobody would see it.
  static let wanted: ReplayProgress? = {
    guard StatusLine.isWanted else { return nil }
    let report = Reporter()
    return { done, all in report.advance(done, of: all) }
  }()

  private final class Reporter: Sendable {
    private let begin = ContinuousClock.now
    private let state = Mutex((meter: ProgressMeter(), line: StatusLine()))

    func advance(_ done: Int, of all: Int) {
      let moment = ContinuousClock.now - begin
      state.withLock { state in
        switch state.meter.advance(done, of: all, at: moment) {
        case .show(let text): state.line.show(text)
        case .clear: state.line.clear()
        case nil: break
        }
      }
    }
  }
}
