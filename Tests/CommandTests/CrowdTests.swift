import Foundation
import GitStore
import TestSupport
import Testing

/// Many people in both flows at once, on one remote behind OpenSSH.
@Suite("Remotes: a crowd") struct CrowdTests {
  /// For a minute (`make load`: for ten) twenty people ask, approve each other's, withdraw and revoke, ten by pushing to
  /// the mainline, ten on branches that a reconciler lands meanwhile. What was reported as done is
  /// there once, and nothing else is.
  @Test(.timeLimit(.minutes(50))) func twentyPeopleInBothFlowsAtOnceOverSSH() async throws {
    let crowd = try await Crowd(each: 10)
    let seconds = ProcessEnvironment.current["DAYPASS_LOAD_SECONDS"].flatMap(Int.init) ?? 60
    let end = ContinuousClock.now + .seconds(seconds)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for flow in Crowd.Flow.allCases {
        let board = Board()
        for person in crowd.people(in: flow) {
          group.addTask { try await crowd.work(as: person, in: flow, on: board, until: end) }
        }
      }
      group.addTask { try await crowd.keepLanding(until: end) }
      try await group.waitForAll()
    }
    try await crowd.landTheRest()
    let outrun = try await crowd.outrun()
    print("A crowd over ssh, \(seconds) s:\n\(await crowd.tally.table(outrun: outrun))")

    // A clone made of whatever the remote has now.
    try await crowd.world.stage.clone("carol", to: "auditor")
    try await crowd.world.stage.expect(0, "verify", "--strict", in: "auditor")
    try await crowd.demandThatLogAndReportsAgree()
    try await crowd.demandThatNothingElseWasLeft()
    let fsck = try await crowd.world.sandbox.run(
      ["git", "fsck", "--strict", "--no-dangling", "--no-progress"], in: "remote.git")
    #expect(fsck.succeeded && fsck.text + fsck.errorText == "", "\(fsck.text)\(fsck.errorText)")
  }
}

/// Who waits for whose approval, within one flow.
actor Board {
  private var waiting: [(grant: String, owner: String)] = []
  /// What was approved, by the commit whose landing it waits for; nil on the mainline.
  private var approved: [String: String?] = [:]

  func offer(_ grant: String, of owner: String) { waiting.append((grant, owner)) }

  /// A request of somebody else's, which is nobody else's task from now on.
  func take(for person: String) -> (grant: String, owner: String)? {
    waiting.firstIndex { $0.owner != person }.map { waiting.remove(at: $0) }
  }

  func setApproved(_ grant: String, waitingFor commit: String?) {
    approved.updateValue(commit, forKey: grant)
  }

  /// Whether it has been approved, and that has landed.
  func counts(_ grant: String, landed: Set<String>) -> Bool {
    guard let approval = approved[grant] else { return false }
    return approval.map(landed.contains) ?? true
  }
}

struct Crowd: Sendable {
  enum Flow: String, CaseIterable, Sendable { case direct, branch }

  let world: RemoteStage
  let server: SSHServer
  let tally = Tally()
  private let size: Int

  /// - Parameter size: how many people in each flow.
  init(each size: Int) async throws {
    self.size = size
    let everybody = Flow.allCases.flatMap { flow in (0..<size).map { "\(flow)\($0)" } }
    let approvers = everybody.map { $0 + "@example.com" }.joined(separator: ", ")
    var world = try await RemoteStage(
      clones: everybody + ["ci"], engineers: everybody,
      policy: [
        ("groups.yaml", "leads: [bob@example.com, dave@example.com]", "leads: [\(approvers)]")
      ],
      // Two cores for everybody: how long one waits says nothing about the program.
      patience: 240)
    _ = try await world.sandbox.makeKey("door")
    server = try await SSHServer(in: world.sandbox, keys: ["door"])
    try server.configure(key: "door")
    world.environment = server.environment.mapValues { $0 }
    for person in everybody + ["ci"] {
      try await world.point(person, to: server.url("remote.git"))
    }
    self.world = world
  }

  func people(in flow: Flow) -> [String] { (0..<size).map { "\(flow)\($0)" } }

  // MARK: What everybody does

  /// Approves what others wait for; else asks, and ends what was got: every third request is taken
  /// back, the others are revoked once they count.
  func work(
    as person: String, in flow: Flow, on board: Board, until end: ContinuousClock.Instant
  ) async throws {
    var own: (grant: String, isOffered: Bool)?
    // Not everybody begins with the same.
    var rounds = Int(person.suffix(1)) ?? 0
    while ContinuousClock.now < end {
      if let (grant, isOffered) = own {
        let counts = await board.counts(grant, landed: tally.landed)
        if !isOffered || counts {
          let ending = isOffered ? "revoke" : "withdraw"
          if try await act([ending, grant], as: person, flow) != nil { own = nil }
          continue
        }
      }
      if let (grant, owner) = await board.take(for: person) {
        if let done = try await act(["approve", grant], as: person, flow) {
          await board.setApproved(grant, waitingFor: done.branch == "main" ? nil : done.commit)
        } else {
          await board.offer(grant, of: owner)
        }
      } else if own == nil {
        rounds += 1
        let role = rounds.isMultiple(of: 2) ? "prod-admin" : "db-read"
        let asked = try await act(
          ["request", role, "--for", "1h", "--why", "to look at one row"]
            + (flow == .branch ? ["--branch"] : []), as: person, flow)
        guard let asked else { continue }
        let isOffered = !rounds.isMultiple(of: 3)
        if isOffered { await board.offer(asked.grants[0].id, of: person) }
        own = (asked.grants[0].id, isOffered)
      } else {
        try await Task.sleep(for: .milliseconds(200))
      }
    }
  }

  /// What a command that writes says it has done.
  private struct Report: Decodable {
    struct Grant: Decodable { let id: String }
    let action: String
    let commit: String
    let branch: String
    let pushed: Bool
    let grants: [Grant]
  }

  /// Runs a command that signs one step, and notes what it reports.
  ///
  /// - Returns: nil if it failed, as it may.
  private func act(
    _ arguments: [String], as person: String, _ flow: Flow
  ) async throws -> Report? {
    let began = ContinuousClock.now
    let result = try await world.run(arguments + ["--yes", "-o", "json"], in: person)
    let took = ContinuousClock.now - began
    await tally.add(Tally.Run(command: arguments[0], status: result.status, took: took))
    guard result.status == 0 else {
      // Outrun too often, or the policy says no: said, never silent.
      #expect(
        [4, 5].contains(result.status), "\(person): \(arguments): \(result.errorText)")
      await tally.addFailure("\(arguments[0]) \(result.status)")
      return nil
    }
    let report = try decode(Report.self, result)
    #expect(report.action == arguments[0] && report.pushed, "\(result.text)")
    try #require(report.grants.count == 1, "\(result.text)")
    let grant = report.grants[0].id
    await tally.add(
      Tally.Step(kind: report.action, grant: grant, commit: report.commit), in: flow)
    return report
  }

  private func decode<Value: Decodable>(
    _ type: Value.Type, _ result: ProgramResult
  ) throws -> Value {
    try JSONDecoder().decode(type, from: Data(result.output))
  }

  // MARK: The reconciler

  func keepLanding(until end: ContinuousClock.Instant) async throws {
    while ContinuousClock.now < end {
      _ = try await land()
      _ = try await reconcile()
    }
  }

  /// Everybody has stopped; whatever was signed on branches can land now.
  func landTheRest() async throws {
    // An ending may make room for what was left before.
    for _ in 0..<5 where try await !land() {}
    let isEmpty = try await land()
    #expect(isEmpty, "not all that was signed on branches could land")
    let isPinned = try await reconcile()
    #expect(isPinned)
  }

  /// - Returns: whether nothing waits any more.
  private func land() async throws -> Bool {
    struct Report: Decodable {
      struct Branch: Decodable {
        let branch: String
        let tip: String
        let commit: String?
        let reason: String?
      }
      let landed: [Branch]
      let left: [Branch]
    }
    let began = ContinuousClock.now
    let result = try await world.run(
      ["land", "--all", "--assume-clock", "--yes", "-o", "json"], in: "ci")
    let took = ContinuousClock.now - began
    await tally.add(Tally.Run(command: "land", status: result.status, took: took))
    #expect([0, 4, 5].contains(result.status), "land: \(result.errorText)")
    guard result.status != 5 else {
      await tally.addFailure("land 5")
      return false
    }
    let report = try decode(Report.self, result)
    #expect(report.left.isEmpty == (result.status == 0), "\(result.text)")
    for branch in report.landed {
      await tally.addLanding(of: branch.tip, by: try #require(branch.commit))
    }
    for branch in report.left { await tally.addFailure("left: \(branch.reason ?? "")") }
    return report.landed.isEmpty && report.left.isEmpty
  }

  private func reconcile() async throws -> Bool {
    let began = ContinuousClock.now
    let result = try await world.run(["reconcile", "--assume-clock"], in: "ci")
    let took = ContinuousClock.now - began
    await tally.add(Tally.Run(command: "reconcile", status: result.status, took: took))
    #expect([0, 5].contains(result.status), "reconcile: \(result.errorText)")
    if result.status != 0 { await tally.addFailure("reconcile \(result.status)") }
    for match in result.text.matches(of: /commit ([0-9a-f]{10,40}) on main/) {
      await tally.addReconcilers(String(match.1))
    }
    return result.status == 0
  }

  // MARK: Afterwards

  /// Every step that was reported is in the log once, and the log knows no other.
  func demandThatLogAndReportsAgree() async throws {
    struct Entry: Decodable {
      let what: String
      let grant: String?
      let commit: String
      let waiting: Bool
    }
    let result = try await world.run(["log", "-o", "json"], in: "auditor")
    let log = try decode([Entry].self, result)
    let logged = log.filter { $0.what != "pin" }.map {
      Tally.Step(kind: $0.what, grant: $0.grant ?? "", commit: $0.commit)
    }
    #expect(log.count { $0.waiting } == 0, "the reconciler's commit is the last")
    let done = await tally.done
    let reported = done.values.flatMap(\.self)
    let lost = Set(reported).subtracting(logged).count
    let double = logged.count - Set(logged).count
    print("lost \(lost), double \(double)")
    #expect(Set(reported).count == reported.count, "reported twice")
    #expect(double == 0)
    #expect(lost == 0, "\(Set(reported).subtracting(logged))")
    #expect(Set(logged).subtracting(reported).isEmpty, "nobody reported it")
    for flow in Flow.allCases {
      #expect(done[flow]?.isEmpty == false, "nothing at all got through: \(flow)")
    }
    let landed = await tally.landed
    #expect(!landed.isEmpty)
  }

  /// How many commits people signed that another writer was faster than: each was judged and signed
  /// anew, or said to have failed. They lie in their clones, and nothing refers to them.
  func outrun() async throws -> Int {
    var count = 0
    let there = try await world.sandbox.git("rev-list", "--all", in: "remote.git")
    let landed = Set(there.split(separator: "\n"))
    for person in Flow.allCases.flatMap(people) {
      let listed = try await world.sandbox.git(
        "cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectname)", in: person)
      count += listed.split(separator: "\n").count {
        $0.hasPrefix("commit ") && !landed.contains($0.dropFirst("commit ".count))
      }
    }
    return count
  }

  /// What failed left nothing behind: no commit, no branch, no file.
  func demandThatNothingElseWasLeft() async throws {
    let git = { (arguments: [String], place: String) async throws -> [String] in
      let result = try await world.sandbox.run(["git"] + arguments, in: place)
      #expect(result.succeeded, "\(arguments): \(result.errorText)")
      return result.text.split(separator: "\n").map(String.init)
    }
    let steps = await tally.done.values.flatMap(\.self)
    let (signed, reconcilers) = await (Set(steps.map(\.commit)), tally.reconcilers)
    let all = try await git(["rev-list", "--all", "^" + world.stage.root], "remote.git")
    let unknown = all.filter { commit in
      !signed.contains(commit) && !reconcilers.contains { commit.hasPrefix($0) }
    }
    #expect(unknown.isEmpty, "commits that nobody reported")
    #expect(all.count == signed.count + Set(reconcilers).count)

    let asked = await (tally.done[.branch] ?? []).filter { $0.kind == "request" }.map(\.grant)
    let heads = try await git(["for-each-ref", "--format=%(refname:short)"], "remote.git")
    #expect(Set(heads) == Set(["main"] + asked.map { "daypass/" + $0 }))

    for person in Flow.allCases.flatMap(people) + ["ci"] {
      let status = try await git(["status", "--porcelain", "-uall"], person)
      #expect(status.isEmpty, "\(person): \(status)")
      let here = try await world.sandbox.git("rev-parse", "main", in: person)
      #expect(
        all.contains(here) || here == world.stage.root,
        "\(person) is at what was never published")
    }
  }
}
