import Foundation
import GitStore
import Ledger
import TestSupport
import Testing

/// Two verifiers that share no code, asked about the same histories: this program, and the model in
/// Python that was written from docs/format.md alone (Tests/Model).
///
/// The histories are made by `daypass-model`, optimised: `make model-binary` builds it.
@Suite(.serialized) struct ModelTests {
  /// How many histories are judged by both; `DAYPASS_MODEL_HISTORIES` asks for others.
  private static let wanted =
    ProcessInfo.processInfo.environment["DAYPASS_MODEL_HISTORIES"].flatMap(Int.init) ?? 2_000
  /// The first seed; `DAYPASS_MODEL_SEED` begins elsewhere.
  private static let first =
    ProcessInfo.processInfo.environment["DAYPASS_MODEL_SEED"].flatMap(Int.init) ?? 1
  private static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    .dropLast(3).joined(separator: "/")
  private static let model = root + "/Tests/Model"
  private static let binary = ReleaseBuild.path(of: "daypass-model")
  /// Rules that no head's replay can show: those of the root, of a checkpoint, and of sizes.
  private static let unseen: Set<TrustRule> = [
    .trustedRoot, .rollback, .oneMainline, .wholeHistory, .unitLimit,
  ]

  /// A line of compare.py: a head they differ about, or what was asked.
  private struct Line: Decodable {
    var place: String?
    var histories: Int?
    var heads: Int?
    var differences: Int?
    var seen: [String: Int]?
  }

  @Test func theModelSaysTheSame() async throws {
    let lines = try await run([Self.model + "/compare.sh", "\(Self.first)", "\(Self.wanted)"])
    #expect(lines.compactMap(\.histories).reduce(0, +) == Self.wanted)
    #expect(lines.compactMap(\.heads).reduce(0, +) >= Self.wanted)
    let seen = lines.compactMap(\.seen).reduce(into: [String: Int]()) { all, some in
      all.merge(some, uniquingKeysWith: +)
    }
    guard Self.wanted >= 1_000 else { return }
    // What no history shows, nobody has compared.
    let steps = [
      "request", "approve", "activate", "amend", "withdraw", "reject", "revoke", "retract", "lapse",
      "expire", "disqualify",
    ].map { "step \($0)" }
    let rules = TrustRule.allCases.filter { !Self.unseen.contains($0) && $0 != .pin }
    for what in rules.map(\.rawValue) + steps + ["pin", "policy adopted"] {
      #expect(seen[what, default: 0] > 0, "no history shows \(what)")
    }
    let stopped = seen["stopped one-mainline", default: 0]
    #expect(stopped > 0 && stopped < Self.wanted / 5)
  }

  /// Each is a history about which the two once differed.
  @Test func whatWasKeptIsJudgedAlike() async throws {
    let folder = Self.model + "/kept"
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    #expect(files.count >= 4)
    let lines = try await run(
      [
        "bash", "-c", "\(Self.binary) kept \"$@\" | /usr/bin/python3 -B \(Self.model)/compare.py",
        "-",
      ]
        + files.map { "\(folder)/\($0)" })
    #expect(lines.last?.histories == files.count)
  }

  /// The comparison can fail: faults planted in the model are noticed.
  @Test(arguments: [
    "actor, of a duty", "key-validity, when landed", "closed-final", "adminQuorum",
    "a pin's bound (22.2)", "endings wait, too (15a.1a)",
  ])
  func aFaultInTheModelIsNoticed(name: String) async throws {
    let pipe = "\(Self.binary) 1 60 | /usr/bin/python3 -B \(Self.model)/compare.py \"$0\""
    let lines = try await run(["bash", "-c", pipe, name], differing: true)
    #expect(lines.last?.differences == 1)
  }

  /// Every fault of faults.py fits the model as it is now.
  @Test func everyFaultCanBePlanted() async throws {
    let sandbox = try Sandbox()
    let result = try await sandbox.run(["/usr/bin/python3", "-B", Self.model + "/faults.py"])
    #expect(result.succeeded, "\(result.errorText)")
  }

  /// The lines that the command prints; each difference is an issue unless it is looked for.
  private func run(_ words: [String], differing: Bool = false) async throws -> [Line] {
    try #require(
      FileManager.default.isExecutableFile(atPath: Self.binary),
      "make model-binary builds \(Self.binary)")
    let sandbox = try Sandbox()
    // As long as it takes: as many histories as wished, on whatever machine.
    let result = try await ProgramRunner(sandbox.environment).run(words, timeout: nil)
    // Who ends at the first difference leaves the other one writing to nobody.
    if !differing { try #require(result.succeeded, "\(result.errorText)") }
    let lines = result.text.split(separator: "\n")
    return try lines.map { line in
      let read = try JSONDecoder().decode(Line.self, from: Data(line.utf8))
      if read.place != nil, !differing { Issue.record("they differ: \(line)") }
      return read
    }
  }
}
