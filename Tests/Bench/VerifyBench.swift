import BenchRepository
import Foundation
import GitStore
import Grants
import History
import TestSupport

/// Cold verify against its floor: what the bare signature checks and git's own walk over the same
/// commits cost, shared by all processors; and against `git log --format=%G?`.
struct VerifyBench {
  private static let rounds = 5
  private static let sample = 1_000
  /// At the median, and never.
  private static let bars = (median: 1.25, worst: 1.5, faster: 150.0)
  /// Bar 3, in MiB of anonymous memory, up to a million transitions.
  private static let mostMemory = 192.0

  private let binary: String
  private let given: String?

  init(_ arguments: ArraySlice<String>) throws {
    guard (1...2).contains(arguments.count), let binary = arguments.first else {
      throw UsageError(words: "say where daypass is")
    }
    self.binary = URL(fileURLWithPath: binary).standardizedFileURL.path
    given = arguments.dropFirst().first.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
  }

  /// - Returns: whether the bars are met.
  func run() throws -> Bool {
    let directory = NSTemporaryDirectory() + "daypass-bench-\(getpid())"
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let runner = Runner(home: directory)
    let repository = try given ?? make(in: directory)
    return try measure(repository, runner, directory)
  }

  private func make(in directory: String) throws -> String {
    var plan = RepositoryPlan()
    if let text = ProcessInfo.processInfo.environment["BENCH_TRANSITIONS"] {
      guard let number = Int(text) else {
        throw UsageError(words: "BENCH_TRANSITIONS is no number")
      }
      plan.transitions = number
    }
    plan.live = plan.usualLive
    let path = directory + "/repository.git"
    let (made, seconds) = try timed { try RepositoryMaker.make(plan, at: path) }
    say(made.words + String(format: "made in %.1f s", seconds))
    return path
  }

  private func measure(_ path: String, _ runner: Runner, _ directory: String) throws -> Bool {
    let repository = try GitRepository.open(at: path)
    let ids = try runner.text(["git", "rev-list", "main"], in: path)
      .split(separator: "\n").compactMap { ObjectID(hex: String($0)) }
    let floor = try SignatureFloor(ids, of: repository)
    let newest = try ids.first.map { try repository.commit($0).committerTime } ?? 0
    let now = Timestamp(seconds: newest + 60)
    // With a --now nothing is remembered: every run is a cold one.
    let verify = [binary, "verify", "-C", path, "--now", now.description, "-o", "json"]
    let cores = Double(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    say("\(ids.count) commits, \(floor.count) of them signed; \(Int(cores)) processors")

    var (ratios, busy, ours): ([Double], [Double], [Cost]) = ([], [], [])
    for round in 1...Self.rounds {
      let signatures = try floor.measure()
      let walk = try runner.cost(["git", "log", "--raw", "--no-renames", "main"], in: path)
      let cost = try runner.cost(verify, in: path)
      let bound = (signatures + walk.processor) / cores
      ratios.append(cost.wall / bound)
      busy.append(cost.processor / (signatures + walk.processor))
      ours.append(cost)
      say(
        String(
          format: "round %d: signatures %.2f s, git log --raw %.2f s, floor %.2f s; "
            + "daypass verify %.2f s (%.2f s of processors): %.2f times the floor",
          round, signatures, walk.processor, bound, cost.wall, cost.processor, cost.wall / bound))
    }
    let peer = try sample(ids, path, runner, directory)
    let memory = try runner.memory(verify, in: path)

    let each = median(ours.map(\.wall)) / Double(ids.count)
    let (middle, worst) = (median(ratios), ratios.max() ?? 0)
    say(String(format: "a commit: daypass verify, cold %.1f us", each * 1e6))
    say(String(format: "a commit: git log --format=%%G? %.2f ms", peer * 1e3))
    let mebibytes = Double(memory) / 1_048_576
    say(
      String(
        format: "anonymous memory, at most: %.0f MiB (bar %.0f)", mebibytes, Self.mostMemory))
    say(
      String(
        format: "over the floor: %.2f at the median (bar %.2f), %.2f at most (bar %.1f)", middle,
        Self.bars.median, worst, Self.bars.worst))
    say(
      String(
        format: "the same in seconds of processors, whoever else is busy: %.2f", median(busy)))
    say(
      String(
        format: "faster than git log --format=%%G?: %.0f times (bar %.0f)", peer / each,
        Self.bars.faster))
    return middle <= Self.bars.median && worst <= Self.bars.worst
      && peer / each >= Self.bars.faster && mebibytes <= Self.mostMemory
  }

  /// Seconds a commit that git takes to check signatures, over the newest ones.
  private func sample(
    _ ids: [ObjectID], _ path: String, _ runner: Runner, _ directory: String
  ) throws -> Double {
    let signers = directory + "/allowed_signers"
    let text = try runner.text(["git", "show", "main:policies/allowed_signers"], in: path)
    try Data(text.utf8).write(to: URL(fileURLWithPath: signers))
    let count = min(Self.sample, ids.count)
    let log = [
      "git", "-c", "gpg.ssh.allowedSignersFile=\(signers)", "log", "--format=%G?", "-\(count)",
      "main",
    ]
    let (shown, seconds) = try timed { try runner.text(log, in: path) }
    let good = shown.split(separator: "\n").count { $0 == "G" }
    guard good > 0 else { throw ToolFailure(arguments: log, words: "git finds no good signature") }
    say("the newest \(count) commits: git finds \(good) good signatures")
    return seconds / Double(count)
  }
}
