/// Labelled lines, one fact each: what a person reads before signing, or of one grant.
struct Sheet {
  private enum Row {
    case fact(String, [String], paint: (String) -> String)
    case heading(String)
  }

  private var rows: [Row] = []

  /// Adds a fact; text of several lines stays several lines. Nil or empty text adds nothing.
  mutating func add(
    _ label: String, _ text: String?, paint: @escaping (String) -> String = { $0 }
  ) {
    guard let text, !text.isEmpty else { return }
    add(
      label, lines: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init),
      paint: paint)
  }

  mutating func add(
    _ label: String, lines: [String], paint: @escaping (String) -> String = { $0 }
  ) {
    guard !lines.isEmpty else { return }
    rows.append(.fact(label, lines.map(Words.safe), paint: paint))
  }

  mutating func add(heading: String) { rows.append(.heading(Words.safe(heading))) }

  func render(_ style: Style) -> String {
    let width = rows.reduce(0) { width, row in
      if case .fact(let label, _, _) = row { max(width, label.count) } else { width }
    }
    return rows.map { row in
      switch row {
      case .heading(let text): return style.bold(text) + "\n"
      case .fact(let label, let lines, let paint):
        return lines.enumerated().map { index, line in
          let name = index == 0 ? label : ""
          let pad = String(repeating: " ", count: width - name.count + 2)
          return "  " + style.dim(name) + pad + paint(line) + "\n"
        }.joined()
      }
    }.joined()
  }
}
