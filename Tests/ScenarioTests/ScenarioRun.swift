import Grants

/// One playing of a scenario.
enum ScenarioRun {
  /// When every scenario begins. Each command takes a second.
  static let start = Timestamp(seconds: 1_795_510_800)  // 2026-11-24T09:00:00Z

  /// Plays it and returns it with what came out in place of what was expected.
  ///
  /// - Parameter wanted: whether to go on after a command that came to something; nothing that
  ///   follows a surprise says much.
  static func play(
    _ scenario: Scenario, while wanted: (_ expected: Scenario.Step, Scenario.Result) -> Bool
  ) async throws -> Scenario {
    var people: [String] = []
    for step in scenario.steps {
      guard let person = step.person, !people.contains(person) else { continue }
      guard ScenarioStage.people.contains(person) else {
        throw ScenarioError(line: step.line, words: "nobody is called \(person)")
      }
      people.append(person)
    }
    let stage = try await ScenarioStage(scenario.stage ?? .empty, typing: people)
    var names = Placeholders(stage, literal: scenario.words)
    var played = scenario
    var now = start
    for (index, item) in scenario.items.enumerated() {
      switch item {
      case .remark, .stage: continue
      case .wait(let seconds, _): now = Timestamp(seconds: now.seconds + seconds)
      case .step(var step):
        let command = try names.filled(step)
        let came = try await stage.run(command, as: step.person, at: now.description)
        let text = try await names.stable(
          ScenarioStage.steady(came.text), in: step.person ?? "")
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        while lines.last == "" { lines.removeLast() }
        let result = Scenario.Result(output: lines, status: came.status)
        let goesOn = wanted(step, result)
        step.result = result
        played.items[index] = .step(step)
        if !goesOn { return played }
        now = Timestamp(seconds: now.seconds + 1)
      }
    }
    return played
  }

  /// Plays it up to the first command that comes to something else than expected.
  ///
  /// - Returns: what is different, for a person; nil if nothing is.
  static func check(_ scenario: Scenario) async throws -> String? {
    var difference: String?
    _ = try await play(scenario) { step, result in
      if step.result != result { difference = describe(step, result) }
      return difference == nil
    }
    return difference
  }

  /// Plays it, believing whatever comes out.
  static func record(_ scenario: Scenario) async throws -> Scenario {
    try await play(scenario) { _, _ in true }
  }

  /// The command, and its result as lines that stayed, went (`-`) and came (`+`).
  private static func describe(_ step: Scenario.Step, _ result: Scenario.Result) -> String {
    let (old, new) = (step.result.lines, result.lines)
    let changes = new.difference(from: old)
    var lines = old.map { " " + $0 }
    for case .remove(let offset, let line, _) in changes.removals { lines[offset] = "-" + line }
    // Insertions count places among the lines that stayed and came.
    var merged: [String] = []
    var place = 0
    var inserted = changes.insertions[...]
    func insert() {
      while case .insert(place, let line, _)? = inserted.first {
        merged.append("+" + line)
        place += 1
        inserted.removeFirst()
      }
    }
    for line in lines {
      if line.hasPrefix(" ") {
        insert()
        place += 1
      }
      merged.append(line)
    }
    insert()
    return "line \(step.line): \(step.person ?? "")$ \(step.command)\n"
      + merged.joined(separator: "\n")
  }
}
