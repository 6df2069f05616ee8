import Foundation
import Grants

/// Bar 7: `list`, `show` and `log` of one grant, beside git's list of the live tree.
enum ListingBench {
  private static let rounds = 11
  private static let peer = "git ls-tree -r"

  static func run(_ ground: Ground) throws -> [Row] {
    var rows: [Row] = []
    for history in ground.histories {
      rows += try run(ground.clone(history), history.transitions)
    }
    return rows
  }

  private static func run(_ clone: BenchClone, _ length: Int) throws -> [Row] {
    let contenders = try contenders(clone)
    let rounds = try Rounds(rounds, contenders)
    return contenders.map(\.name).filter { $0 != peer }.map {
      rounds.row(7, "\($0), \(length) transitions", $0, to: peer, peer, most: 3)
    }
  }

  static func contenders(_ clone: BenchClone) throws -> [Contender] {
    let open = try middle(
      clone.list().compactMap { $0["id"] as? String }, clone)
    let past = try past(clone)
    let commands: [(what: String, program: Program)] = [
      (peer, try clone.git("ls-tree", "-r", "main", "grants/pending", "grants/active")),
      ("list", try clone.daypass("list")),
      ("show, an open grant", try clone.daypass("show", open)),
      ("show, a past grant", try clone.daypass("show", past)),
      ("log, an open grant", try clone.daypass("log", open)),
      ("log, a past grant", try clone.daypass("log", past)),
    ]
    return commands.map { command in
      Contender(name: command.what) { try command.program.run() }
    }
  }

  private static func past(_ clone: BenchClone) throws -> String {
    let (text, _) = try clone.git("ls-tree", "-r", "--name-only", "main", "grants/closed")
      .reading(clone.ground.directory + "/closed")
    return try middle(
      text.split(separator: "\n").compactMap {
        $0.split(separator: "/").last.map { String($0.dropLast(".json".count)) }
      }, clone)
  }

  /// The middle one of those asked for since the root; what the root's tree had, history does not tell
  /// of.
  private static func middle(_ ids: [String], _ clone: BenchClone) throws -> String {
    let (time, _) = try clone.git("log", "--max-parents=0", "--format=%ct", "main")
      .reading(clone.ground.directory + "/begin")
    let begin = Timestamp(seconds: Int64(time.filter(\.isNumber)) ?? 0)
    let prefix = begin.description.filter { !"-:".contains($0) }
    let later = ids.filter { $0 > prefix }.sorted()
    guard !later.isEmpty else { throw UsageError(words: "nothing was asked for since the root") }
    return later[later.count / 2]
  }
}
