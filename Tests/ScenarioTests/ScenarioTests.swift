import FoundationEssentials
import GitStore
import Testing

@testable import daypass

/// Each file in `Scenarios` is played; `make scenarios` writes down what comes out now.
@Suite("Scenarios")
struct ScenarioTests {
  static let folder = ScenarioStage.project + "/Tests/ScenarioTests/Scenarios"

  static let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
    .filter { $0.hasSuffix(".txt") }.sorted()

  static let isRecording = ProcessEnvironment.current["DAYPASS_RECORD"] == "1"

  static func read(_ file: String) throws -> String {
    let bytes = FileManager.default.contents(atPath: folder + "/" + file) ?? Data()
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test(arguments: files) func plays(file: String) async throws {
    let text = try Self.read(file)
    let scenario = try Scenario(text)
    if Self.isRecording {
      let recorded = try await ScenarioRun.record(scenario).text
      guard recorded != text else { return }
      try Data(recorded.utf8).write(to: URL(filePath: Self.folder + "/" + file))
      print("recorded anew: \(file)")
    } else if let difference = try await ScenarioRun.check(scenario) {
      Issue.record("\(file), \(difference)\n(if that is right now: make scenarios)")
    }
  }

  /// A command that no scenario shows is one whose words nobody reads.
  @Test(arguments: CommandTable.groups.flatMap(\.subcommands).map { $0._commandName })
  func everyCommandIsShown(command: String) throws {
    let shown = try Self.files.contains { file in
      try Scenario(Self.read(file)).steps.contains {
        $0.command.contains("daypass \(command) ") || $0.command.hasSuffix("daypass \(command)")
      }
    }
    #expect(shown, "no scenario types daypass \(command)")
  }
}
