extension Pattern {
  /// A text that matches, as short as it can be and still look like one: `ABC-123` for
  /// `[A-Z]+-[0-9]+`; nil where none is found easily.
  package var example: String? {
    var parser = PatternParser(text)
    guard let tree = try? parser.parse() else { return nil }
    var counter: UInt32 = 0
    let text = tree.example(&counter)
    return text.unicodeScalars.count <= 40 && matches(text) ? text : nil
  }
}

extension PatternTree {
  /// - Parameter counter: how many scalars in a row were taken from one class: the next one is
  ///   another, so that a person sees that any will do.
  fileprivate func example(_ counter: inout UInt32) -> String {
    switch self {
    case .one(let set):
      counter += 1
      return set.example(counter - 1).map { String(Character($0)) } ?? ""
    case .sequence(let parts):
      return parts.reduce(into: "") { text, part in
        counter = 0
        text += part.example(&counter)
      }
    case .choice(let parts): return parts.first?.example(&counter) ?? ""
    case .repeated(let part, let least, let most):
      let count = most == nil && least > 0 ? max(least, 3) : least
      return (0..<count).reduce(into: "") { text, _ in text += part.example(&counter) }
    }
  }
}

extension ScalarSet {
  fileprivate func example(_ index: UInt32) -> Unicode.Scalar? {
    if isNegated { return ["x", "-", " "].first { contains($0) } }
    guard let range = ranges.first else { return nil }
    // Numbers do not begin with 0 where they need not.
    let first = range == 0x30...0x39 ? 0x31 : range.lowerBound
    let count = range.upperBound - first + 1
    return Unicode.Scalar(first + index % count)
  }
}
