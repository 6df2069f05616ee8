/// Bar 7: `list`, `show` and `log` of one grant, beside git's list of the live tree.
enum ListingBench {
  private static let rounds = 11
  private static let peer = "git ls-tree -r"

  static func run(_ ground: Ground) throws -> [Row] {
    var rows: [Row] = []
    for length in ground.lengths { rows += try run(ground.repository(length), length) }
    return rows
  }

  private static func run(_ clone: BenchClone, _ length: Int) throws -> [Row] {
    let open = try clone.list().first?["id"] as? String ?? ""
    let past = try self.past(clone)
    let commands: [(what: String, program: Program)] = [
      ("list", try clone.daypass("list")),
      ("show, an open grant", try clone.daypass("show", open)),
      ("show, a past grant", try clone.daypass("show", past)),
      ("log, an open grant", try clone.daypass("log", open)),
      ("log, a past grant", try clone.daypass("log", past)),
    ]
    let tree = try clone.git("ls-tree", "-r", "main", "grants/pending", "grants/active")
    let rounds = try Rounds(
      rounds,
      [Contender(name: peer) { try tree.run() }]
        + commands.map { command in
          Contender(name: command.what) { try command.program.run() }
        })
    return commands.map {
      rounds.row(7, "\($0.what), \(length) transitions", $0.what, to: peer, peer, most: 3)
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
