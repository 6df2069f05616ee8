import ArgumentParser
import Foundation
import GitStore
import Grants

struct GuardInstallCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install",
    abstract: "Put the hook into a bare repository.",
    discussion: """
      The repository must trust a root already (daypass trust). A pre-receive hook that is there \
      stays: call `daypass guard hook` from it and pass on its standard input.

      Example:
        daypass trust -C /srv/git/access.git COMMIT
        daypass guard install -C /srv/git/access.git
      """)

  @OptionGroup var options: GlobalOptions

  @Option(help: "How long ago a commit may have been made that is pushed.")
  var delay: HumanSpan?

  @Flag(help: "Say what would be written; write nothing.")
  var dryRun = false

  func run() async throws {
    let session = try await Session.open(options)
    guard session.repository.isBare else {
      throw Failure(
        .failed,
        "\(session.repository.gitDirectory) has files checked out; a guard belongs where "
          + "others push to: a bare repository")
    }
    // A branch that does not exist yet begins with whatever its first push brings.
    if try session.repository.tip(of: session.reference) != nil { _ = try session.replay() }
    let hooks = try await session.repository.hooksDirectory()
    let path = hooks + "/pre-receive"
    let script = try Self.script(for: Self.ownPath, delay: delay)
    let existing = FileManager.default.contents(atPath: path)
    if let existing, !String(decoding: existing, as: UTF8.self).contains(Self.mark) {
      throw Failure(
        .failed, "\(path) is there already and not daypass's",
        hint:
          "Call this from it, with its standard input:\n\(Shell.inQuotes(Self.ownPath)) guard hook"
      )
    }
    if dryRun {
      return Terminal.write(
        "\(Style.forOutput.warn("dry run")) would write \(Words.safe(path)):\n\(script)")
    }
    try FileManager.default.createDirectory(atPath: hooks, withIntermediateDirectories: true)
    try AtomicFile.write(Array(script.utf8), to: path)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    Terminal.write(
      Done.line(
        "guarded: pushes to \(session.branch) are judged from the root "
          + "\(session.ledger.root.short) on, by \(path)"))
  }

  private static let mark = "daypass guard"

  /// This very program, wherever the pusher's PATH leads.
  private static var ownPath: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
  }

  private static func script(for program: String, delay: HumanSpan?) throws -> String {
    let option = delay.map { " --delay \(Words.exact($0.span))" } ?? ""
    return """
      #!/bin/sh
      # Written by daypass guard install: refuses what the replay would refuse. If this program is
      # missing, so is the push: a door that nobody keeps is closed.
      exec \(Shell.inQuotes(program)) guard hook\(option)

      """
  }
}
