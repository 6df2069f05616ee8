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

  @Test func aPlanThatCannotBeIsRefused() {
    var plan = Self.plan()
    plan.live = 1_000_000
    #expect(plan.objection != nil)
    #expect(throws: ToolFailure.self) {
      try RepositoryMaker.make(plan, at: "/nonexistent/repository.git")
    }
  }
}
