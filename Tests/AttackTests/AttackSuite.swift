import Foundation
import Ledger
import Testing

/// Every attack on every verifier. README.md beside this file says which attack is where.
@Suite("Attacks") struct AttackSuite {
  @Test("Consent", arguments: Attack.consent)
  func consent(_ attack: Attack) async throws { try await attack.attempt() }

  @Test("History", arguments: Attack.history)
  func history(_ attack: Attack) async throws { try await attack.attempt() }

  @Test("Signature", arguments: Attack.signature)
  func signature(_ attack: Attack) async throws { try await attack.attempt() }

  @Test("Trees and files", arguments: Attack.trees)
  func trees(_ attack: Attack) async throws { try await attack.attempt() }

  @Test("Store", arguments: Attack.store)
  func store(_ attack: Attack) async throws { try await attack.attempt() }

  @Test("Surroundings", arguments: Attack.surroundings)
  func surroundings(_ attack: Attack) async throws { try await attack.attempt() }

  @Test("An attack that gets through is noticed, by the Ledger and by the binary")
  func itCanFail() async throws {
    let attack = try #require(Attack.all.first { $0.name == "no attack: ssh-ed25519 by hand" })
    var scene = try attack.make()
    let finding = try LedgerTrial.find(scene, from: Checkpoint?.none)
    scene.accepted = []
    for wrong in [Expectation.only(disputed: false), .stops(.rollback)] {
      #expect(finding.expectation != wrong)
      await withKnownIssue {
        try await BinaryTrial(scene).expect(cold: Finding(expectation: wrong))
      }
    }
  }

  @Test("No two attacks share a name")
  func names() {
    let names = Attack.all.map(\.name)
    #expect(Set(names).count == names.count)
  }

  @Test("README.md names every attack")
  func readme() throws {
    let text = try Self.text("Tests/AttackTests/README.md")
    for attack in Attack.all where !attack.name.hasPrefix("no attack: ") {
      #expect(text.contains("\"\(attack.name)\""))
    }
  }

  @Test(
    "What README.md and the threat model name in the last column of a table is an attack",
    arguments: ["Tests/AttackTests/README.md", "docs/threat-model.md"])
  func named(_ page: String) throws {
    let known = Set(Attack.all.map(\.name))
    var found = 0
    for line in try Self.text(page).split(separator: "\n") where line.hasPrefix("|") {
      let cell = line.split(separator: "|").last { !$0.allSatisfy(\.isWhitespace) } ?? ""
      for match in cell.matches(of: /"([^"]+)"/) {
        found += 1
        #expect(known.contains(String(match.output.1)), "\(page) names \(match.output.0)")
      }
    }
    #expect(found > 80)
  }

  /// - Parameter path: from the top of the package.
  private static func text(_ path: String) throws -> String {
    let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
    let file = folder.joined(separator: "/") + "/" + path
    return String(
      decoding: try #require(FileManager.default.contents(atPath: file)), as: UTF8.self)
  }
}
