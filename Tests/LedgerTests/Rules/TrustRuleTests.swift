import FoundationEssentials
import Grants
import History
import Ledger
import TestSupport
import Testing

/// One test for each rule, named after it: what the rule refuses, by that rule and no other, beside
/// a twin that passes.
@Suite struct TrustRuleTests {
  let t = Stage.t
  var soon: Timestamp { t + .minutes(5) }

  /// A replay refuses something by that rule alone, once.
  func expect(
    _ rule: TrustRule, refuses head: ObjectID, in world: World, at now: Timestamp,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let incidents = try world.replay(head, at: now).events.incidents
    #expect(
      incidents.map(\.rule) == [rule], "\(incidents.map(\.sentence))",
      sourceLocation: sourceLocation)
    for incident in incidents {
      #expect(!incident.sentence.isEmpty, sourceLocation: sourceLocation)
    }
  }

  /// A replay refuses nothing and finds nothing disputed.
  func expectPasses(
    _ head: ObjectID, in world: World, at now: Timestamp,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let (replay, events) = try world.replay(head, at: now)
    #expect(events.incidents == [], sourceLocation: sourceLocation)
    #expect(replay.disputes == [], sourceLocation: sourceLocation)
  }

  /// The files beside this one hold a test function for each case.
  @Test func everyRuleHasATestOfItsName() throws {
    let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false)
      .dropLast().joined(separator: "/")
    let text = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".swift") }
      .compactMap { FileManager.default.contents(atPath: "\(folder)/\($0)") }
      .map { String(decoding: $0, as: UTF8.self) }
      .joined()
    for rule in TrustRule.allCases {
      let needle = "@Test func \(rule)("
      #expect(text.ranges(of: needle).count == 1, "\(needle)")
    }
  }
}
