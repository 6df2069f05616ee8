import Foundation
import GitStore
import Grants
import History
import Ledger
import Reconciler
import TestSupport

// Verifying 2,000 signed transitions: `daypass verify` without a checkpoint against
// `git log --format=%G?` over the same commits, side by side, medians of five.

guard CommandLine.arguments.count >= 2 else {
  FileHandle.standardError.write(Data("usage: daypass-bench PATH-TO-DAYPASS\n".utf8))
  exit(2)
}
let binary = URL(fileURLWithPath: CommandLine.arguments[1]).standardizedFileURL.path
let transitions = 2_000

/// A line of requests and approvals, each signed; a reconciler's commit every hundred, which closes
/// what has run out.
func makeHistory(_ world: World) throws -> (head: ObjectID, end: Timestamp) {
  var head = world.root
  var now = World.start + .minutes(10)
  var open: [Grant] = []
  var checkpoint: Checkpoint?
  for index in 0..<transitions {
    now = now + TimeSpan(seconds: 20)
    if index % 2 == 0 {
      // Four people, a short grant each in turn, so that nobody's next one is a duplicate.
      let who = [World.alice, World.erin][index / 2 % 2]
      let role = ["db-read", "prod-admin"][index / 4 % 2]
      let grant = try world.grant(by: who, role: role, at: now, duration: .minutes(1))
      head = try world.request(grant, on: head, by: who)
      open.append(grant)
    } else if let grant = open.popLast() {
      let (commit, after) = try world.approve(
        grant, on: head, by: World.bob, at: now, activates: grant.role.name == "db-read")
      head = commit
      open.removeAll()
      if grant.role.name == "prod-admin" {
        head = try world.approve(after, on: head, by: World.dave, at: now + TimeSpan(seconds: 1))
          .commit
      }
    }
    if index % 100 == 99 {
      let moment = now + TimeSpan(seconds: 2)
      let replay = try world.replay(head, at: moment, from: checkpoint).replay
      let sweep = Sweep(of: replay.belief, at: moment, by: try world.person(World.ci))
      var edits: [String: World.File?] = [:]
      for step in sweep.steps {
        edits.merge(World.place(step.grant, .closed)) { $1 }
      }
      head = try world.pin(on: head, at: moment, edits: edits)
      checkpoint = try world.replay(head, at: moment).replay.checkpoint
    }
  }
  return (head, now + TimeSpan(seconds: 10))
}

func seconds(_ work: () throws -> Void) rethrows -> Double {
  let start = ContinuousClock.now
  try work()
  let spent = start.duration(to: .now).components
  return Double(spent.seconds) + Double(spent.attoseconds) / 1e18
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

@discardableResult
func run(_ arguments: [String], in directory: String, environment: [String: String]) throws
  -> String
{
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = arguments
  process.currentDirectoryURL = URL(fileURLWithPath: directory)
  process.environment = environment
  let pipe = Pipe()
  process.standardOutput = pipe
  try process.run()
  let output = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else {
    throw ToolFailure(arguments: arguments, words: "exit \(process.terminationStatus)")
  }
  return String(decoding: output, as: UTF8.self)
}

let directory = NSTemporaryDirectory() + "daypass-bench-\(getpid())"
defer { try? FileManager.default.removeItem(atPath: directory) }
try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)

print("building \(transitions) signed transitions")
let world = try World()
let (head, end) = try makeHistory(world)
let repository = try GitRepository.create(at: directory + "/repo.git", bare: true)
try world.history.copy(to: repository)
try repository.move("refs/heads/main", to: head, expecting: nil, because: "bench")

var environment = ProcessInfo.processInfo.environment
environment["HOME"] = directory
environment["GIT_CONFIG_NOSYSTEM"] = "1"
let repo = directory + "/repo.git"
let signers = directory + "/allowed_signers"
let lines = world.keys.map { "\($0.key) \($0.value.line)\n" }.sorted().joined()
try Data(lines.utf8).write(to: URL(fileURLWithPath: signers))
try run(["git", "gc", "-q"], in: repo, environment: environment)
let commits = try run(["git", "rev-list", "--count", "main"], in: repo, environment: environment)
  .trimmingCharacters(in: .whitespacesAndNewlines)

let verify = [
  binary, "verify", "-C", repo, "--root", world.root.hex, "--now", end.description, "-o", "json",
]
let peer = [
  "git", "-c", "gpg.ssh.allowedSignersFile=\(signers)", "log", "--format=%G?", "main",
]
let shown = try run(peer, in: repo, environment: environment)
let good = shown.split(separator: "\n").count { $0 == "G" }
var ours: [Double] = []
var theirs: [Double] = []
for round in 1...5 {
  ours.append(try seconds { try run(verify, in: repo, environment: environment) })
  // The peer is slow; one round of it is enough to tell the ratio, two to tell that it is steady.
  if round <= 2 { theirs.append(try seconds { try run(peer, in: repo, environment: environment) }) }
}
let ratio = median(theirs) / median(ours)
func text(_ value: Double) -> String { String(format: "%.3f s", value) }
print("commits: \(commits), good signatures by git: \(good)")
print("git log --format=%G?   \(text(median(theirs)))")
print("daypass verify, cold   \(text(median(ours)))")
print(String(format: "ratio: %.0f times faster (bar: 50)", ratio))
exit(ratio >= 50 ? 0 : 1)
