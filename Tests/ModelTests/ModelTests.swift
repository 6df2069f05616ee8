import Foundation
import History
import Ledger
import TestSupport
import Testing

/// Two verifiers that share no code, asked about the same histories: this program, and the model in
/// Python that was written from docs/format.md alone (Tests/Model).
@Suite struct ModelTests {
  /// How many heads are judged by both; `DAYPASS_MODEL_HISTORIES` asks for more.
  private static let wanted =
    ProcessInfo.processInfo.environment["DAYPASS_MODEL_HISTORIES"].flatMap(UInt64.init) ?? 240
  /// The first seed; `DAYPASS_MODEL_SEED` begins elsewhere.
  private static let first =
    ProcessInfo.processInfo.environment["DAYPASS_MODEL_SEED"].flatMap(UInt64.init) ?? 1
  private static let headsOfOne: UInt64 = 20
  /// Seeds about which the two once disagreed: a grant disputed at two of its places.
  private static let kept: [UInt64] = [9_048]

  @Test func theModelSaysTheSame() async throws {
    let seeds =
      Array(Self.first..<(Self.first + (Self.wanted + Self.headsOfOne - 1) / Self.headsOfOne))
      + Self.kept
    let told = try await withThrowingTaskGroup { group in
      for seed in seeds { group.addTask { try Questions(seed: seed, heads: Self.headsOfOne) } }
      return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.seed < $1.seed }
    }
    let answers = try await ask(told.map(\.lines).joined())
    if let kept = ProcessInfo.processInfo.environment["DAYPASS_MODEL_KEEP"] {
      try told.flatMap(\.answers).map { "\($0.place)\t\(Self.text($0.said))\n" }.joined()
        .write(toFile: kept + ".answers", atomically: true, encoding: .utf8)
    }
    let expected = told.flatMap(\.answers)
    try #require(answers.count == expected.count)
    for ((place, swift), model) in zip(expected, answers) {
      for key in swift.allKeys.compactMap({ $0 as? String }).sorted() {
        var (ours, theirs) = (swift[key] as? NSObject, model[key] as? NSObject)
        if ours != theirs {
          if let (mine, its) = (ours, theirs) as? ([NSObject], [NSObject]) {
            // Only what the other does not say.
            ours = mine.filter { !its.contains($0) } as NSObject
            theirs = its.filter { !mine.contains($0) } as NSObject
          }
          Issue.record("\(place), \(key): \(Self.text(ours)), the model says \(Self.text(theirs))")
        }
      }
    }
    #expect(Set(expected.map { $0.1["shown"] as? String }).count > expected.count / 8)
  }

  private static func text(_ value: NSObject?) -> String {
    guard let value,
      let data = try? JSONSerialization.data(
        withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys])
    else { return "nothing" }
    return String(decoding: data, as: UTF8.self)
  }

  /// What the model says to each line.
  private func ask(_ lines: some Sequence<String>) async throws -> [NSDictionary] {
    let sandbox = try Sandbox()
    let text = lines.joined(separator: "\n") + "\n"
    try sandbox.write("questions", text)
    if let kept = ProcessInfo.processInfo.environment["DAYPASS_MODEL_KEEP"] {
      try text.write(toFile: kept, atomically: true, encoding: .utf8)
    }
    let program = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Model/model.py").path
    let result = try await sandbox.run(
      ["sh", "-c", "/usr/bin/python3 -B \"$0\" < questions > answers", program])
    try #require(result.succeeded, "\(result.errorText)")
    return try (sandbox.read("answers") ?? "").split(separator: "\n").map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? NSDictionary)
    }
  }
}
