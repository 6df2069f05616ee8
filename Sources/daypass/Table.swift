/// Columns of text, aligned; without a terminal the same, so that scripts see what people see.
struct Table {
  struct Cell {
    /// What is shown; measured without its colours.
    let text: String
    let paint: (String) -> String

    init(_ text: String, paint: @escaping (String) -> String = { $0 }) {
      self.text = Words.safe(text)
      self.paint = paint
    }
  }

  let header: [String]
  private(set) var rows: [[Cell]] = []

  init(_ header: [String]) { self.header = header }

  mutating func add(_ cells: [Cell]) { rows.append(cells) }
  mutating func add(_ texts: String...) { rows.append(texts.map { Cell($0) }) }

  /// - Parameter width: the columns there are; the last column is cut to fit. Nil cuts nothing.
  func render(_ style: Style, width: Int? = nil) -> String {
    let all = [header.map { Cell($0, paint: style.dim) }] + rows
    var widths = header.map(\.count)
    for row in all {
      for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.text.count) }
    }
    let last = width.map { max(8, $0 - widths.dropLast().reduce(0) { $0 + $1 + 2 }) }
    return all.map { row in
      var line = ""
      // Nothing is padded for empty cells at the end of a line.
      let end = row.lastIndex { !$0.text.isEmpty } ?? 0
      for (index, cell) in row.prefix(end + 1).enumerated() {
        if index == header.count - 1, let last, cell.text.count > last {
          line += cell.paint(cell.text.prefix(last - 1) + "…")
          continue
        }
        line += cell.paint(cell.text)
        if index < end {
          line += String(repeating: " ", count: widths[index] - cell.text.count + 2)
        }
      }
      return line + "\n"
    }.joined()
  }
}
