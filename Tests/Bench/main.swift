import Foundation
import TestSupport

// Tools for measurements; docs/performance.md says what is measured and how to repeat it.

let usage = """
  usage: daypass-bench repository [--seed N] [--transitions N] [--live N] [--merges N%] [--people N]
                                  [--roles N] [--end TIME|now] [--quiet MINUTES] [--full]
                                  [--closed N] [--burst N] OUT.git
         daypass-bench verify PATH-TO-DAYPASS [REPOSITORY]
         daypass-bench pushes [--seconds N] [--writers N] [--rounds N] [--only WORDS] [PATH-TO-DAYPASS]
         daypass-bench \(BarsCommand.names.joined(separator: "|")) PATH-TO-DAYPASS [REPOSITORY...]
         daypass-bench growth PATH-TO-DAYPASS DIRECTORY

  """

func fail(_ words: String, _ code: Int32) -> Never {
  FileHandle.standardError.write(Data(words.utf8))
  exit(code)
}

let arguments = Array(CommandLine.arguments.dropFirst())
do {
  switch arguments.first {
  case "repository": try RepositoryCommand(arguments.dropFirst()).run()
  case "verify": exit(try VerifyBench(arguments.dropFirst()).run() ? 0 : 1)
  case "pushes": try await PushesBench(arguments.dropFirst()).run()
  case "growth": try GrowthCommand(arguments.dropFirst()).run()
  case let name? where BarsCommand.names.contains(name):
    exit(try BarsCommand(name, arguments.dropFirst()).run() ? 0 : 1)
  default: fail(usage, 2)
  }
} catch let error as UsageError {
  fail("\(error.words)\n\(usage)", 2)
} catch {
  fail("\(error)\n", 1)
}
