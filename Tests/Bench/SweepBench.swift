import Foundation
import TestSupport

/// Bar 4: 10,000 grants that have run out are closed by one signed commit, beside a table swept row by
/// row through an ORM; and a round in which none of 50,000 is due.
enum SweepBench {
  static func run(_ ground: Ground) throws -> [Row] { try sweep(ground) + idle(ground) }

  // MARK: All of them due

  private static func sweep(_ ground: Ground) throws -> [Row] {
    let live = try Setting.number("BENCH_LIVE") ?? 10_000
    let clone = try ground.clone(BenchHistory(transitions: 10_000, live: live, daysAgo: 4))
    let reconcile = try clone.reconcile()
    let before = try clone.state()
    let table = try Table(rows: live, ground)
    let rounds = try Rounds(
      5,
      [
        Contender(name: "reconcile") {
          try clone.dropLoose()
          try clone.restore(head: before, known: before)
          return try reconcile.run()
        },
        Contender(name: "row by row") { try table.sweep() },
        Contender(name: "at once") { try table.sweep("batch") },
      ])
    let after = try clone.state()
    let (commits, _) = try clone.git("rev-list", "--count", "\(before.head)..\(after.head)")
      .reading(ground.directory + "/count")
    guard commits == "1\n", try clone.list().isEmpty else {
      throw ToolFailure(arguments: ["sweep"], words: "not everything was swept by one commit")
    }
    func row(_ peer: String, _ words: String, _ limit: Limit?) -> Row {
      Row(
        bar: 4, what: "reconcile, \(live) due", ours: Rounds.words(rounds.wall("reconcile")),
        beside: "\(words) \(Rounds.words(rounds.wall(peer)))",
        ratio: rounds.ratio(peer, to: "reconcile"),
        processor: rounds.ratio(peer, to: "reconcile", \.processor), limit: limit,
        rounds: rounds.count)
    }
    return [
      row("row by row", "SQLAlchemy, SQLite, row by row", .least(5)),
      row("at once", "the same, one flush", nil),
    ]
  }

  /// The peer, `sweep-peer.py`.
  private struct Table {
    private let full: String
    private let used: String
    private let ground: Ground
    private let script: String

    init(rows: Int, _ ground: Ground) throws {
      self.ground = ground
      (full, used) = (ground.directory + "/full.sqlite", ground.directory + "/used.sqlite")
      script = try Setting.script("sweep-peer.py")
      _ = try ground.program(["/usr/bin/python3", script, "make", full, "\(rows)"]).run()
    }

    /// - Returns: what the sweep alone has cost, without starting Python.
    func sweep(_ how: String...) throws -> Cost {
      try? FileManager.default.removeItem(atPath: used)
      try FileManager.default.copyItem(atPath: full, toPath: used)
      let (text, _) = try ground.program(["/usr/bin/python3", script, "sweep", used] + how)
        .reading(ground.directory + "/swept")
      let numbers = text.split(separator: " ").compactMap { Double($0.filter { $0 != "\n" }) }
      guard numbers.count == 3, numbers[2] > 0 else {
        throw ToolFailure(arguments: [script], words: "swept nothing: \(text)")
      }
      return Cost(wall: numbers[0], processor: numbers[1])
    }
  }

  // MARK: None of them due

  private static func idle(_ ground: Ground) throws -> [Row] {
    let live = try Setting.number("BENCH_IDLE") ?? 50_000
    let clone = try ground.clone(BenchHistory(transitions: 10_000, live: live))
    let reconcile = try clone.reconcile()
    let revParse = try clone.git("rev-parse", "HEAD")
    let before = try clone.state()
    let rounds = try Rounds(
      11,
      [
        Contender(name: IncrementalBench.peer) { try revParse.run() },
        Contender(name: "reconcile") { try reconcile.run() },
      ])
    guard try clone.state().head == before.head else {
      throw ToolFailure(arguments: ["sweep"], words: "something was due")
    }
    return [
      rounds.row(
        4, "reconcile, none of \(live) due", "reconcile", to: IncrementalBench.peer,
        IncrementalBench.peer, most: 5)
    ]
  }
}

extension BenchClone {
  /// A reconciler's round; this machine's clock need not be synchronised.
  func reconcile() throws -> Program {
    try ground.program(
      [ground.daypass, "reconcile", "--assume-clock", "-C", path], as: people.reconciler)
  }
}
