import Grants

/// Grants as a table: pending ones first, since they wait for somebody.
enum GrantTable {
  static func render(_ views: [GrantView], style: Style = .forOutput) -> String {
    guard !views.isEmpty else { return "" }
    var table = Table([
      "ID", "STATE", "ROLE", "SUBJECT", "LEFT", "UNTIL", "APPROVALS", "JUSTIFICATION",
    ])
    for view in views.sorted(by: precedes) {
      table.add([
        Table.Cell(view.grant.id.short, paint: style.bold),
        Table.Cell(
          view.status.word + standing(view), paint: view.paint(style)),
        Table.Cell(Words.role(view.grant)), Table.Cell(view.people), Table.Cell(view.left),
        Table.Cell(view.moment.map(Words.wall) ?? ""), Table.Cell(view.approvals),
        Table.Cell(view.grant.justification),
      ])
    }
    return table.render(style, width: Terminal.width)
  }

  /// What has to happen first.
  private static func standing(_ view: GrantView) -> String {
    if view.lane != nil { return " (branch)" }
    return view.isAwaitingPin ? " (waits)" : ""
  }

  private static func precedes(_ left: GrantView, _ right: GrantView) -> Bool {
    (rank(left), left.grant.id) < (rank(right), right.grant.id)
  }

  private static func rank(_ view: GrantView) -> Int {
    switch view.status {
    case .pending: 0
    case .active: 1
    case .ended: 2
    }
  }
}
