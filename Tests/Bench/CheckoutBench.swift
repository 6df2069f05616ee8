import Foundation
import Grants
import TestSupport

/// Bar 5, where files are checked out, and in an hour of many requests.
enum CheckoutBench {
  private static let rounds = 7
  /// Seconds that files may add.
  private static let most = 0.080

  static func run(_ ground: Ground) throws -> [Row] { try checkouts(ground) + busyHour(ground) }

  /// A request in a checkout beside one in the bare clone it comes from.
  private static func checkouts(_ ground: Ground) throws -> [Row] {
    let closed = try Setting.number("BENCH_CLOSED") ?? 100_000
    let live = try Setting.number("BENCH_LIVE") ?? 10_000
    let clone = try ground.clone(BenchHistory(transitions: 10_000, live: live, closed: closed))
    let places = [
      ("bare", clone), ("join", try clone.joined("files", sparse: false)),
      ("join --sparse", try clone.joined("sparse", sparse: true)),
    ]
    let rounds = try Rounds(
      rounds, places.map { try contender($0.0, $0.1) } + [TransitionBench.signing(ground)])
    func row(_ what: String, _ limit: Limit?) -> Row {
      let more = rounds.wall(what) - rounds.wall("bare")
      return Row(
        bar: 5, what: "request after \(what), \(closed) closed in the root",
        ours: Rounds.words(rounds.wall(what)),
        beside: "bare \(Rounds.words(rounds.wall("bare"))) + 80 ms", ratio: more / most,
        processor: (rounds.processor(what) - rounds.processor("bare")) / most, limit: limit,
        rounds: rounds.count)
    }
    return [
      rounds.row(
        5, "request, bare, \(closed) closed in the root", "bare", to: TransitionBench.peer,
        TransitionBench.peer, most: 3),
      row("join", .most(1)), row("join --sparse", .most(1)),
    ]
  }

  /// Requests in an hour that has 10,000 already, and as many live besides.
  private static func busyHour(_ ground: Ground) throws -> [Row] {
    let live = try Setting.number("BENCH_LIVE") ?? 10_000
    let clone = try ground.clone(BenchHistory(transitions: 10_000, live: live, burst: 10_000))
    let contenders = [try contender("busy", clone), try TransitionBench.signing(ground)]
    let before = try requestsOfThisHour(clone)
    let rounds = try Rounds(rounds, contenders)
    // The hour may have ended meanwhile; then it was another directory that was written.
    guard before >= 10_000, try requestsOfThisHour(clone) > before else {
      throw ToolFailure(arguments: ["checkout"], words: "the busy hour is over: measure again")
    }
    return [
      rounds.row(
        8, "request, 10,000 in the same hour", "busy", to: TransitionBench.peer,
        TransitionBench.peer, most: 9)
    ]
  }

  private static func requestsOfThisHour(_ clone: BenchClone) throws -> Int {
    let digits = Timestamp(seconds: Int64(Date().timeIntervalSince1970)).description
    let parts = digits.split { "-T:Z".contains($0) }.prefix(4).joined(separator: "/")
    let (names, _) = try clone.git("ls-tree", "--name-only", "main", "grants/pending/\(parts)/")
      .reading(clone.ground.directory + "/hour")
    return names.split(separator: "\n").count
  }

  private static func contender(_ name: String, _ clone: BenchClone) throws -> Contender {
    var wishes = try clone.wishes(rounds + 1)
    return Contender(name: name) { try clone.request(wishes.removeLast()).cost }
  }
}
