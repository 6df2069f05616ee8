/// One of the things that are measured side by side.
struct Contender {
  let name: String
  /// Puts everything as it was, and measures once. What it does before is not measured.
  let measure: () throws -> Cost
}

/// What all rounds of some contenders have cost.
struct Rounds {
  /// Seconds after which no further round is begun.
  private static let patience = 900.0
  /// A median of fewer is none.
  static let fewest = 5

  private let costs: [String: [Cost]]

  /// Measures all of them in each round, in an order that turns, so that none is always the one
  /// after the same other.
  ///
  /// - Parameter count: how many rounds; one more goes before, to warm what is read.
  init(_ count: Int, _ contenders: [Contender]) throws {
    var costs: [String: [Cost]] = [:]
    let start = ContinuousClock.now
    for round in 0...count where round < 2 || seconds(since: start) < Self.patience {
      for place in contenders.indices {
        let contender = contenders[(place + round) % contenders.count]
        let cost = try contender.measure()
        if round > 0 { costs[contender.name, default: []].append(cost) }
      }
    }
    self.costs = costs
  }

  /// How many were measured.
  var count: Int { costs.values.map(\.count).min() ?? 0 }

  /// Seconds on the clock, at the median.
  func wall(_ name: String) -> Double { median((costs[name] ?? []).map(\.wall)) }

  /// Seconds of processors, at the median.
  func processor(_ name: String) -> Double { median((costs[name] ?? []).map(\.processor)) }

  /// How many times longer the first took than the second, at the median of the rounds.
  func ratio(_ name: String, to peer: String, _ what: KeyPath<Cost, Double> = \.wall) -> Double {
    median(
      zip(costs[name] ?? [], costs[peer] ?? []).map { $0[keyPath: what] / $1[keyPath: what] })
  }

  /// A line of the table.
  ///
  /// - Parameter most: how many times longer it may take.
  func row(
    _ bar: Int, _ what: String, _ name: String, to peer: String, _ peerWords: String, most: Double?
  ) -> Row {
    Row(
      bar: bar, what: what, ours: Self.words(wall(name)),
      beside: "\(peerWords) \(Self.words(wall(peer)))", ratio: ratio(name, to: peer),
      processor: ratio(name, to: peer, \.processor), limit: most.map { .most($0) },
      rounds: count)
  }

  static func words(_ seconds: Double) -> String {
    seconds < 1
      ? String(format: "%.1f ms", seconds * 1e3) : String(format: "%.2f s", seconds)
  }
}
