import BenchRepository
import Foundation
import GitStore
import Grants
import History
import TestSupport

/// Bar 6: many branches are open at once, upon commits of all of a year; landing one costs what it
/// brings.
enum MergesBench {
  private static let rounds = 7
  private static let ages = ["a year old", "new"]

  static func run(_ ground: Ground) throws -> [Row] {
    let branches = try Setting.number("BENCH_BRANCHES") ?? 1_000
    let lengths = [10_000, try Setting.number("BENCH_TRANSITIONS") ?? 100_000]
    var contenders: [Contender] = []
    var fields: [Field] = []
    for length in lengths {
      // So many live at a time that the history takes about a year.
      let clone = try ground.clone(
        BenchHistory(transitions: length, live: max(5, length / 1_800)))
      let field = try Field(clone, branches)
      fields.append(field)
      contenders += [
        field.landing("\(length) a year old", field.oldest),
        field.landing("\(length) new", field.newest),
      ]
    }
    contenders.append(try TransitionBench.signing(ground))
    let rounds = try Rounds(rounds, contenders)
    var rows: [Row] = []
    for length in lengths {
      for age in ages {
        rows.append(
          rounds.row(
            6, "land, fork \(age), \(length) transitions", "\(length) \(age)",
            to: TransitionBench.peer, TransitionBench.peer, most: nil))
      }
      rows.append(
        rounds.row(
          6, "land, fork a year old, \(length) transitions", "\(length) a year old",
          to: "\(length) new", "fork new", most: 1.2))
    }
    rows.append(
      rounds.row(
        6, "land, fork a year old", "\(lengths[1]) a year old", to: "\(lengths[0]) a year old",
        "\(lengths[0]) transitions", most: 1.2))
    return try rows + all(lengths, fields)
  }

  /// All branches by one process, once.
  private static func all(_ lengths: [Int], _ fields: [Field]) throws -> [Row] {
    var each: [(wall: Double, processor: Double)] = []
    for field in fields {
      let cost = try field.landAll()
      let count = Double(field.branches.count)
      each.append((cost.wall / count, cost.processor / count))
    }
    return [
      Row(
        bar: 6,
        what: "land --all, \(fields[1].branches.count) branches, each, \(lengths[1]) transitions",
        ours: Rounds.words(each[1].wall),
        beside: "\(lengths[0]) transitions \(Rounds.words(each[0].wall))",
        ratio: each[1].wall / each[0].wall, processor: each[1].processor / each[0].processor,
        limit: .most(1.2), rounds: 1)
    ]
  }

  /// A repository with open branches.
  private struct Field {
    let clone: BenchClone
    /// In the order of what they fork from, oldest first.
    let branches: [String]
    private let before: BenchClone.State
    var oldest: String { branches[0] }
    var newest: String { branches[branches.count - 1] }

    init(_ clone: BenchClone, _ count: Int) throws {
      self.clone = clone
      let (text, _) = try clone.git("rev-list", "--first-parent", "--reverse", "main")
        .reading(clone.ground.directory + "/mainline")
      let mainline = text.split(separator: "\n").compactMap { ObjectID(hex: String($0)) }
      let repository = try GitRepository.open(at: clone.path)
      let now = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
      branches = try clone.wishes(count).enumerated().map { number, wish in
        // From the first commit after the root on, evenly.
        let place = 1 + number * (mainline.count - 2) / max(1, count - 1)
        return try BranchMaker.make(
          wish, upon: mainline[place], at: now, number: number, in: repository)
      }
      // What is loose from now on is what landing writes.
      _ = try clone.git("repack", "-dq").run()
      before = try clone.state()
    }

    func landing(_ name: String, _ branch: String) -> Contender {
      Contender(name: name) {
        try reset()
        return try clone.land(branch).run()
      }
    }

    func landAll() throws -> Cost {
      try reset()
      let cost = try clone.land("--all").run()
      let left = try clone.list().count { $0["branch"] as? String != nil }
      guard left == 0 else {
        throw ToolFailure(arguments: ["land"], words: "\(left) branches have not landed")
      }
      return cost
    }

    private func reset() throws {
      try clone.dropLoose()
      try clone.restore(head: before, known: before)
    }
  }
}

extension BenchClone {
  func land(_ what: String) throws -> Program {
    try ground.program(
      [ground.daypass, "land", what, "--assume-clock", "-C", path], as: people.reconciler)
  }
}
