import ArgumentParser
import Glibc

/// The command itself: parses, runs, and turns whatever went wrong into words and an exit code.
struct Daypass: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "daypass",
    abstract: "Just-in-time access as signed git history.",
    discussion: """
      A grant is a JSON file in a git repository. Asking, approving, rejecting, revoking and \
      expiring are signed commits that move it between grants/pending, grants/active and \
      grants/closed. Anyone can replay the history from a trusted root and prove who held what, \
      when, and who allowed it.

      A first grant:
        daypass roles                          what can I ask for?
        daypass request prod-admin --for 1h --why "rotate the certificate"
        daypass list --reviewable              what waits for me?
        daypass approve k3f9                   any unambiguous piece of an id
        daypass reconcile --output DIR         sweep, pin, write who holds what

      Exit codes: 0 done, 1 failed, 2 usage, 3 history not trustworthy or disputed, 4 denied by \
      policy, 5 conflict after retries, 6 clock or freshness.
      """,
    version: "0.1.0",
    groupedSubcommands: CommandTable.groups)

  /// `daypass -C DIR command` as `daypass command -C DIR`: people type it as they do for git.
  static func reordered(_ arguments: [String]) -> [String] {
    guard arguments.count > 2, arguments[0] == "-C" else { return arguments }
    return [arguments[2]] + arguments[0..<2] + arguments[3...]
  }

  /// The command that the words name.
  ///
  /// Its own parser alone is asked first: to make those of all the others takes longer than to judge
  /// what is new. Whatever that one does not take, help and errors among it, is for the parser of all.
  static func command(named arguments: [String]) throws -> any ParsableCommand {
    let table = CommandTable.groups.lazy.flatMap(\.subcommands)
    if let name = arguments.first, let type = table.first(where: { $0._commandName == name }),
      type.configuration.subcommands.isEmpty,
      let command = try? type.parseAsRoot(Array(arguments.dropFirst())),
      // Asked for help, it gives a command that prints it as that of a program of its own.
      ObjectIdentifier(Swift.type(of: command)) == ObjectIdentifier(type)
    {
      return command
    }
    if let failure = CommandTable.unknown(arguments) { throw failure }
    return try parseAsRoot(arguments)
  }
}

@main
enum Entry {
  static func main() {
    // A reader that goes away (`| head`) is an error to report, not a signal to die from.
    signal(SIGPIPE, SIG_IGN)
    do {
      var command = try Daypass.command(
        named: Daypass.reordered(Array(CommandLine.arguments.dropFirst())))
      guard let asynchronous = command as? any AsyncParsableCommand else {
        try command.run()
        return
      }
      run(asynchronous)
    } catch {
      Failure.exit(with: error)
    }
  }

  /// Runs it to its end, which ends the process. An asynchronous `main` would take this thread down
  /// first, stack frame by stack frame: milliseconds for nothing.
  private static func run(_ command: any AsyncParsableCommand) -> Never {
    // Handed over, not shared: nothing here touches it again.
    nonisolated(unsafe) var command = command
    Task.detached { () async -> Void in
      do {
        try await command.run()
        Glibc.exit(ExitStatus.done.rawValue)
      } catch {
        Failure.exit(with: error)
      }
    }
    while true { pause() }
  }
}
