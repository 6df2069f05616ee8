/// Reads a pattern by recursive descent.
struct PatternParser {
  private let scalars: [Unicode.Scalar]
  private var index = 0
  private var depth = 0

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  mutating func parse() throws(PatternError) -> PatternTree {
    if peek == "^" { index += 1 }
    let tree = try choice()
    if peek == "$", index == scalars.count - 1 { index += 1 }
    guard index == scalars.count else { throw unexpected() }
    return tree
  }

  private var peek: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

  private func failure(_ sentence: String, at place: Int? = nil) -> PatternError {
    PatternError(sentence, at: (place ?? index) + 1)
  }

  private func unexpected() -> PatternError {
    guard let peek else { return failure("it ends too early") }
    switch peek {
    case "^", "$":
      return failure("\(peek) is allowed only at the ends; for the character write \\\(peek)")
    case "*", "+", "?", "{": return failure("there is nothing that \(peek) could repeat")
    default: return failure("\(peek) is not expected; for the character write \\\(peek)")
    }
  }

  private mutating func choice() throws(PatternError) -> PatternTree {
    var branches = [try sequence()]
    while peek == "|" {
      index += 1
      branches.append(try sequence())
    }
    return branches.count == 1 ? branches[0] : .choice(branches)
  }

  private mutating func sequence() throws(PatternError) -> PatternTree {
    var parts: [PatternTree] = []
    while let next = peek, next != "|", next != ")" {
      if next == "$", index == scalars.count - 1, depth == 0 { break }
      parts.append(try repetition(of: try atom()))
    }
    guard !parts.isEmpty else {
      throw failure("a pattern, a group or a side of | may not be empty")
    }
    return .sequence(parts)
  }

  private mutating func repetition(of part: PatternTree) throws(PatternError) -> PatternTree {
    let (least, most): (Int, Int?)
    switch peek {
    case "*": (least, most) = (0, nil)
    case "+": (least, most) = (1, nil)
    case "?": (least, most) = (0, 1)
    case "{": (least, most) = try bounds()
    default: return part
    }
    index += 1
    if let peek, "*+?{".unicodeScalars.contains(peek) { throw unexpected() }
    return .repeated(part, least: least, most: most)
  }

  /// Reads `{m` or `{m,n` and stops at the closing brace.
  private mutating func bounds() throws(PatternError) -> (Int, Int?) {
    let place = index
    index += 1
    let least = number()
    var most = least
    if peek == "," {
      index += 1
      most = number()
    }
    guard let least, let most, peek == "}" else {
      throw failure("{ must begin {m} or {m,n}; for the character write \\{", at: place)
    }
    guard least <= most, most <= Pattern.mostRepeats else {
      throw failure("{m,n} asks for m <= n <= \(Pattern.mostRepeats)", at: place)
    }
    return (least, most)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let digit = peek, ("0"..."9").contains(digit) {
      value = min((value ?? 0) * 10 + Int(digit.value - 48), 1_000_000)
      index += 1
    }
    return value
  }

  private mutating func atom() throws(PatternError) -> PatternTree {
    guard let next = peek else { throw unexpected() }
    switch next {
    case "(":
      guard depth < Pattern.deepest else { throw failure("groups are nested too deep") }
      depth += 1
      index += 1
      let tree = try choice()
      guard peek == ")" else { throw peek == nil ? failure("a ) is missing") : unexpected() }
      index += 1
      depth -= 1
      return tree
    case "[": return .one(try characterClass())
    case "\\": return .one(ScalarSet(ranges: try escape()))
    case ".":
      index += 1
      return .one(.any)
    case "]", "{", "}", "*", "+", "?", "^", "$", ")", "|": throw unexpected()
    default:
      index += 1
      return .one(ScalarSet(ranges: [next.value...next.value]))
    }
  }

  private mutating func escape() throws(PatternError) -> [ClosedRange<UInt32>] {
    let place = index
    index += 1
    guard let next = peek else { throw failure("there is nothing after \\", at: place) }
    index += 1
    switch next {
    case "d": return [0x30...0x39]
    case "w": return [0x41...0x5a, 0x61...0x7a, 0x30...0x39, 0x5f...0x5f]
    case "s": return [0x20...0x20, 0x09...0x0a, 0x0d...0x0d]
    case "!"..."/", ":"..."@", "["..."`", "{"..."~": return [next.value...next.value]
    default: throw failure("\\\(next) is not known", at: place)
    }
  }

  private mutating func characterClass() throws(PatternError) -> ScalarSet {
    let place = index
    var ranges: [ClosedRange<UInt32>] = []
    index += 1
    let isNegated = peek == "^"
    if isNegated { index += 1 }
    let first = index
    while let next = peek, next != "]" {
      let low = try member(isFirst: index == first)
      guard low.count == 1, low[0].count == 1, peek == "-", index + 1 < scalars.count,
        scalars[index + 1] != "]"
      else {
        ranges += low
        continue
      }
      let dash = index
      index += 1
      let high = try member(isFirst: false)
      guard high.count == 1, high[0].count == 1, low[0].lowerBound <= high[0].lowerBound else {
        throw failure("the range is not in order", at: dash)
      }
      ranges.append(low[0].lowerBound...high[0].lowerBound)
    }
    guard peek == "]" else { throw failure("the class has no ]", at: place) }
    guard index > first else { throw failure("the class is empty", at: place) }
    index += 1
    return ScalarSet(ranges: ranges, isNegated: isNegated)
  }

  private mutating func member(isFirst: Bool) throws(PatternError) -> [ClosedRange<UInt32>] {
    guard let next = peek else { throw unexpected() }
    if next == "\\" { return try escape() }
    let isLast = index + 1 < scalars.count && scalars[index + 1] == "]"
    if next == "[" || next == "^" || (next == "-" && !isFirst && !isLast) {
      throw failure("in a class write \\\(next) for the character")
    }
    index += 1
    return [next.value...next.value]
  }
}
