import Foundation

/// A temporary folder that is also the programs' HOME; removed with the value.
final class Scratch: Sendable {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("daypass-signatures-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: folder.appendingPathComponent(name))
  }

  func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

  func read(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appendingPathComponent(name)))
  }

  struct Failure: Error { let output: String }

  /// Runs a program in the folder and returns what it prints; throws what it says on failure.
  @discardableResult
  func run(_ program: String, _ arguments: [String], input: String? = nil) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.currentDirectoryURL = folder
    process.environment = [
      "HOME": folder.path, "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
      "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C", "TZ": "UTC",
    ]
    let name = "output-\(UUID().uuidString)"
    try write([], to: name)
    let output = try FileHandle(forWritingTo: folder.appendingPathComponent(name))
    process.standardOutput = output
    process.standardError = output
    process.standardInput =
      try input.map { try FileHandle(forReadingFrom: folder.appendingPathComponent($0)) }
      ?? FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let printed = try read(name)
    guard process.terminationStatus == 0 else {
      throw Failure(output: String(decoding: printed, as: UTF8.self))
    }
    return printed
  }

  /// Makes a key pair with `ssh-keygen`: files NAME and NAME.pub.
  func makeKey(_ name: String, _ arguments: [String]) throws {
    try run("ssh-keygen", ["-q", "-N", "", "-C", "\(name)@example", "-f", name] + arguments)
  }

  /// Signs with `ssh-keygen -Y sign` and returns the armor.
  func sign(_ payload: [UInt8], key: String, namespace: String = "git") throws -> [UInt8] {
    try write(payload, to: "payload")
    try? FileManager.default.removeItem(atPath: path("payload.sig"))
    try run("ssh-keygen", ["-q", "-Y", "sign", "-n", namespace, "-f", key, "payload"])
    return try read("payload.sig")
  }

  /// Whether `ssh-keygen` finds the signature good, whoever made it.
  func keygenAccepts(_ armor: [UInt8], payload: [UInt8]) throws -> Bool {
    try write(payload, to: "check")
    try write(armor, to: "check.sig")
    return
      (try? run(
        "ssh-keygen", ["-Y", "check-novalidate", "-n", "git", "-s", "check.sig"], input: "check"))
      != nil
  }
}
