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
    let open = try clone.list().first?["id"] as? String ?? ""
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

  /// The id of a grant that was closed in the middle of history.
  private static func past(_ clone: BenchClone) throws -> String {
    let (text, _) = try clone.git("ls-tree", "-r", "--name-only", "main", "grants/closed")
      .reading(clone.ground.directory + "/closed")
    let paths = text.split(separator: "\n")
    guard !paths.isEmpty else { throw UsageError(words: "nothing is closed there") }
    return String(paths[paths.count / 2].split(separator: "/").last?.dropLast(5) ?? "")
  }
}
