import Foundation
import TestSupport

/// One line of the table: who pushes what, by which way.
struct PushTrial: Sendable {
  enum Way: String, Sendable {
    case file, ssh
    /// ssh, one connection a writer that stays open (ControlMaster).
    case kept = "ssh, kept open"
  }

  enum Target: String, Sendable {
    /// Each commit becomes a branch of its own.
    case own = "own branches"
    /// All go to one branch; who is too late fetches and begins again upon what is there.
    case main = "one main"
  }

  let way: Way
  let target: Target
  let writers: Int
  /// Whether the server flushes what it is given to the disk before it says yes.
  var isFlushed = false
  /// How many branches are there before it begins.
  var branches = 0
  /// Whether it is `daypass request` and `daypass withdraw` that push, else `git push` alone.
  var isDaypass = false

  var words: String {
    let program = isDaypass ? "daypass" : "git push"
    let rest = (isFlushed ? ", server flushes" : "") + (branches > 0 ? ", \(branches) there" : "")
    return "\(program), \(way.rawValue), \(target.rawValue), \(writers)\(rest)"
  }

  func run(for time: Duration, binary: String?) async throws -> PushTally {
    let hub = try await PushHub(self)
    var pushers: [any Pusher] = []
    if isDaypass, let binary {
      pushers = try await DaypassPusher.make(writers, at: hub, binary, onBranches: target == .own)
    } else {
      for number in 0..<writers {
        pushers.append(try await GitPusher(number, at: hub, toMain: target == .main))
      }
    }
    let all = pushers
    try await hub.open(writers: writers)
    let (before, start) = (hub.spent(), ContinuousClock.now)
    let end = start + time
    var tally = PushTally()
    try await withThrowingTaskGroup(of: PushTally.self) { group in
      for pusher in all {
        group.addTask {
          var own = PushTally()
          while ContinuousClock.now < end {
            let began = ContinuousClock.now
            let (hasLanded, outrun) = try await pusher.push()
            let took = (ContinuousClock.now - began).seconds
            own.add(landed: hasLanded, took: took, outrun: outrun)
          }
          return own
        }
      }
      for try await own in group { tally.add(own) }
    }
    tally.seconds = (ContinuousClock.now - start).seconds
    try await hub.close()
    tally.spent = hub.spent() - before
    return tally
  }
}

/// Somebody who pushes one commit after the other.
protocol Pusher: Sendable {
  /// Makes a commit and pushes it.
  ///
  /// - Returns: whether the remote has it, and how often another writer was faster before that.
  func push() async throws -> (landed: Bool, outrun: Int)
}

/// What became of the pushes of one trial.
struct PushTally: Sendable {
  private(set) var landed = 0
  private(set) var gaveUp = 0
  private(set) var outrun = 0
  private var times: [Double] = []
  var seconds = 0.0
  var spent = PushHub.Spent(writers: 0, server: 0)

  mutating func add(landed hasLanded: Bool, took: Double, outrun count: Int) {
    landed += hasLanded ? 1 : 0
    gaveUp += hasLanded ? 0 : 1
    outrun += count
    if hasLanded { times.append(took) }
  }

  mutating func add(_ other: PushTally) {
    landed += other.landed
    gaveUp += other.gaveUp
    outrun += other.outrun
    times += other.times
  }

  static let heading =
    "| what | landed a second | median, 95 % | outrun | gave up | processor a landed one: "
    + "writers, server | load |\n| --- | --- | --- | --- | --- | --- | --- |"

  func line(_ words: String) -> String {
    let sorted = times.sorted()
    func share(_ part: Double) -> Double {
      sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))] * 1e3
    }
    let each = 1e3 / Double(max(1, landed))
    let load = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? "?"
    return String(
      format: "| %@ | %.1f | %.0f ms, %.0f ms | %d | %d | %.1f ms, %.1f ms | %@ |", words,
      Double(landed) / seconds, share(0.5), share(0.95), outrun, gaveUp, spent.writers * each,
      spent.server * each, String(load.prefix { $0 != " " }))
  }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
