import Foundation
import TestSupport

/// How many pushes a second one bare repository takes.
///
/// Writers, server and disk are this one machine, so the clock says what all of them manage
/// together. What the server's side alone costs is in its processor seconds, which also hardly feel
/// whatever else the machine does.
struct PushesBench {
  private var seconds = 30
  private var writers = 8
  private var rounds = 1
  private var filter: String?
  private let binary: String?

  init(_ arguments: ArraySlice<String>) throws {
    var rest = arguments
    var paths: [String] = []
    while let word = rest.popFirst() {
      guard word.hasPrefix("--") else {
        paths.append(word)
        continue
      }
      guard let value = rest.popFirst() else { throw UsageError(words: "\(word) wants a value") }
      if word == "--only" {
        filter = value
        continue
      }
      guard let number = Int(value), number > 0 else {
        throw UsageError(words: "\(word) wants a number above zero")
      }
      switch word {
      case "--seconds": seconds = number
      case "--writers": writers = number
      case "--rounds": rounds = number
      default: throw UsageError(words: "\(word) is no option")
      }
    }
    guard paths.count <= 1 else { throw UsageError(words: "say where daypass is, once") }
    binary = paths.first.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
  }

  func run() async throws {
    say("\(sysconf(Int32(_SC_NPROCESSORS_ONLN))) processors, \(seconds) s a line")
    say(PushTally.heading)
    for round in 1...rounds {
      if rounds > 1 { say("round \(round)") }
      for trial in trials where filter.map(trial.words.contains) ?? true {
        let tally = try await trial.run(for: .seconds(seconds), binary: binary)
        say(tally.line(trial.words))
        if tally.landed == 0 {
          throw ToolFailure(arguments: [trial.words], words: "nothing at all got through")
        }
      }
    }
  }

  private var trials: [PushTrial] {
    var all: [PushTrial] = []
    for way in [PushTrial.Way.file, .ssh, .kept] {
      for target in [PushTrial.Target.own, .main] {
        for count in Set([1, writers]).sorted() {
          all.append(PushTrial(way: way, target: target, writers: count))
        }
      }
    }
    all.append(PushTrial(way: .ssh, target: .own, writers: writers, isFlushed: true))
    all.append(PushTrial(way: .ssh, target: .main, writers: writers, isFlushed: true))
    all.append(PushTrial(way: .ssh, target: .own, writers: writers, branches: 10_000))
    guard binary != nil else { return all }
    for way in [PushTrial.Way.ssh, .kept] {
      for count in Set([1, 2, writers]).sorted() {
        all.append(PushTrial(way: way, target: .main, writers: count, isDaypass: true))
      }
    }
    all.append(PushTrial(way: .ssh, target: .own, writers: writers, isDaypass: true))
    return all
  }
}
