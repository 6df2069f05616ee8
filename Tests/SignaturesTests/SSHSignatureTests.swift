import Foundation
import Signatures
import TestSupport
import Testing

@Suite("Good signatures")
struct SSHSignatureTests {
  struct Sort: Sendable, CustomStringConvertible {
    let type: KeyType
    let arguments: [String]
    var description: String { arguments.joined(separator: " ") }
  }

  static let sorts = [
    Sort(type: .ed25519, arguments: ["-t", "ed25519"]),
    Sort(type: .ecdsa256, arguments: ["-t", "ecdsa", "-b", "256"]),
    Sort(type: .ecdsa384, arguments: ["-t", "ecdsa", "-b", "384"]),
    Sort(type: .ecdsa521, arguments: ["-t", "ecdsa", "-b", "521"]),
    Sort(type: .rsa, arguments: ["-t", "rsa", "-b", "2048"]),
    Sort(type: .rsa, arguments: ["-t", "rsa", "-b", "3072"]),
    Sort(type: .rsa, arguments: ["-t", "rsa", "-b", "4096"]),
  ]

  @Test("What ssh-keygen signs verifies, and only that", arguments: sorts)
  func keygen(sort: Sort) throws {
    let scratch = try Scratch()
    try scratch.makeKey("key", sort.arguments)
    let payload = Array("tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n".utf8)
    let armor = try scratch.sign(payload, key: "key")

    let verified = try SSHSignature.verify(armor: armor, payload: payload, namespace: "git")
    let fields = String(decoding: try scratch.read("key.pub"), as: UTF8.self).split(separator: " ")
    #expect(verified.key == (try PublicKey(base64: fields[1])))
    #expect(verified.key.type == sort.type)
    #expect(!verified.userPresent && !verified.userVerified)
    let listed = try scratch.run("ssh-keygen", ["-l", "-f", "key.pub"])
    #expect(
      String(decoding: listed, as: UTF8.self).split(separator: " ")[1]
        == verified.key.fingerprint)

    #expect(refusal(armor, payload: payload + [0]) == .badSignature)
    #expect(refusal(armor, payload: []) == .badSignature)
    #expect(refusal(armor, payload: payload, namespace: "file") == .wrongNamespace)
    #expect(refusal(armor, payload: payload, namespace: "") == .wrongNamespace)
    // Many signatures, for numbers of every length with and without a leading zero.
    if sort.type != .rsa {
      for number in 0..<20 {
        let payload = Array("payload \(number)".utf8)
        let armor = try scratch.sign(payload, key: "key")
        #expect(refusal(armor, payload: payload) == nil)
      }
    }
  }

  @Test("What `git commit -S` writes verifies")
  func gitCommit() throws {
    let scratch = try Scratch()
    try scratch.makeKey("key", ["-t", "ed25519"])
    try scratch.run("git", ["init", "-q"])
    try scratch.run(
      "git",
      [
        "-c", "gpg.format=ssh", "-c", "user.signingkey=\(scratch.path("key"))",
        "-c", "user.name=Alice", "-c", "user.email=alice@example",
        "commit", "-q", "-S", "--allow-empty", "-m", "A request\n\nwith a body",
      ])
    let commit = String(
      decoding: try scratch.run("git", ["cat-file", "commit", "HEAD"]), as: UTF8.self)
    let start = try #require(commit.range(of: "gpgsig "))
    let last = try #require(commit.range(of: " -----END SSH SIGNATURE-----\n"))
    let armor = commit[start.upperBound..<last.upperBound].replacingOccurrences(
      of: "\n ", with: "\n")
    let payload = String(commit[..<start.lowerBound] + commit[last.upperBound...])

    let verified = try SSHSignature.verify(
      armor: Array(armor.utf8), payload: Array(payload.utf8), namespace: "git")
    #expect(verified.key.type == .ed25519)
    // The Ledger unfolds the header with its newline or without it.
    #expect(refusal(Array(armor.utf8.dropLast()), payload: Array(payload.utf8)) == nil)
    #expect(refusal(Array(armor.utf8), payload: Array(payload.utf8) + [10]) == .badSignature)
  }

  @Test("Hand-made signatures verify here and with ssh-keygen", arguments: Forgery.all)
  func handMade(forgery: Forgery) throws {
    let scratch = try Scratch()
    for hash in ["sha256", "sha512"] {
      for payload in [[], Array("x".utf8), [UInt8](repeating: 0, count: 100_000)] {
        let good = forgery.with {
          $0.hash = hash
          $0.payload = payload
        }
        let verified = try SSHSignature.verify(
          armor: good.armor, payload: payload, namespace: "git")
        #expect(verified.key.blob == good.keyBlob)
        #expect(verified.userPresent == forgery.isHardware)
        #expect(!verified.userVerified)
        #expect(try scratch.keygenAccepts(good.armor, payload: payload))
      }
    }
  }

  @Test("rsa-sha2-256 counts as well as rsa-sha2-512")
  func rsa256() throws {
    let forgery = Forgery.rsa.with {
      $0.algorithm = "rsa-sha2-256"
      $0.signingHash = "SHA256"
    }
    #expect(refusal(forgery.armor, payload: forgery.payload) == nil)
    #expect(try Scratch().keygenAccepts(forgery.armor, payload: forgery.payload))
  }

  @Test(
    "A security key's flags and application are read", arguments: [Forgery.skEd25519, .skP256])
  func securityKey(forgery: Forgery) throws {
    let touchedAndKnown = forgery.with {
      $0.flags = 0x05
      $0.counter = 0xFFFF_FFFE
      $0.application = "ssh:work"
    }
    let verified = try SSHSignature.verify(
      armor: touchedAndKnown.armor, payload: forgery.payload, namespace: "git")
    #expect(verified.userPresent && verified.userVerified)
    #expect(verified.key.type.isHardware)
    #expect(try Scratch().keygenAccepts(touchedAndKnown.armor, payload: forgery.payload))
    // Another application is another key over the same material.
    let plain = try PublicKey(blob: forgery.keyBlob)
    #expect(plain != verified.key)
    #expect(plain.material == verified.key.material)
  }

  @Test("Line lengths are free, and the last newline may be missing")
  func lineLengths() throws {
    let text = base64(Forgery.ed25519.blob)
    for length in [1, 64, 76, text.count] {
      var lines = ["-----BEGIN SSH SIGNATURE-----"]
      var rest = text[...]
      while !rest.isEmpty {
        lines.append(String(rest.prefix(length)))
        rest = rest.dropFirst(length)
      }
      lines.append("-----END SSH SIGNATURE-----")
      let armor = Array(lines.joined(separator: "\n").utf8)
      #expect(refusal(armor, payload: Forgery.ed25519.payload) == nil)
      #expect(refusal(armor + [10], payload: Forgery.ed25519.payload) == nil)
    }
  }

  @Test("Many threads at once")
  func threads() async {
    let signed = Forgery.all.map { (armor: $0.armor, payload: $0.payload) }
    let refusals = await withTaskGroup(of: Int.self) { group in
      for worker in 0..<8 {
        group.addTask {
          var count = 0
          for round in 0..<60 {
            let (armor, payload) = signed[(worker + round) % signed.count]
            if refusal(armor, payload: payload) != nil { count += 1 }
            if refusal(armor, payload: payload + [1]) != .badSignature { count += 1 }
          }
          return count
        }
      }
      return await group.reduce(0, +)
    }
    #expect(refusals == 0)
  }
}
