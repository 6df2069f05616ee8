import Foundation
import Signatures
import TestSupport
import Testing

@Suite("Attacks on signatures")
struct AttackTests {
  @Test("Refused for its own reason", arguments: Attack.all)
  func refused(attack: Attack) throws {
    let armor = attack.armor()
    #expect(refusal(armor, payload: attack.payload) == attack.reason)
    // Keeps the table honest about where ssh-keygen is laxer, and the forgeries real.
    if let fools = attack.fools {
      #expect(try Scratch().keygenAccepts(armor, payload: attack.payload) == fools)
    }
  }

  @Test("Every reason has an attack")
  func complete() {
    // A library that fails cannot be had on demand.
    let expected = Set(SignatureError.Reason.allCases).subtracting([.libraryFailure])
    #expect(Set(Attack.all.map(\.reason)) == expected)
    #expect(Set(Attack.all.map(\.description)).count == Attack.all.count)
  }

  @Test("A sentence shows nothing that could steer a terminal")
  func sentences() throws {
    let hostile = Forgery.ed25519.with {
      $0.type = "ssh-\u{1B}[2J\n" + String(repeating: "x", count: 100)
    }
    do {
      _ = try SSHSignature.verify(
        armor: hostile.armor, payload: hostile.payload, namespace: "git")
      Issue.record("accepted")
    } catch {
      #expect(error.sentence.allSatisfy { $0.isASCII && !$0.isNewline })
      #expect(!error.sentence.contains("\u{1B}"))
      #expect(error.sentence.utf8.count < 130)
    }
  }

  static let quick = [Forgery.ed25519, .p256, .rsa, .skEd25519, .skP256]

  @Test("No truncation of the blob verifies", arguments: Forgery.all)
  func truncatedBlob(forgery: Forgery) {
    let blob = forgery.blob
    for count in blob.indices {
      #expect(refusal(Forgery.armor(Array(blob[..<count])), payload: forgery.payload) != nil)
    }
  }

  @Test("No truncation of the armor verifies, but for the last newline", arguments: Forgery.all)
  func truncatedArmor(forgery: Forgery) {
    let armor = forgery.armor
    for count in 0..<(armor.count - 1) {
      #expect(refusal(Array(armor[..<count]), payload: forgery.payload) != nil)
    }
  }

  @Test("No flipped bit of the blob verifies", arguments: quick)
  func flippedBits(forgery: Forgery) {
    let blob = forgery.blob
    var survivors: [Int] = []
    for bit in 0..<(blob.count * 8) {
      var changed = blob
      changed[bit / 8] ^= 1 << (bit % 8)
      if refusal(Forgery.armor(changed), payload: forgery.payload) == nil { survivors.append(bit) }
    }
    #expect(survivors.isEmpty)
  }

  @Test("No flipped bit of the armor verifies")
  func flippedArmorBits() {
    let armor = Forgery.ed25519.armor
    var survivors: [Int] = []
    for bit in 0..<(armor.count * 8) {
      var changed = armor
      changed[bit / 8] ^= 1 << (bit % 8)
      if refusal(changed, payload: Forgery.ed25519.payload) == nil { survivors.append(bit) }
    }
    #expect(survivors.isEmpty)
  }

  @Test("A removed or doubled byte of the blob never verifies", arguments: quick)
  func shiftedBytes(forgery: Forgery) {
    let blob = forgery.blob
    for index in blob.indices {
      var shorter = blob
      shorter.remove(at: index)
      var longer = blob
      longer.insert(blob[index], at: index)
      #expect(refusal(Forgery.armor(shorter), payload: forgery.payload) != nil)
      #expect(refusal(Forgery.armor(longer), payload: forgery.payload) != nil)
    }
  }
}
