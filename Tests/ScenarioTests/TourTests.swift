import FoundationEssentials
import Grants
import Testing

/// `docs/tour.md` is played as people would who type what it says; `make scenarios` writes down what
/// comes out now.
@Suite("The tour", .timeLimit(.minutes(5)))
struct TourTests {
  private static let page = ScenarioStage.project + "/docs/tour.md"

  private static func read() throws -> String {
    String(decoding: try #require(FileManager.default.contents(atPath: page)), as: UTF8.self)
  }

  @Test func playsAsItSays() async throws {
    let text = try Self.read()
    let (differences, played) = try await Self.play(
      try Tour(text), while: { $0.isEmpty || ScenarioTests.isRecording })
    if ScenarioTests.isRecording {
      guard played != text else { return }
      try Data(played.utf8).write(to: URL(filePath: Self.page))
      print("recorded anew: docs/tour.md")
    } else {
      for difference in differences {
        Issue.record("docs/tour.md, \(difference)\n(if that is right now: make scenarios)")
      }
    }
  }

  /// It teaches both flows and every act of a requester and a reviewer.
  @Test func showsWhatItIsFor() throws {
    let commands = try Tour(Self.read()).steps.map(\.command)
    for words in [
      "daypass whoami", "daypass roles", "daypass request", "--wait", "daypass sync",
      "--reviewable", "daypass approve", "--follow", "daypass reject", "daypass withdraw",
      "daypass revoke", "--branch", "daypass check --land", "daypass land", "daypass verify",
    ] {
      #expect(commands.contains { $0.contains(words) }, "the tour shows no \(words)")
    }
  }

  @Test(arguments: [
    ("\none\n", "\ntwo\n", "-two\n+one"), ("echo one\n", "echo one; false\n", "ended with 1"),
    (
      "\n20260101T000000Z-b2345678\n", "\n20260101T000000Z-a2345678\n", "+20260101T000000Z-b2345678"
    ),
  ])
  func anythingElseIsNoticed(old: String, new: String, words: String) async throws {
    let right = """
      ```sh alice
      $ echo one
      one
      ```
      ```sh bob
      $ echo 20260101T000000Z-b"2345678" 20260101T000000Z-a"2345678"
      20260101T000000Z-b2345678 20260101T000000Z-a2345678
      $ echo 20260101T000000Z-b"2345678"
      20260101T000000Z-b2345678
      ```
      """
    #expect(try await Self.play(try Tour(right), while: \.isEmpty).differences == [])
    let wrong = right.replacing(old, with: new)
    try #require(wrong != right)
    let differences = try await Self.play(try Tour(wrong), while: \.isEmpty).differences
    #expect(differences.joined().contains(words), "\(differences)")
  }

  // MARK: Playing

  /// A command that others act beside.
  private struct Waiting {
    let step: Tour.Step
    let file: String
    let end: Task<Int32, any Error>
  }

  /// - Returns: what was different, and the page as it should read.
  private static func play(
    _ tour: Tour, while wanted: ([String]) -> Bool
  ) async throws -> (differences: [String], page: String) {
    let stage = try await ScenarioStage(.team, typing: Array(Set(tour.steps.map(\.person))))
    var names = TourNames()
    var differences: [String] = []
    var outputs: [(Range<Int>, [String])] = []
    var waiting: [Waiting] = []
    var now = ScenarioRun.start
    func judge(_ step: Tour.Step, _ text: String, _ status: Int32) {
      var came = ScenarioStage.steady(text)
      while came.hasSuffix("\n") { came.removeLast() }
      let place = "line \(step.output.lowerBound): \(step.person)$ \(step.command)\n"
      if status != 0 { differences.append("\(place)ended with \(status)\n\(came)") }
      guard !step.output.isEmpty else { return }
      names.learn(tour.output(of: step), from: came)
      let expected = names.filled(tour.output(of: step))
      outputs.append((step.output, lines(names.told(came))))
      if expected != came {
        differences.append(place + difference(from: lines(expected), to: lines(came)))
      }
    }
    func finish(_ ended: (Waiting) -> Bool) async throws {
      for one in waiting where ended(one) {
        let status = try await one.end.value
        judge(one.step, stage.sandbox.read(one.file) ?? "", status)
      }
      waiting.removeAll(where: ended)
    }
    for step in tour.steps where wanted(differences) {
      // Nobody types while their own command still waits.
      try await finish { $0.step.person == step.person }
      let command = names.filled(step.command)
      let moment = now.description
      now = now + TimeSpan(seconds: 1)
      guard step.isWaiting else {
        let came = try await stage.run(command, as: step.person, at: moment)
        judge(step, came.text, came.status)
        continue
      }
      let file = "waiting-\(step.output.lowerBound)"
      let path = stage.sandbox.path(file)
      let end = Task {
        try await stage.run("{ \(command)\n} > \(path) 2>&1", as: step.person, at: moment).status
      }
      waiting.append(Waiting(step: step, file: file, end: end))
      for _ in 1...300 where !isUnderWay(stage.sandbox.read(file) ?? "", command) {
        try await Task.sleep(for: .milliseconds(100))
      }
      names.learn(tour.output(of: step), from: stage.sandbox.read(file) ?? "")
    }
    if wanted(differences) { try await finish { _ in true } }
    for one in waiting { one.end.cancel() }
    var page = tour.lines
    for (range, came) in outputs.sorted(by: { $0.0.lowerBound > $1.0.lowerBound }) {
      page.replaceSubrange(range, with: came)
    }
    return (differences, page.joined(separator: "\n"))
  }

  /// Whether it has said all that it says before others act.
  private static func isUnderWay(_ text: String, _ command: String) -> Bool {
    command.contains(" --wait") ? text.contains("\nwaiting for ") : text.hasSuffix("\n")
  }

  private static func lines(_ text: String) -> [String] {
    text.isEmpty
      ? [] : text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  private static func difference(from old: [String], to new: [String]) -> String {
    new.difference(from: old).map {
      switch $0 {
      case .remove(_, let line, _): "-" + line
      case .insert(_, let line, _): "+" + line
      }
    }.joined(separator: "\n")
  }
}
