import Foundation

/// Bar 8: what everything costs against the length of history, and against what is live. Seconds of
/// processors, which hardly feel who else is busy.
struct GrowthCommand {
  private static let rounds = 5
  private static let lengths = [2_000, 10_000, 50_000, 100_000]
  private static let crowds = [1_000, 10_000, 50_000]
  /// How many live where history grows, and how long history is where they grow.
  private static let fixed = (live: 1_000, transitions: 10_000)

  private let ground: Ground
  private let output: String

  init(_ arguments: ArraySlice<String>) throws {
    let places = arguments.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
    guard places.count == 2 else {
      throw UsageError(words: "say where daypass is, and where the plots shall lie")
    }
    ground = try Ground(daypass: places[0])
    output = places[1]
  }

  func run() throws {
    defer { ground.clear() }
    let most = try Setting.number("BENCH_TRANSITIONS") ?? 100_000
    let mostLive = try Setting.number("BENCH_IDLE") ?? 50_000
    try plot(
      "growth-history", "against history, \(Self.fixed.live) grants live", "transitions",
      Self.lengths.filter { $0 <= most }.map {
        (Double($0), BenchHistory(transitions: $0, live: Self.fixed.live))
      })
    try plot(
      "growth-live", "against what is live, \(Self.fixed.transitions) transitions",
      "live grants",
      Self.crowds.filter { $0 <= mostLive }.map {
        (Double($0), BenchHistory(transitions: Self.fixed.transitions, live: $0))
      })
  }

  private func plot(
    _ file: String, _ title: String, _ across: String, _ places: [(Double, BenchHistory)]
  ) throws {
    var lines: [String: [(x: Double, y: Double)]] = [:]
    var names: [String] = []
    for (place, history) in places {
      let clone = try ground.clone(history)
      let contenders =
        try IncrementalBench.contenders(clone, "")
        + TransitionBench.contenders(clone, "", TransitionBench.Sizes())
        + ListingBench.contenders(clone)
      let rounds = try Rounds(Self.rounds, contenders)
      names = contenders.map(\.name)
      for name in names {
        lines[name, default: []].append((place, rounds.processor(name) * 1e3))
      }
      say("\(Int(place)) \(across): measured")
    }
    let plot = Plot(
      title: "One command, \(title)", across: across, up: "milliseconds of processors",
      lines: names.map {
        Plot.Line(name: $0.trimmingCharacters(in: .whitespaces), points: lines[$0] ?? [])
      })
    try Data(plot.svg.utf8).write(to: URL(fileURLWithPath: "\(output)/\(file).svg"))
    say(
      "| milliseconds of processors | \(places.map { "\(Int($0.0))" }.joined(separator: " | ")) |")
    for line in plot.lines {
      let cells = line.points.map { Row.number($0.y) }
      say("| \(line.name) | \(cells.joined(separator: " | ")) |")
    }
  }
}
