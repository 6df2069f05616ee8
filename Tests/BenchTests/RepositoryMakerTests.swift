import BenchRepository
import GitStore
import Grants
import History
import Ledger
import TestSupport
import Testing

/// Repositories for measurements are honest ones: git finds nothing wrong with them, and the ledger
/// believes just what was meant.
@Suite struct RepositoryMakerTests {
  private static func plan(seed: UInt64 = 7) -> RepositoryPlan {
    var plan = RepositoryPlan()
    plan.seed = seed
    plan.transitions = 600
    plan.live = 60
    plan.merges = 0.2
    plan.people = 40
    return plan
  }

  @Test func theLedgerBelievesWhatWasMeant() async throws {
    let sandbox = try Sandbox()
    let path = sandbox.path("made.git")
    let made = try RepositoryMaker.make(Self.plan(), at: path)
    let git = try await sandbox.run(["git", "fsck", "--strict", "--full"], in: "made.git")
    #expect(git.succeeded && git.text.isEmpty, "\(git.text)\(git.errorText)")

    let repository = try GitRepository.open(at: path, environment: sandbox.environment)
    #expect(try repository.tip(of: "refs/heads/main") == made.head)
    var counts: [Transition.Kind: Int] = [:]
    var (incidents, pins): ([Incident], [Pin]) = ([], [])
    let replay = try Ledger(history: repository, root: made.root, branch: "main").replay(
      head: made.head, now: made.end, from: nil, choice: nil
    ) { event in
      switch event {
      case .transition(let transition): counts[transition.kind, default: 0] += 1
      case .incident(let incident): incidents.append(incident)
      case .pin(let pin): pins.append(pin)
      case .consent, .policy, .settled: break
      }
    }
    #expect(incidents.map(\.sentence) == [])
    #expect(replay.disputes.isEmpty)
    #expect(counts == made.transitions)
    #expect(counts.reduce(0) { $0 + $1.value } >= 600)
    // Every kind of step that the plan promises is there.
    #expect(
      Set(counts.keys).isSuperset(
        of: [.request, .approve, .activate, .expire, .revoke, .reject, .withdraw]))
    #expect(replay.belief.live.count == made.live)
    #expect(pins.count == made.pins)
    #expect(pins.allSatisfy { $0.statedDigest == $0.digest })
    #expect(made.merges > 20)
  }

  @Test func theSameSeedMakesTheSameRepository() throws {
    let sandbox = try Sandbox()
    let first = try RepositoryMaker.make(Self.plan(), at: sandbox.path("first.git"))
    let second = try RepositoryMaker.make(Self.plan(), at: sandbox.path("second.git"))
    let other = try RepositoryMaker.make(Self.plan(seed: 8), at: sandbox.path("other.git"))
    #expect(first.head == second.head)
    #expect(first.head != other.head)
  }

  /// What is measured with a checkpoint ends at the present, and nothing is due for a while.
  @Test func anEndIsWhereAndAsQuietAsWanted() async throws {
    let sandbox = try Sandbox()
    var plan = Self.plan()
    plan.people = 80
    plan.end = Timestamp("2026-11-24T12:00:00Z")
    plan.quiet = .hours(2)
    plan.startsFull = true
    plan.closed = 300
    let made = try RepositoryMaker.make(plan, at: sandbox.path("made.git"))
    #expect(made.end == plan.end)
    #expect(made.live == plan.live)
    let git = try await sandbox.run(["git", "fsck", "--strict", "--full"], in: "made.git")
    #expect(git.succeeded && git.text.isEmpty, "\(git.text)\(git.errorText)")

    let repository = try GitRepository.open(
      at: sandbox.path("made.git"), environment: sandbox.environment)
    var incidents: [Incident] = []
    let replay = try Ledger(history: repository, root: made.root, branch: "main").replay(
      head: made.head, now: made.end, from: nil, choice: nil
    ) { event in if case .incident(let incident) = event { incidents.append(incident) } }
    #expect(incidents.map(\.sentence) == [])
    #expect(replay.disputes.isEmpty && !replay.hasUnpinned)
    #expect(replay.belief.live.count == plan.live)
    let ends = replay.belief.live.values.map {
      $0.grant.expiresAt ?? $0.grant.id.requestedAt + .days(1)
    }
    #expect(ends.allSatisfy { $0 > made.end + .minutes(115) })
  }

  /// All in one directory, which every further request of that hour rewrites.
  @Test func aBurstLiesInOneHour() throws {
    let sandbox = try Sandbox()
    var plan = Self.plan()
    plan.quiet = .hours(1)
    plan.burst = 150
    plan.people = 80
    let made = try RepositoryMaker.make(plan, at: sandbox.path("made.git"))
    #expect(made.live == plan.live + 150)
  }

  @Test func aPlanThatCannotBeIsRefused() {
    var plan = Self.plan()
    plan.live = 1_000_000
    #expect(plan.objection != nil)
    #expect(throws: ToolFailure.self) {
      try RepositoryMaker.make(plan, at: "/nonexistent/repository.git")
    }
  }
}
