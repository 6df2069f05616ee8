/// A session at the terminal, as a text file holds it: what people typed and what they saw.
///
///     stage: team
///
///     # A comment, or nothing: kept as it is.
///     alice$ daypass request db-read --why "trace an order"
///     what it printed, both outputs together
///     ? 4
///
///     @ +5m
///
/// `alice$` types in alice's clone, `$` beside all clones; a line that ends in a backslash goes on.
/// `? 4` after the output is an exit code other than 0. `@ +5m` lets time pass. A line of output
/// that would be read as one of these has a backslash before it. Blank lines at the end of an
/// output are layout. What differs from run to run stands as `[ID1]` or `[COMMIT2]` (see
/// ``Placeholders``) and may be typed so too.
struct Scenario: Equatable {
  var items: [Item]

  enum Item: Equatable {
    /// A comment, or a blank line.
    case remark(String)
    case stage(ScenarioStage.Kind)
    /// Seconds that pass.
    case wait(Int64, spelling: String)
    case step(Step)
  }

  /// One command.
  struct Step: Equatable {
    /// In the file, from 1.
    var line: Int
    /// Who types; nil is nobody in particular.
    var person: String?
    /// For the shell, as written.
    var command: String
    var result: Result
  }

  /// What a command came to, with placeholders in place of what differs.
  struct Result: Equatable {
    var output: [String] = []
    var status: Int32 = 0
  }

  var steps: [Step] {
    items.compactMap { if case .step(let step) = $0 { step } else { nil } }
  }

  /// What its writer wrote, whatever comes out: commands and remarks.
  var words: String {
    items.map {
      switch $0 {
      case .step(let step): step.command
      case .remark(let line), .wait(_, let line): line
      case .stage: ""
      }
    }.joined(separator: "\n")
  }

  var stage: ScenarioStage.Kind? {
    items.lazy.compactMap { if case .stage(let kind) = $0 { kind } else { nil } }.first
  }
}

/// The file makes no sense.
struct ScenarioError: Error, Equatable, CustomStringConvertible {
  let line: Int
  let words: String

  var description: String { "line \(line): \(words)" }
}

// MARK: Reading

extension Scenario {
  /// - Throws: ``ScenarioError``.
  init(_ text: String) throws(ScenarioError) {
    items = []
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    var index = 0
    while index < lines.count {
      let line = lines[index]
      index += 1
      if line.isEmpty || line.hasPrefix("#") {
        items.append(.remark(line))
      } else if line.hasPrefix("@ ") {
        items.append(.wait(try Self.seconds(line, index), spelling: line))
      } else if line.hasPrefix("stage: ") {
        guard stage == nil, steps.isEmpty,
          let kind = ScenarioStage.Kind(rawValue: String(line.dropFirst(7)))
        else { throw ScenarioError(line: index, words: "no such stage, or not the first") }
        items.append(.stage(kind))
      } else if let (person, start) = Self.prompt(line) {
        var step = Step(line: index, person: person, command: start, result: Result())
        while step.command.hasSuffix("\\"), index < lines.count {
          step.command += "\n" + lines[index]
          index += 1
        }
        step.result = try Self.result(lines, &index)
        items.append(.step(step))
      } else {
        throw ScenarioError(line: index, words: "belongs to no command: \(line)")
      }
    }
    guard stage != nil else { throw ScenarioError(line: 1, words: "no line says stage:") }
    guard !steps.isEmpty else { throw ScenarioError(line: 1, words: "nobody types anything") }
  }

  /// Everything up to the next command, remark or wait; `index` is then there.
  private static func result(
    _ lines: [String], _ index: inout Int
  ) throws(ScenarioError) -> Result {
    var result = Result()
    while index < lines.count {
      let line = lines[index]
      if line.hasPrefix("? ") {
        guard let status = Int32(line.dropFirst(2)), status != 0 else {
          throw ScenarioError(line: index + 1, words: "no exit code other than 0: \(line)")
        }
        result.status = status
        index += 1
        break
      }
      if isMark(line) && !line.hasPrefix("\\") { break }
      result.output.append(line.hasPrefix("\\") ? String(line.dropFirst()) : line)
      index += 1
    }
    while result.output.last == "" {
      result.output.removeLast()
      if result.status == 0 { index -= 1 }
    }
    return result
  }

  /// `alice$ date`.
  private static func prompt(_ line: String) -> (person: String?, command: String)? {
    guard let match = line.wholeMatch(of: /([a-z]*)\$ (.*)/) else { return nil }
    return (match.1.isEmpty ? nil : String(match.1), String(match.2))
  }

  /// `@ +1h30m`.
  private static func seconds(_ line: String, _ number: Int) throws(ScenarioError) -> Int64 {
    guard line.wholeMatch(of: /@ \+([0-9]+[smhd])+/) != nil else {
      throw ScenarioError(line: number, words: "no span of time, such as @ +1h30m: \(line)")
    }
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
    return line.matches(of: /([0-9]+)([smhd])/).reduce(0) { sum, match in
      sum + (Int64(match.1) ?? 0) * (match.2.first.flatMap { units[$0] } ?? 0)
    }
  }

  /// Whether the line, as output, would be read as something else.
  private static func isMark(_ line: String) -> Bool {
    ["#", "@ ", "? ", "stage: ", "\\"].contains { line.hasPrefix($0) } || prompt(line) != nil
  }
}

// MARK: Writing

extension Scenario {
  var text: String {
    var lines: [String] = []
    for item in items {
      switch item {
      case .remark(let line), .wait(_, let line): lines.append(line)
      case .stage(let kind): lines.append("stage: \(kind.rawValue)")
      case .step(let step):
        lines.append("\(step.person ?? "")$ \(step.command)")
        lines += step.result.lines
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension Scenario.Result {
  /// As the file has it.
  var lines: [String] {
    output.map { Scenario.escaped($0) } + (status == 0 ? [] : ["? \(status)"])
  }
}

extension Scenario {
  fileprivate static func escaped(_ line: String) -> String { isMark(line) ? "\\" + line : line }
}
