/// The known name that somebody most likely meant.
enum Closest {
  /// - Returns: nil where nothing is close enough to be worth a guess, or two are equally close.
  static func name(to typed: String, among known: some Sequence<String>) -> String? {
    let typed = typed.lowercased()
    let names = Set(known)
    // People leave off the end of a name: bob for bob@example.com.
    let begun = typed.count < 2 ? [] : names.filter { $0.lowercased().hasPrefix(typed) }
    if begun.count == 1 { return begun.first }
    let limit = max(1, min(3, typed.count / 3))
    let near = names.map { ($0, distance(typed, $0.lowercased())) }.filter { $0.1 <= limit }
    guard let least = near.map(\.1).min() else { return nil }
    let best = near.filter { $0.1 == least }
    return best.count == 1 ? best.first?.0 : nil
  }

  /// How many letters must be put in, taken out, replaced, or swapped with their neighbour.
  static func distance(_ left: String, _ right: String) -> Int {
    let (left, right) = (Array(left.prefix(200)), Array(right.prefix(200)))
    var before: [Int] = []
    var last = Array(0...right.count)
    for row in left.indices {
      var next = [row + 1]
      for column in right.indices {
        let same = left[row] == right[column]
        var cost = min(last[column] + (same ? 0 : 1), last[column + 1] + 1, next[column] + 1)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          cost = min(cost, before[column - 1] + 1)
        }
        next.append(cost)
      }
      (before, last) = (last, next)
    }
    return last.last ?? 0
  }

  /// `Did you mean approve?` on a line of its own, or nothing.
  static func question(_ typed: String, among known: some Sequence<String>) -> String {
    name(to: typed, among: known).map { "Did you mean \($0)?\n" } ?? ""
  }
}
