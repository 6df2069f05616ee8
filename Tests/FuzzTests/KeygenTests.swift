import Foundation
import FuzzProperties
import Signatures
import TestSupport
import Testing

/// `ssh-keygen` as the judge of what is accepted here; slower, so of fewer inputs.
@Suite struct KeygenTests {
  /// Every line read here is one that `ssh-keygen` finds the principal by, at a time of its term.
  @Test func acceptedLinesAreAcceptedByKeygen() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "daypass-fuzz-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // Signatures by the corpus' keys, whose secrets are gone.
    var armors: [PublicKey: (armor: [UInt8], payload: [UInt8])] = [:]
    for (_, input) in try Corpus.files(of: .signature) {
      let (armor, payload) = SignatureProperties.split(input)
      guard
        let verified = try? SSHSignature.verify(armor: armor, payload: payload, namespace: "git")
      else { continue }
      armors[verified.key] = (armor, payload)
    }
    var mutator = Mutator(corpus: try Corpus.files(of: .allowedSigners).map(\.input), seed: 13)
    var inputs = try Corpus.files(of: .allowedSigners).map(\.input)
    inputs += (0..<2_000).map { _ in mutator.next() }
    var asked: Set<[UInt8]> = []
    for input in inputs {
      guard let signers = try? AllowedSigners(parsing: input) else { continue }
      for entry in signers.entries {
        guard let (armor, payload) = armors[entry.key] else { continue }
        let line = Array(
          input.split(separator: 0x0a, omittingEmptySubsequences: false)[entry.line - 1])
        guard asked.count < 60, asked.insert(line).inserted else { continue }
        let time = entry.validAfter ?? entry.validBefore ?? 1_795_000_000
        let isFound = try Self.keygenFinds(
          entry.principal, at: time, in: line, armor, payload, folder)
        #expect(isFound, "\(String(decoding: line, as: UTF8.self))")
      }
    }
    #expect(asked.count >= 10)
  }

  private static func keygenFinds(
    _ principal: String, at seconds: Int64, in line: [UInt8], _ armor: [UInt8],
    _ payload: [UInt8], _ folder: URL
  ) throws -> Bool {
    try Data(line).write(to: folder.appending(path: "signers"))
    try Data(armor).write(to: folder.appending(path: "sig"))
    try Data(payload).write(to: folder.appending(path: "payload"))
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = TimeZone(secondsFromGMT: 0)
    format.dateFormat = "yyyyMMddHHmmss"
    let time = format.string(from: Date(timeIntervalSince1970: TimeInterval(seconds)))
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "ssh-keygen", "-Y", "verify", "-n", "git", "-f", "signers", "-s", "sig", "-I", principal,
      "-O", "verify-time=\(time)Z",
    ]
    process.currentDirectoryURL = folder
    process.environment = [
      "HOME": folder.path(percentEncoded: false), "TZ": "UTC", "LC_ALL": "C",
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
    ]
    process.standardInput = try FileHandle(forReadingFrom: folder.appending(path: "payload"))
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
