import Foundation
import GitStore
import Grants
import History
import Ledger
import TestSupport
import Testing

@testable import daypass

/// The release binary, on a bare repository on disk with the same objects.
struct BinaryTrial {
  static let path = ReleaseBuild.path(of: "daypass")

  let scene: Scene

  init(_ scene: Scene) { self.scene = scene }

  /// Bounds within which every run must end: seconds, and bytes of address space.
  private static let patience = 20
  private static let memory = 2 << 30

  /// Cold it must say what the Ledger says, word for word where words can be compared; with a
  /// checkpoint the same again.
  func expect(cold: Finding) async throws {
    let repository = try await TemporaryRepository(name: "repo.git", bare: true)
    let opened = try repository.open()
    try scene.world.history.copy(to: opened)
    try opened.move("refs/heads/main", to: scene.head, expecting: nil, because: "attack")
    for (name, id) in scene.references {
      try opened.move(name, to: id, expecting: nil, because: "attack")
    }
    try await scene.prepare?(repository)
    let first = scene.onDisk.map { Finding(expectation: .stops($0)) } ?? cold
    try await expect(repository, first, "the binary, from the root", isCold: true)
    for words in scene.shown {
      let result = try await run(words, in: repository)
      #expect(!result.text.isEmpty || !result.errorText.isEmpty, "\(words) says nothing")
    }
    let file = CheckpointFile(directory: repository.path, root: scene.world.root, branch: "main")
    for memory in scene.memories {
      file.save(memory)
      try await expect(repository, cold, "the binary, misremembering", isCold: true)
    }
    for accepted in scene.accepted {
      let checkpoint = try scene.world.replay(accepted.head, at: accepted.now).replay.checkpoint
      file.save(checkpoint.bytes)
      let remembering = try LedgerTrial.find(scene, from: accepted)
      try await expect(
        repository, remembering, "the binary, from a checkpoint", isCold: false)
    }
  }

  private func expect(
    _ repository: TemporaryRepository, _ finding: Finding, _ who: String, isCold: Bool
  ) async throws {
    let verify = ["verify", "-o", "json"] + (isCold ? ["--all"] : [])
    let verified = try await run(verify, in: repository)
    switch finding.expectation {
    case .stops(let code):
      let status: Int32 = code == .cannotJudge ? 1 : 3
      #expect(verified.status == status, "\(who): verify \(verified.errorText)")
      #expect(verified.text == "", "\(who): verify says something all the same")
      let emitted = try await run(["emit", "--format", "json"], in: repository)
      #expect(emitted.status == status, "\(who): emit \(emitted.errorText)")
      #expect(emitted.text == "", "\(who): emit says something all the same")
    case .judged(let judgement):
      #expect(
        verified.status == (judgement.isDisputed ? 3 : 0), "\(who): verify \(verified.errorText)")
      let report = try JSONDecoder().decode(Verified.self, from: Data(verified.output))
      #expect(report.pending == finding.pending, "\(who)")
      #expect(report.active == finding.active, "\(who)")
      #expect(report.policySerial == judgement.serial, "\(who)")
      #expect((report.flippedUpon != nil) == judgement.isFlipped, "\(who)")
      #expect(Set(report.disputes.map(\.path)) == finding.disputes, "\(who)")
      if isCold {
        let rules = Set((report.incidents ?? []).map(\.rule))
        #expect(rules == Set(judgement.refused.map(\.rawValue)), "\(who)")
      }
      try await expectEmits(judgement, repository, who)
    }
  }

  private func expectEmits(
    _ judgement: Judgement, _ repository: TemporaryRepository, _ who: String
  ) async throws {
    let emitted = try await run(["emit", "--format", "json"], in: repository)
    guard !scene.isStale else {
      #expect(emitted.status == 6, "\(who): emit \(emitted.errorText)")
      #expect(emitted.text == "", "\(who): emit says something all the same")
      return
    }
    #expect(emitted.status == 0, "\(who): emit \(emitted.errorText)")
    let set = try JSONDecoder().decode(Emitted.self, from: Data(emitted.output))
    var holdings: Set<Holding> = []
    for (role, holders) in set.roles {
      for (holder, entries) in holders {
        for entry in entries {
          holdings.insert(
            Holding(role: role, holder: holder, grant: entry.grant, expiresAt: entry.expiresAt))
        }
      }
    }
    #expect(holdings == judgement.holdings, "\(who): emit")
    let strict = try await run(["emit", "--strict"], in: repository)
    #expect(strict.status == (judgement.isDisputed ? 3 : 0), "\(who): emit --strict")
    #expect(strict.text.isEmpty == judgement.isDisputed, "\(who): emit --strict")
  }

  /// One run, bounded in time and memory, that neither crashed nor wrote what steers a terminal.
  private func run(
    _ arguments: [String], in repository: TemporaryRepository
  ) async throws -> ProgramResult {
    guard FileManager.default.isExecutableFile(atPath: Self.path) else {
      throw ToolFailure(
        arguments: [Self.path],
        words: "The release binary is not there. Build it: make attack-binary")
    }
    // Not timed in this process, whose threads may all be busy with other attacks.
    let command = [
      "timeout", "--signal=KILL", "\(Self.patience)", "prlimit", "--as=\(Self.memory)", "--core=0",
      Self.path, arguments[0], "-C", repository.path,
      "--root", scene.world.root.hex, "--now", scene.now.description,
    ]
    let result = try await ProgramRunner(repository.sandbox.environment).run(
      command + arguments.dropFirst(), in: repository.sandbox.root, timeout: nil)
    let words = result.text + "\n" + result.errorText
    #expect([0, 1, 3, 6].contains(result.status), "\(arguments): \(result.status) \(words)")
    for mark in ["Fatal error", "Crash", "panic", "*** "] {
      #expect(!result.errorText.contains(mark), "\(arguments): \(words)")
    }
    let steering = words.unicodeScalars.filter { !Self.isHarmless($0) }
    #expect(steering.isEmpty, "\(arguments): \(steering.map(\.value))")
    return result
  }

  /// Neither a control character (but the line feed), nor one that turns or hides text.
  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == "\n" { return true }
    if scalar.properties.isBidiControl { return false }
    switch scalar.value {
    case 0x200b, 0x2060...0x2064, 0xfeff, 0xfff9...0xfffb, 0xe0000...0xe0fff: return false
    default: break
    }
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .surrogate: return false
    default: return true
    }
  }

  private struct Verified: Decodable {
    struct Dispute: Decodable { let path: String }
    struct Incident: Decodable { let rule: String }
    let pending: Int
    let active: Int
    let policySerial: Int
    let flippedUpon: String?
    let disputes: [Dispute]
    let incidents: [Incident]?
  }

  private struct Emitted: Decodable {
    struct Entry: Decodable {
      let grant: String
      let expiresAt: String
    }
    let roles: [String: [String: [Entry]]]
  }
}
