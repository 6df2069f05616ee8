/// Bar 2: with a checkpoint, one new transition, nothing due.
enum IncrementalBench {
  private static let rounds = 21
  static let peer = "git rev-parse HEAD"

  static func run(_ ground: Ground) throws -> [Row] {
    var contenders: [Contender] = []
    let lengths = ground.histories.map(\.transitions)
    for history in ground.histories {
      contenders += try Self.contenders(ground.clone(history), "\(history.transitions)")
    }
    let rounds = try Rounds(rounds, contenders)
    var rows: [Row] = []
    for length in lengths {
      func row(_ what: String, _ most: Double) -> Row {
        rounds.row(
          2, "\(what), \(length) transitions", "\(length) \(what)", to: "\(length) \(peer)", peer,
          most: most)
      }
      rows += [
        row("verify", 5), row("emit, set unchanged", 5), row("emit, set rewritten", 8),
      ]
    }
    guard let short = lengths.first, let long = lengths.last, short != long else {
      return rows
    }
    for what in ["verify", "emit, set unchanged", "emit, set rewritten"] {
      rows.append(
        rounds.row(
          2, "\(what), \(long) transitions", "\(long) \(what)", to: "\(short) \(what)",
          "\(short) transitions", most: 1.2))
    }
    return rows
  }

  static func contenders(_ clone: BenchClone, _ name: String) throws -> [Contender] {
    let output = clone.path + ".effective"
    let verify = try clone.daypass("verify")
    let emit = try clone.daypass("emit", "--output", output)
    let revParse = try clone.git("rev-parse", "HEAD")
    let wish = try clone.wishes(1)[0]

    // A request leaves the effective set as it is; its approval changes it.
    let before = try clone.state()
    let (id, _) = try clone.request(wish)
    let asked = try clone.state()
    _ = try clone.approve(id, as: clone.people.leads[0])
    let granted = try clone.state()

    return [
      Contender(name: "\(name) \(peer)") { try revParse.run() },
      Contender(name: "\(name) verify") {
        try clone.restore(head: asked, known: before)
        return try verify.run()
      },
      Contender(name: "\(name) emit, set unchanged") {
        try clone.restore(head: before, known: before)
        _ = try emit.run()
        try clone.restore(head: asked, known: before)
        return try emit.run()
      },
      Contender(name: "\(name) emit, set rewritten") {
        try clone.restore(head: asked, known: asked)
        _ = try emit.run()
        try clone.restore(head: granted, known: asked)
        return try emit.run()
      },
    ]
  }
}
