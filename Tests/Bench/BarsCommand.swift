import Foundation

/// Bars 2 to 8, one or all of them, over the same repositories.
struct BarsCommand {
  private typealias Bar = (name: String, run: @Sendable (Ground) throws -> [Row])

  private static let bars: [Bar] = [
    ("incremental", { try IncrementalBench.run($0) }),
    ("sweep", { try SweepBench.run($0) }), ("transition", { try TransitionBench.run($0) }),
    ("checkout", { try CheckoutBench.run($0) }), ("merges", { try MergesBench.run($0) }),
    ("listing", { try ListingBench.run($0) }),
  ]

  static var names: [String] { bars.map(\.name) + ["all"] }

  private let chosen: [Bar]
  private let ground: Ground

  /// - Parameter arguments: where daypass is, and repositories to measure upon in place of fresh ones.
  init(_ name: String, _ arguments: ArraySlice<String>) throws {
    guard let binary = arguments.first else { throw UsageError(words: "say where daypass is") }
    func absolute(_ path: String) -> String {
      URL(fileURLWithPath: path).standardizedFileURL.path
    }
    chosen = Self.bars.filter { name == "all" || name == $0.name }
    ground = try Ground(
      daypass: absolute(binary), given: arguments.dropFirst().map(absolute))
  }

  /// - Returns: whether all bars are met.
  func run() throws -> Bool {
    defer { ground.clear() }
    var rows: [Row] = []
    var failures = 0
    for bar in chosen {
      do {
        let (measured, seconds) = try timed { try bar.run(ground) }
        say("\(bar.name): \(Rounds.words(seconds))\n\(Row.table(measured))\n")
        rows += measured
      } catch {
        failures += 1
        say("\(bar.name): not measured: \(error)\n")
      }
    }
    let missed = rows.count { !$0.isMet }
    say(
      "\(rows.count - missed) of \(rows.count) figures are as wanted; \(failures) bars could not be measured"
    )
    return missed == 0 && failures == 0
  }
}
