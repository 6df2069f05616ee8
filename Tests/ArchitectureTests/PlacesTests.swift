import Foundation
import Grants
import Ledger
import Testing

/// Where is rule X, where is step Y: each has its file, and each rule its anchor.
@Suite struct PlacesTests {
  /// `KnownKey` for `knownKey`.
  private static func fileName(_ name: String) -> String {
    name.prefix(1).uppercased() + name.dropFirst()
  }

  @Test(arguments: TrustRule.allCases)
  func everyRuleHasItsFileAndItsAnchor(rule: TrustRule) throws {
    let path = "Sources/Ledger/Rules/\(Self.fileName("\(rule)")).swift"
    #expect(Repository.exists(path), "rule \(rule.rawValue) has no \(path)")
    let anchor = "<a id=\"rule-\(rule.rawValue)\"></a>"
    let page = try Repository.text("docs/threat-model.md")
    let count = page.components(separatedBy: anchor).count - 1
    #expect(count == 1, "docs/threat-model.md has \(count) times \(anchor)")
  }

  @Test func everyFileOfARuleIsARules() throws {
    let known = Set(TrustRule.allCases.map { Self.fileName("\($0)") } + ["TrustRule"])
    for file in try Repository.swiftFiles(below: "Sources/Ledger/Rules") {
      let name = file.path.split(separator: "/").last?.dropLast(".swift".count) ?? ""
      #expect(known.contains(String(name)), "\(file) belongs to no rule")
    }
  }

  @Test func everyAnchorIsARules() throws {
    let known = Set(TrustRule.allCases.map(\.rawValue))
    let page = try Repository.text("docs/threat-model.md")
    for part in page.components(separatedBy: "<a id=\"rule-").dropFirst() {
      let name = String(part.prefix { $0 != "\"" })
      #expect(known.contains(name), "docs/threat-model.md has an anchor for \(name), no rule")
    }
  }

  @Test(arguments: Transition.Kind.allCases)
  func everyStepHasItsFile(kind: Transition.Kind) {
    let path = "Sources/Grants/Transitions/\(Self.fileName(kind.rawValue)).swift"
    #expect(Repository.exists(path), "step \(kind.rawValue) has no \(path)")
  }
}
