import BenchRepository
import Foundation
import Grants
import TestSupport

/// What all bars measure upon: the program, an empty directory, and people with keys and homes.
final class Ground {
  let daypass: String
  let directory: String
  let people: BenchPeople
  /// Lengths of histories in transitions, a short one first.
  let lengths: [Int]
  private let live: Int
  private let base: [String: String]
  private var made: [Int: String] = [:]
  private var homes: [String: [String: String]] = [:]
  private var copies = 0

  /// - Parameters:
  ///   - daypass: the program, an absolute path.
  ///   - given: repositories that ``RepositoryPlan/bench(_:live:)`` made, in place of fresh ones.
  init(daypass: String, given: [String] = []) throws {
    self.daypass = daypass
    directory = NSTemporaryDirectory() + "daypass-bench-\(getpid())"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    base = [
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "LC_ALL": "C",
      "TZ": "UTC", "GIT_CONFIG_NOSYSTEM": "1", "HOME": directory, "TMPDIR": directory,
    ]
    people = try BenchPeople(RepositoryPlan())
    live = try Self.number("BENCH_LIVE") ?? 10_000
    let usual = [30_000, try Self.number("BENCH_TRANSITIONS") ?? 100_000]
    let long = try Self.number("BENCH_LONG").map { [$0] } ?? []
    lengths = given.isEmpty ? (usual + long).sorted() : given.map(Self.length).sorted()
    for path in given { made[Self.length(of: path)] = path }
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  /// As the name of a given repository says it: `r100000.git`.
  private static func length(of path: String) -> Int {
    Int(URL(fileURLWithPath: path).lastPathComponent.filter(\.isNumber)) ?? 0
  }

  private static func number(_ name: String) throws -> Int? {
    guard let text = ProcessInfo.processInfo.environment[name], !text.isEmpty else { return nil }
    guard let number = Int(text) else { throw UsageError(words: "\(name) is no number") }
    return number
  }

  // MARK: Repositories

  /// A copy of the repository of that length, for one bar alone: packs are shared, all else is its own.
  func repository(_ length: Int) throws -> BenchClone {
    let original = try original(length)
    copies += 1
    let path = "\(directory)/\(copies).git"
    for how in ["-al", "-a"] {
      if (try? program(["cp", how, original, path]).run()) != nil { break }
      _ = try? FileManager.default.removeItem(atPath: path)
    }
    return try BenchClone(path: path, ground: self)
  }

  private func original(_ length: Int) throws -> String {
    if let path = made[length] { return path }
    let path = "\(directory)/history-\(length).git"
    say("a history of \(length) transitions:")
    let plan = RepositoryPlan.bench(length, live: live)
    let (repository, seconds) = try timed { try RepositoryMaker.make(plan, at: path) }
    say(repository.words + String(format: "made in %.1f s", seconds))
    // What nobody has verified is verified once: everybody after this begins at a checkpoint.
    let cost = try program([daypass, "verify", "-C", path]).run()
    say("verified from its root in \(Rounds.words(cost.wall))")
    made[length] = path
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

extension RepositoryPlan {
  /// What the bars are measured upon: a history that ends now, with just so many live grants, of which
  /// none is due for hours.
  static func bench(_ transitions: Int, live: Int) -> RepositoryPlan {
    var plan = RepositoryPlan()
    plan.transitions = transitions
    plan.live = live
    plan.end = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
    plan.quiet = .hours(3)
    return plan
  }
}
