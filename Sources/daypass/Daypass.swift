import ArgumentParser
import Glibc

/// The command itself: parses, runs, and turns whatever went wrong into words and an exit code.
@main
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

  static func main() async {
    // A reader that goes away (`| head`) is an error to report, not a signal to die from.
    signal(SIGPIPE, SIG_IGN)
    do {
      let arguments = reordered(Array(CommandLine.arguments.dropFirst()))
      if let failure = CommandTable.unknown(arguments) { throw failure }
      var command = try parseAsRoot(arguments)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      Failure.exit(with: error)
    }
  }
}
