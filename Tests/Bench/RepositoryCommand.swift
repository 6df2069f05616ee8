import BenchRepository
import Foundation
import Grants

/// The command line makes no sense.
struct UsageError: Error {
  let words: String
}

/// `daypass-bench repository`: makes a repository and says what is in it.
struct RepositoryCommand {
  private var plan = RepositoryPlan()
  private let path: String

  init(_ arguments: ArraySlice<String>) throws {
    var rest = arguments
    var paths: [String] = []
    var live: Int?
    while let word = rest.popFirst() {
      if word == "--full" {
        plan.startsFull = true
        continue
      }
      guard word.hasPrefix("--") else {
        paths.append(word)
        continue
      }
      guard let value = rest.popFirst() else { throw UsageError(words: "\(word) wants a value") }
      func number<Number: LosslessStringConvertible>(_ text: String) throws -> Number {
        guard let number = Number(text) else { throw UsageError(words: "\(word) wants a number") }
        return number
      }
      switch word {
      case "--seed": plan.seed = try number(value)
      case "--transitions": plan.transitions = try number(value)
      case "--live": live = try number(value)
      case "--people": plan.people = try number(value)
      case "--roles": plan.roles = try number(value)
      case "--closed": plan.closed = try number(value)
      case "--burst": plan.burst = try number(value)
      case "--quiet": plan.quiet = .minutes(try number(value))
      case "--end":
        if value == "now" {
          plan.end = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
        } else {
          guard let end = Timestamp(value) else { throw UsageError(words: "--end is no time") }
          plan.end = end
        }
      case "--merges":
        let share: Double = try number(value.hasSuffix("%") ? String(value.dropLast()) : value)
        plan.merges = share / 100
      default: throw UsageError(words: "\(word) is no option")
      }
    }
    guard paths.count == 1, let path = paths.first else {
      throw UsageError(words: "say where the repository shall be made")
    }
    self.path = path
    plan.live = live ?? plan.usualLive
    if let objection = plan.objection { throw UsageError(words: objection) }
  }

  func run() throws {
    let (made, seconds) = try timed { try RepositoryMaker.make(plan, at: path) }
    say(made.words + String(format: "made in %.1f s", seconds))
  }
}

extension MadeRepository {
  /// A line a fact.
  var words: String {
    let steps = transitions.sorted { $0.key.rawValue < $1.key.rawValue }
    let all = steps.reduce(0) { $0 + $1.value }
    return """
      root \(root)
      head \(head)
      now \(end)
      \(all) transitions: \(steps.map { "\($0.key.rawValue) \($0.value)" }.joined(separator: ", "))
      \(commits) commits, \(merges) of them merges and \(pins) pins
      \(grants) grants, \(live) of them live
      \(objects) objects in a pack of \(packBytes >> 20) MiB

      """
  }
}
