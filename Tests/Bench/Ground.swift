import BenchRepository
import Foundation
import Grants
import TestSupport

/// What a repository to measure upon is like.
struct BenchHistory: Hashable {
  let transitions: Int
  let live: Int
  /// How many days ago it ended; then everything is due. Nothing is for hours where it is 0.
  var daysAgo: Int64 = 0
  /// Requests in the second of its end.
  var burst = 0
  var closed = 0

  var plan: RepositoryPlan {
    var plan = RepositoryPlan()
    plan.transitions = transitions
    plan.live = live
    plan.burst = burst
    plan.closed = closed
    plan.people = max(plan.people, (live + burst) / 60)
    plan.end = Timestamp(seconds: Int64(Date().timeIntervalSince1970)) - .days(daysAgo)
    plan.quiet = .hours(3)
    plan.startsFull = true
    return plan
  }
}

/// What all bars measure upon: the program, an empty directory, repositories, and people with keys and
/// homes.
final class Ground {
  let daypass: String
  let directory: String
  /// Histories that differ in length alone, a short one first.
  let histories: [BenchHistory]
  private let base: [String: String]
  private var made: [BenchHistory: String] = [:]
  private var homes: [String: [String: String]] = [:]
  private var copies = 0

  /// - Parameters:
  ///   - daypass: the program, an absolute path.
  ///   - given: repositories in place of fresh ``histories``.
  init(daypass: String, given: [String] = []) throws {
    self.daypass = daypass
    directory = NSTemporaryDirectory() + "daypass-bench-\(getpid())"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    base = [
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "LC_ALL": "C",
      "TZ": "UTC", "GIT_CONFIG_NOSYSTEM": "1", "HOME": directory, "TMPDIR": directory,
    ]
    let live = try Setting.number("BENCH_LIVE") ?? 10_000
    let usual = [10_000, try Setting.number("BENCH_TRANSITIONS") ?? 100_000]
    let long = try Setting.number("BENCH_LONG").map { [$0] } ?? []
    let lengths = given.isEmpty ? usual + long : given.map(Self.length)
    histories = Set(lengths).sorted().map { BenchHistory(transitions: $0, live: live) }
    for path in given { made[BenchHistory(transitions: Self.length(of: path), live: live)] = path }
  }

  /// Takes away everything that was made.
  func clear() { try? FileManager.default.removeItem(atPath: directory) }

  /// As the name of a given repository says it: `r100000.git`.
  private static func length(of path: String) -> Int {
    Int(URL(fileURLWithPath: path).lastPathComponent.filter(\.isNumber)) ?? 0
  }

  // MARK: Repositories

  /// A copy of the repository, for one bar alone: packs are shared, all else is its own.
  func clone(_ history: BenchHistory) throws -> BenchClone {
    let original = try original(history)
    copies += 1
    let path = "\(directory)/\(copies).git"
    for how in ["-al", "-a"] {
      if (try? program(["cp", how, original, path]).run()) != nil { break }
      _ = try? FileManager.default.removeItem(atPath: path)
    }
    return BenchClone(path: path, ground: self, people: try BenchPeople(history.plan))
  }

  private func original(_ history: BenchHistory) throws -> String {
    if let path = made[history] { return path }
    let path = "\(directory)/history-\(made.count).git"
    say("a history of \(history.transitions) transitions:")
    let (repository, seconds) = try timed { try RepositoryMaker.make(history.plan, at: path) }
    say(repository.words + String(format: "made in %.1f s", seconds))
    // What nobody has verified is verified once: everybody after this begins at a checkpoint.
    let cost = try program([daypass, "verify", "-C", path]).run()
    say(
      "verified from its root in \(Rounds.words(cost.wall)), "
        + "\(Rounds.words(cost.processor)) of processors\n")
    made[history] = path
    return path
  }

  // MARK: Programs

  /// A program as nobody in particular runs it.
  func program(_ arguments: [String]) throws -> Program { try Program(arguments, base) }

  /// A program as that person runs it: git signs with their key.
  func program(_ arguments: [String], as person: BenchPeople.Person) throws -> Program {
    try Program(arguments, home(of: person))
  }

  /// The private half of that person's key, in a file.
  func keyFile(of person: BenchPeople.Person) throws -> String {
    (try home(of: person)["HOME"] ?? "") + "/key"
  }

  private func home(of person: BenchPeople.Person) throws -> [String: String] {
    if let known = homes[person.principal] { return known }
    let home = "\(directory)/home-\(homes.count)"
    try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
    _ = FileManager.default.createFile(
      atPath: home + "/key", contents: Data(person.key.privateFile.utf8),
      attributes: [.posixPermissions: 0o600])
    try Data("\(person.key.line)\n".utf8).write(to: URL(fileURLWithPath: home + "/key.pub"))
    let settings = """
      [user]
      \tname = \(person.author.name)
      \temail = \(person.author.email)
      \tsigningKey = \(home)/key
      [gpg]
      \tformat = ssh

      """
    try Data(settings.utf8).write(to: URL(fileURLWithPath: home + "/.gitconfig"))
    var environment = base
    environment["HOME"] = home
    homes[person.principal] = environment
    return environment
  }
}

/// What the environment says.
enum Setting {
  static func number(_ name: String) throws -> Int? {
    guard let text = ProcessInfo.processInfo.environment[name], !text.isEmpty else { return nil }
    guard let number = Int(text) else { throw UsageError(words: "\(name) is no number") }
    return number
  }

  /// A program beside these sources.
  static func script(_ name: String) throws -> String {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/" + name
    guard access(path, R_OK) == 0 else {
      throw UsageError(words: "\(path) is gone; build where the sources lie")
    }
    return path
  }
}
