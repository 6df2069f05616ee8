import Foundation
import Grants
import HeapModule
import History
import Submission
import TestSupport

/// An honest history, told in the order of its commits: what is believed is known by construction,
/// so that nothing has to be replayed to go on.
struct Simulation {
  /// A grant that is pending or active.
  struct Live {
    var state: GrantState
    var grant: Grant
    var file: Stored
    let role: Int
    /// Whether a branch that is not merged yet has something to say of it.
    var isAway = false
  }

  /// What is going to happen.
  struct Event: Comparable {
    enum Kind { case request, approve, reject, withdraw, amend, revoke, sweep, merge }

    let moment: Timestamp
    /// In which order it was thought of.
    let number: Int
    let kind: Kind
    var id: GrantID?
    var branch = 0

    static func < (left: Event, right: Event) -> Bool {
      (left.moment, left.number) < (right.moment, right.number)
    }

    static func == (left: Event, right: Event) -> Bool { left.number == right.number }
  }

  /// What somebody may hold once.
  struct Holding: Hashable {
    let subject: Principal
    let role: RoleName
    let system: String
  }

  /// Where no end is wanted.
  static let usualStart = Timestamp(seconds: 1_790_000_000)

  let plan: RepositoryPlan
  let company: Company
  /// Where each person stands in the company.
  let numbers: [Principal: Int]
  /// Nil in a rehearsal.
  let scribe: Scribe?
  let start: Timestamp
  var random: SeededRandom
  var catalogue = Catalogue()
  var tree: GovernedTree
  var events = Heap<Event>()
  var live: [GrantID: Live] = [:]
  var held: Set<Holding> = []
  var branches: [Int: Branch] = [:]
  /// Approved side by side, so that nobody could move them.
  var unmoved: [GrantID] = []
  /// When active grants run out and pending ones lapse.
  var ends = Heap<Ending>()
  /// The number of the mainline's newest commit.
  var tip = 0
  var now: Timestamp
  var planned: [PlannedCommit] = []
  var counts = Counts()
  /// Whether as many are live as shall be left at the end.
  var isCrowded = false

  struct Ending: Comparable {
    let moment: Timestamp
    let id: GrantID

    static func < (left: Ending, right: Ending) -> Bool {
      (left.moment, left.id) < (right.moment, right.id)
    }
  }

  struct Counts {
    var commits = 0
    var merges = 0
    var pins = 0
    var grants = 0
    var events = 0
    var branches = 0
    var steps: [Transition.Kind: Int] = [:]
    var all = 0
  }

  /// - Parameter scribe: who writes it; nil rehearses, to know how long it takes. Nothing depends on
  ///   the start but the times.
  init(_ plan: RepositoryPlan, _ scribe: Scribe?, start: Timestamp = usualStart) throws {
    self.plan = plan
    self.scribe = scribe
    self.start = start
    now = start
    isCrowded = plan.quiet == nil
    company = try Company(plan)
    numbers = Dictionary(
      uniqueKeysWithValues: company.people.enumerated().map { ($1.principal, $0) })
    random = SeededRandom(seed: plan.seed)
    tree = GovernedTree(
      policies: company.policies, readme: "Grants lie here.\n", in: &catalogue)
    if scribe != nil { fillRoot() }
    if plan.startsFull { fillWithLive() }
    let admin = company.admins.lowerBound
    commit(on: [], by: admin, "Begin")
  }

  /// Seconds between two requests: as many as let the wanted number of grants be live. People get
  /// slower where more are.
  private var pause: Double {
    let crowd = max(1, Double(live.count) / plan.crowd)
    return Self.meanLife / plan.crowd * crowd * crowd * crowd * crowd
  }

  /// Everything from the first request to the last pin.
  mutating func run() {
    plan(.request, in: pause)
    plan(.sweep, in: sweepPause)
    while counts.all < plan.transitions || !isCrowded, let event = events.popMin() {
      now = max(now, event.moment)
      happen(event)
    }
    // Later than what is signed on a branch.
    now = now + .minutes(15)
    for branch in branches.keys.sorted() { merge(branch) }
    now = now + TimeSpan(seconds: 1)
    sweep()
    if let quiet = plan.quiet { quieten(for: quiet) }
    if plan.burst > 0 { burst() }
    scribe?.take(&planned, all: true)
  }

  private mutating func happen(_ event: Event) {
    switch event.kind {
    case .request:
      request()
      plan(.request, in: exponential(pause))
    case .sweep:
      sweep()
      lookAround()
      plan(.sweep, in: sweepPause)
    case .merge: merge(event.branch)
    case .approve: if let id = event.id { approve(id) }
    case .reject: if let id = event.id { reject(id) }
    case .withdraw: if let id = event.id { withdraw(id) }
    case .amend: if let id = event.id { amend(id) }
    case .revoke: if let id = event.id { revoke(id) }
    }
  }

  /// About 150 commits, but not rarer than every six hours.
  private var sweepPause: Double { min(max(150 * pause / 2.3, 60), 6 * 3_600) }

  // MARK: Events

  mutating func plan(
    _ kind: Event.Kind, in seconds: Double, of id: GrantID? = nil, branch: Int = 0
  ) {
    counts.events += 1
    let moment = now + TimeSpan(seconds: max(1, Int64(seconds)))
    events.insert(
      Event(moment: moment, number: counts.events, kind: kind, id: id, branch: branch))
  }

  // MARK: Commits

  /// Plans a commit whose tree is the one that has been made.
  ///
  /// - Returns: its number.
  @discardableResult
  mutating func commit(
    on parents: [Int], by person: Int?, at moment: Timestamp? = nil, _ subject: String,
    isPin: Bool = false
  ) -> Int {
    counts.commits += 1
    guard let scribe else {
      _ = catalogue.takeFresh()
      return counts.commits - 1
    }
    let root = tree.store(in: &catalogue)
    _ = catalogue.commit()
    planned.append(
      PlannedCommit(
        objects: catalogue.takeFresh(), tree: root, parents: parents, moment: moment ?? now,
        author: person.map { company.people[$0].author }
          ?? Author(name: "Forge", email: "forge@example.com"),
        key: person.map { company.people[$0].key }, subject: subject,
        pinned: isPin ? tree.digest : nil))
    scribe.take(&planned)
    return counts.commits - 1
  }

  /// A commit of the mainline.
  mutating func advance(by person: Int?, _ subject: String, isPin: Bool = false) {
    tip = commit(on: [tip], by: person, subject, isPin: isPin)
  }

  mutating func count(_ kind: Transition.Kind) {
    counts.steps[kind, default: 0] += 1
    counts.all += 1
  }

  // MARK: Chance

  mutating func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &random) < share }

  mutating func exponential(_ mean: Double) -> Double {
    -mean * log1p(-Double.random(in: 0..<1, using: &random))
  }

  mutating func pick<Element>(_ elements: some RandomAccessCollection<Element>) -> Element {
    elements[
      elements.index(
        elements.startIndex, offsetBy: Int.random(in: 0..<elements.count, using: &random))
    ]
  }
}
