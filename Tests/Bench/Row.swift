import Foundation

/// What a bar asks of a figure.
enum Limit {
  case most(Double)
  case least(Double)

  func isMet(by value: Double) -> Bool {
    switch self {
    case .most(let bound): value <= bound
    case .least(let bound): value >= bound
    }
  }

  var words: String {
    switch self {
    case .most(let bound): "at most " + Row.number(bound)
    case .least(let bound): "at least " + Row.number(bound)
    }
  }
}

/// One figure, ours beside another's.
struct Row {
  /// The number of the bar.
  let bar: Int
  let what: String
  let ours: String
  let beside: String
  let ratio: Double
  /// The same ratio in seconds of processors, whoever else is busy; nil where it says nothing.
  var processor: Double?
  /// Nil for what is only told.
  var limit: Limit?
  let rounds: Int

  var isMet: Bool {
    guard let limit else { return true }
    return limit.isMet(by: ratio) && rounds >= Rounds.fewest
  }

  private var verdict: String {
    guard let limit else { return "" }
    if rounds < Rounds.fewest { return "too few rounds" }
    return limit.isMet(by: ratio) ? "met" : "not met"
  }

  /// Lines of Markdown, as docs/performance.md has them.
  static func table(_ rows: [Row]) -> String {
    let head = [
      "bar", "what", "daypass", "beside", "ratio", "of processors", "rounds", "wanted", "",
    ]
    let cells = rows.map { row in
      [
        "\(row.bar)", row.what, row.ours, row.beside, number(row.ratio),
        row.processor.map(number) ?? "", "\(row.rounds)", row.limit?.words ?? "", row.verdict,
      ]
    }
    let widths = head.indices.map { column in
      ([head] + cells).map { $0[column].count }.max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      "| "
        + zip(cells, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
        .joined(separator: " | ") + " |"
    }
    let rule =
      "| " + widths.map { String(repeating: "-", count: $0) }.joined(separator: " | ") + " |"
    return ([line(head), rule] + cells.map(line)).joined(separator: "\n")
  }

  static func number(_ value: Double) -> String {
    value >= 100
      ? String(format: "%.0f", value) : String(format: value >= 10 ? "%.1f" : "%.2f", value)
  }
}
