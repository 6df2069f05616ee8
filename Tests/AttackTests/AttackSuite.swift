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

  @Test("Surroundings", arguments: Attack.surroundings)
  func surroundings(_ attack: Attack) async throws { try await attack.attempt() }

  @Test("No two attacks share a name")
  func names() {
    let names = Attack.all.map(\.name)
    #expect(Set(names).count == names.count)
  }
}
