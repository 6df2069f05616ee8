import Foundation
import GitStore
import TestSupport
import Testing

/// Three people work on and on in one village, and again and again one of them is killed.
@Suite("Killed at random", .serialized) struct RandomKillTests {
  /// By default a few; 500 with `DAYPASS_FAULTS=all`.
  private static let kills = KillTests.isThorough ? 500 : 40

  /// Half of the kills hit daypass alone after some milliseconds, the others everything it runs at
  /// some write.
  @Test(.timeLimit(.minutes(120))) func whateverIsUnderWay() async throws {
    let (hub, shim) = (try await Hub.shared.value, try await Shim.shared.value)
    let counts = try await withThrowingTaskGroup(of: (hits: Int, runs: Int).self) { group in
      for seed in 1...2 {
        group.addTask {
          let village = try await Village(hub, shim, seed: UInt64(seed))
          return try await village.live(through: Self.kills / 2)
        }
      }
      return try await group.reduce((hits: 0, runs: 0)) { ($0.hits + $1.hits, $0.runs + $1.runs) }
    }
    say("killed \(counts.hits) times in \(counts.runs) runs")
    #expect(counts.hits >= Self.kills - 1)
  }
}

/// A remote and the clones of three people, of whom one is the reconciler.
private final class Village {
  private let hub: Hub
  private let shim: Shim
  private var random: SeededRandom
  /// One trial a person; all lead to the first one's remote.
  private let homes: [Trial]
  /// What was reported as done: a grant's id and the states it can be in from then on.
  private var done: [String: Set<String>] = [:]

  init(_ hub: Hub, _ shim: Shim, seed: UInt64) async throws {
    (self.hub, self.shim) = (hub, shim)
    random = SeededRandom(seed: seed)
    var homes: [Trial] = []
    for person in ["alice", "bob", "ci"] {
      let layout: Hub.Layout = seed == 2 && person == "ci" ? .bare : .checkout
      let home = try await Trial(hub, layout, person)
      if let first = homes.first {
        _ = try await home.git("config", "remote.origin.url", first.remote)
      }
      homes.append(home)
    }
    self.homes = homes
  }

  /// - Returns: how many kills hit something, in how many runs.
  func live(through kills: Int) async throws -> (hits: Int, runs: Int) {
    var (hits, runs) = (0, 0)
    while hits < kills, runs < kills * 6 {
      runs += 1
      let (home, command) = try await next()
      let killed: ProgramResult
      if runs.isMultiple(of: 2) {
        let step = Int.random(in: 1...330, using: &random)
        killed = try await home.daypass(
          command,
          env: shim.environment(
            below: hub.sandbox.root, .machineDies, at: step, record: home.directory))
      } else {
        let pause = Double.random(in: 0.005...0.4, using: &random)
        killed = try await home.daypass(
          command,
          below: ["timeout", "--foreground", "--preserve-status", "--signal=KILL", "\(pause)"])
      }
      let what = "run \(runs): \(home.person): \(command.joined(separator: " ")): \(killed.status)"
      let wasKilled = killed.status == 137
      if wasKilled { hits += 1 }
      #expect(
        wasKilled || [0, 1, 4, 5].contains(killed.status), "\(what): \(killed.errorText)")
      note(command, killed)
      try await demandIntegrity(of: home, what)
    }
    for home in homes {
      try await letAMinutePass()
      let synced = try await home.daypass(["sync"])
      #expect(synced.status == 0, "\(home.person): \(synced.errorText)")
    }
    for home in homes { try await demandOne(home) }
    return (hits, runs)
  }

  private func next() async throws -> (Trial, [String]) {
    let states = try await homes[0].states(at: homes[0].remote)
    let open = states.filter { $0.value != ["closed"] }.keys.sorted()
    let pending = states.filter { $0.value == ["pending"] }.keys.sorted()
    let (alice, bob, ci) = (homes[0], homes[1], homes[2])
    let reconcile = ["reconcile", "--assume-clock", "--output", "../out"]
    switch Int.random(in: 0..<8, using: &random) {
    case 0, 1:
      let role = Bool.random(using: &random) ? "db-read" : "prod-admin"
      let end = ["--for", "5m", "--why", "to look at one row", "--yes"]
      return (alice, ["request", role] + end)
    case 2, 3:
      guard let grant = pending.randomElement(using: &random) else { return (ci, reconcile) }
      return (bob, ["approve", grant, "--yes"])
    case 4, 5:
      guard let grant = open.randomElement(using: &random) else { return (alice, ["sync"]) }
      let isPending = states[grant] == ["pending"]
      return (alice, [isPending ? "withdraw" : "revoke", grant, "--yes"])
    case 6: return (ci, reconcile)
    default: return (bob, ["sync"])
    }
  }

  /// What ended with 0 has to be there from now on.
  private func note(_ command: [String], _ result: ProgramResult) {
    guard result.status == 0 else { return }
    switch command[0] {
    case "request":
      if let id = try? Hub.id(in: result.text + result.errorText) {
        done[id] = ["pending", "active", "closed"]
      }
    case "approve": done[command[1]] = ["active", "closed"]
    case "withdraw", "revoke": done[command[1]] = ["closed"]
    default: break
    }
  }

  private func demandIntegrity(of home: Trial, _ what: String) async throws {
    try await letAMinutePass()
    for place in [home.clone, homes[0].remote] {
      let fsck = try await home.git(
        "fsck", "--strict", "--no-dangling", "--no-progress", "--connectivity-only", at: place)
      #expect(fsck.succeeded && fsck.errorText == "", "\(what): \(fsck.errorText)")
    }
    let verified = try await home.daypass(
      ["verify", "-C", homes[0].remote, "--root", hub.root])
    #expect(verified.status == 0, "\(what): \(verified.errorText)")
    let states = try await home.states(at: homes[0].remote)
    for (id, allowed) in done {
      let found = states[id] ?? []
      #expect(found.count == 1 && allowed.isSuperset(of: found), "\(what): lost: \(id): \(found)")
    }
  }

  /// Nobody waits here for a reference's lock to grow old, and whoever keeps the remote has taken
  /// away what a killed git left there.
  private func letAMinutePass() async throws {
    for home in homes { _ = try await home.letAMinutePass() }
    for lock in homes[0].leftLocks(below: homes[0].remote) {
      let path = homes[0].remote + "/" + lock
      // Not that of a push that goes on although daypass is dead.
      try await Task.sleep(for: .milliseconds(300))
      try? FileManager.default.removeItem(atPath: path)
    }
  }

  private func demandOne(_ home: Trial) async throws {
    let there = try await home.git("rev-parse", "main", at: homes[0].remote).text
    #expect(try await home.git("rev-parse", "main").text == there, "\(home.person)")
    for place in [home.clone, homes[0].remote] {
      let fsck = try await home.git(
        "fsck", "--strict", "--no-dangling", "--no-progress", at: place)
      #expect(fsck.succeeded && fsck.text + fsck.errorText == "", "\(fsck.errorText)")
    }
    if home.layout == .checkout {
      let status = try await home.git("status", "--porcelain", "-uall").text
      #expect(status == "", "\(home.person): \(status)")
    }
    let verified = try await home.daypass(["verify", "--all"])
    #expect(verified.status == 0, "\(home.person): \(verified.errorText)")
    #expect(home.leftLocks().isEmpty, "\(home.person): \(home.leftLocks())")
  }
}
