extension Pattern {
  /// One state of the automaton.
  enum State: Sendable, Hashable {
    /// Takes one scalar of the set, then goes on.
    case take(ScalarSet, next: Int)
    /// Goes on in both ways at once.
    case fork(Int, Int)
    case accept
  }

  /// Whether the pattern matches the whole text.
  ///
  /// All states that the text so far can have led to are followed at once (Thompson's
  /// construction), each of them once for each scalar.
  package func matches(_ text: String) -> Bool {
    var marks = [Int](repeating: -1, count: states.count)
    var (current, next, waiting): ([Int], [Int], [Int]) = ([], [], [])
    var step = 0
    follow(start, into: &current, by: &waiting, marks: &marks, step: step)
    for scalar in text.unicodeScalars {
      step += 1
      next.removeAll(keepingCapacity: true)
      for state in current {
        if case .take(let set, let target) = states[state], set.contains(scalar) {
          follow(target, into: &next, by: &waiting, marks: &marks, step: step)
        }
      }
      if next.isEmpty { return false }
      swap(&current, &next)
    }
    return current.contains { states[$0] == .accept }
  }

  /// Adds the state, or the states its forks lead to; those already marked in this step are there.
  ///
  /// - Parameter waiting: empty before and after.
  private func follow(
    _ state: Int, into list: inout [Int], by waiting: inout [Int], marks: inout [Int], step: Int
  ) {
    waiting.append(state)
    while let state = waiting.popLast() {
      guard marks[state] != step else { continue }
      marks[state] = step
      if case .fork(let left, let right) = states[state] {
        waiting.append(right)
        waiting.append(left)
      } else {
        list.append(state)
      }
    }
  }
}

/// Makes an automaton of a pattern, from its end to its start.
struct PatternCompiler {
  private(set) var states: [Pattern.State] = [.accept]
  let accept = 0

  /// - Returns: the state that begins the tree and leads to `next`.
  mutating func compile(_ tree: PatternTree, then next: Int) -> Int {
    switch tree {
    case .one(let set): return add(.take(set, next: next))
    case .sequence(let parts):
      return parts.reversed().reduce(next) { compile($1, then: $0) }
    case .choice(let parts):
      let starts = parts.map { compile($0, then: next) }
      return starts.dropLast().reversed().reduce(starts[starts.count - 1]) {
        add(.fork($1, $0))
      }
    case .repeated(let part, let least, let most):
      var start = next
      if let most {
        for _ in least..<most { start = add(.fork(compile(part, then: start), next)) }
      } else {
        // The loop needs its own number before its body is known.
        let loop = add(.accept)
        states[loop] = .fork(compile(part, then: loop), next)
        start = loop
      }
      for _ in 0..<least { start = compile(part, then: start) }
      return start
    }
  }

  private mutating func add(_ state: Pattern.State) -> Int {
    states.append(state)
    return states.count - 1
  }
}
