import Testing

/// What the commands of a crowd reported, and how long they took.
actor Tally {
  /// One step of one grant, as both a report and the log tell it.
  struct Step: Hashable, CustomStringConvertible {
    let kind: String
    let grant: String
    let commit: String
    var description: String { "\(kind) \(grant) \(commit)" }
  }

  /// One command, from its start to its end.
  struct Run {
    let command: String
    let status: Int32
    let took: Duration
  }

  private(set) var done: [Crowd.Flow: [Step]] = [:]
  private(set) var failures: [String: Int] = [:]
  /// The reconciler's commits; of some only the first digits were said.
  private(set) var reconcilers: [String] = []
  private(set) var landed: Set<String> = []
  private var runs: [Run] = []

  func add(_ step: Step, in flow: Crowd.Flow) { done[flow, default: []].append(step) }
  func add(_ run: Run) { runs.append(run) }
  func addFailure(_ what: String) { failures[what, default: 0] += 1 }
  func addReconcilers(_ commit: String) { reconcilers.append(commit) }
  func addLanding(of tip: String, by commit: String) {
    landed.insert(tip)
    reconcilers.append(commit)
  }

  /// One line a command: how many were done, refused by the policy, outrun too often (exit 5), and
  /// how long they took.
  ///
  /// - Parameter outrun: commits that were signed and that another writer was faster than.
  func table(outrun: Int) -> String {
    let rows = Dictionary(grouping: runs, by: \.command).sorted { $0.key < $1.key }.map {
      command, runs in
      let times = runs.map(\.took).sorted()
      return [
        command, "\(runs.count)", "\(runs.count { $0.status == 0 })",
        "\(runs.count { $0.status == 4 })", "\(runs.count { $0.status == 5 })",
        "\(runs.count { ![0, 4, 5].contains($0.status) })", Self.seconds(times[times.count / 2]),
        Self.seconds(times[times.count * 95 / 100]), Self.seconds(times[times.count - 1]),
      ]
    }
    let head = [
      "command", "runs", "done", "refused", "outrun", "failed", "median", "95 %", "slowest",
    ]
    let lines = ([head] + rows).map { row in
      row.enumerated().map { index, text in
        let space = String(repeating: " ", count: max(0, 10 - text.count))
        return index == 0 ? text + space : space + text
      }.joined()
    }
    let steps = done.values.map(\.count).reduce(0, +)
    let left = failures.filter { $0.key.hasPrefix("left") }.values.reduce(0, +)
    return
      (lines + [
        "\(steps) steps reported as done, \(landed.count) branches landed (\(left) left for a later "
          + "round), \(Set(reconcilers).count) reconciler's commits; \(outrun) commits signed that "
          + "another writer was faster than"
      ]).joined(separator: "\n")
  }

  private static func seconds(_ span: Duration) -> String {
    let hundredths =
      span.components.seconds * 100 + span.components.attoseconds / 10_000_000_000_000_000
    let rest = String(hundredths % 100)
    return "\(hundredths / 100).\(rest.count == 1 ? "0" : "")\(rest) s"
  }
}
