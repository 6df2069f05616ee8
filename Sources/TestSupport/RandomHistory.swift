import Grants
import History
import Ledger

/// A random history, honest and hostile steps mixed: requests, approvals, endings, policy changes,
/// pins, merges, forged files, wild dates, restores.
package struct RandomHistory {
  package let world: World
  /// One for all steps: what it has read once it need not read again.
  private let ledger: Ledger
  /// Mainline heads in order, with the time each was pushed.
  package internal(set) var heads: [(commit: ObjectID, at: Timestamp)] = []

  var random: SeededRandom
  var head: ObjectID
  var now: Timestamp
  var lastPin: Timestamp
  static let people = [World.alice, World.bob, World.carol, World.dave, World.erin]

  private let varyingLanding: Bool
  /// When the next commit is signed, where a change wants that to the second.
  var aimed: Timestamp?
  /// What the policy says, where the history is a wild one.
  var policy: WildPolicy?
  /// Those that were ever proposed, by their trees.
  var proposed: [ObjectID: WildPolicy] = [:]
  /// From where the next step is looked at, so that making a history costs less than reading it.
  private var checkpoint: Checkpoint?
  /// Heads that a wild history may go on from: those whose replay does not stop.
  var forks: [ObjectID] = []
  private var known: (head: ObjectID, replay: Replay)?
  /// Whether what was believed a step before does for the next one.
  var isStale = false
  /// The last head whose replay did not stop, and how many heads there were then.
  var sound: (head: ObjectID, count: Int)

  /// - Parameters:
  ///   - varyingLanding: whether it begins with `landing: reconciler`, and policy changes may
  ///     change that.
  ///   - wildly: whether nearly anything a file, a tree, a commit or a policy can be is tried.
  package init(seed: UInt64, steps: Int, varyingLanding: Bool = false, wildly: Bool = false) throws
  {
    self.varyingLanding = varyingLanding
    random = SeededRandom(seed: seed)
    var keys: [String: TestKey] = [:]
    for (number, person) in (Self.people + [World.ci] + WildPolicy.others).enumerated() {
      // A few sets of keys do for all seeds: a verifier that remembers keys is asked about thousands.
      keys[person] = TestKey(seed: seed % 4 &* 1_000 &+ UInt64(number))
    }
    let plain = keys.filter { Self.people.contains($0.key) || $0.key == World.ci }
    if wildly {
      let policy = WildPolicy(waits: varyingLanding, at: World.start, using: &random)
      world = try World(policy: policy.files(keys), grants: Self.past(), keys: keys)
      self.policy = policy
    } else if varyingLanding {
      world = try World(
        policy: ["daypass.yaml": World.policyHead(serial: 1) + "landing: reconciler\n"],
        keys: plain)
    } else {
      world = try World(keys: plain)
    }
    ledger = world.ledger
    head = world.root
    sound = (head, 0)
    now = World.start + .minutes(10)
    lastPin = now
    for _ in 0..<steps {
      now = now + TimeSpan(seconds: Int64.random(in: 1...2_400, using: &random))
      if policy != nil {
        // Sometimes something ends or begins in this very second.
        if chance(5), let edge = edge(), edge > now, edge - now < .hours(6) { now = edge }
        try wildStep()
      } else if let next = try step() {
        push(next)
      }
    }
    if isStale { settle() }
  }

  /// The commit becomes the branch's.
  mutating func push(_ commit: ObjectID) {
    head = commit
    heads.append((commit, now))
  }

  mutating func pick<Element>(_ elements: [Element]) -> Element? {
    elements.randomElement(using: &random)
  }

  /// One of these, or nobody.
  mutating func maybe(_ people: [String]) -> String? {
    Bool.random(using: &random) ? pick(people) : nil
  }

  mutating func person() -> String { pick(Self.people) ?? World.alice }

  /// What a verifier believes at the head; steps are chosen from it so that many succeed. In a wild
  /// history it may lag a step behind, as a clone does: replays are most of what a history costs.
  mutating func believed() throws -> Replay {
    if let known, known.head == head || isStale { return known.replay }
    let replay = try ledger.replay(head: head, now: now, from: checkpoint)
    checkpoint = replay.checkpoint
    let ahead = replay.anticipating
    known = (head, ahead)
    return ahead
  }

  private mutating func step() throws -> ObjectID? {
    switch Int.random(in: 0..<20, using: &random) {
    case 0...4: return try request(on: head)
    case 5...8: return try approve(on: head)
    case 9, 10: return try end(on: head)
    case 11: return try changePolicy(on: head)
    case 12, 13: return try reconcile()
    case 14: return try forge()
    case 15, 16: return try mergeBranches()
    case 17: return try restore()
    case 18: return try remove()
    default:
      return try world.commit(
        on: head, edits: ["notes.txt": World.File("\(random.next())")], by: nil, at: wild())
    }
  }

  /// Mostly now, sometimes far off.
  mutating func wild() -> Timestamp {
    switch Int.random(in: 0..<12, using: &random) {
    case 0: Timestamp(seconds: 7)
    case 1: now + .days(4_000)
    case 2: now + .minutes(4)
    case 3: now + .minutes(20)
    default: now
    }
  }

  private mutating func request(on parent: ObjectID) throws -> ObjectID {
    let who = person()
    let moment = wild()
    let grant = try world.grant(
      by: who, role: pick(["db-read", "prod-admin", "no-such"]) ?? "db-read", at: moment,
      duration: .minutes(Int64.random(in: 1...300, using: &random)))
    let signer = pick([who, who, who, person()])
    return try world.request(grant, on: parent, by: signer)
  }

  private mutating func approve(on parent: ObjectID) throws -> ObjectID? {
    let live = try believed().belief.live.values.filter { $0.state == .pending }
    guard let target = pick(live.map(\.grant).sorted { $0.id < $1.id }) else { return nil }
    let who = pick([World.bob, World.dave, person()]) ?? World.bob
    return try world.approve(
      target, on: parent, by: who, at: wild(), activates: Bool.random(using: &random)
    ).commit
  }

  private mutating func end(on parent: ObjectID) throws -> ObjectID? {
    let live = try believed().belief.live.values.map(\.grant).sorted { $0.id < $1.id }
    guard let target = pick(live) else { return nil }
    let outcome = pick(Closure.Outcome.allCases) ?? .revoked
    return try world.close(
      target, outcome, on: parent, by: pick(Self.people + [World.ci]) ?? World.ci, at: wild())
  }

  private mutating func changePolicy(on parent: ObjectID) throws -> ObjectID {
    let current = try believed().belief.policy.policy.serial
    let next = pick([current + 1, current + 1, current + 1, current, current + 2]) ?? 2
    var head = World.policyHead(serial: next) + "# \(random.next())\n"
    if varyingLanding, let landing = pick(["anyone", "reconciler", "reconciler"]) {
      head += "landing: \(landing)\n"
    }
    return try world.changePolicy(
      on: parent, edits: ["daypass.yaml": head],
      by: pick([World.carol, World.dave, World.alice]) ?? World.carol, at: wild(),
      trailer: Int.random(in: 0..<6, using: &random) > 0)
  }

  private mutating func reconcile() throws -> ObjectID {
    let moment = max(now, lastPin)
    lastPin = moment
    return try world.pin(on: head, at: moment)
  }

  private mutating func forge() throws -> ObjectID {
    let grant = try world.approved(
      world.grant(by: person(), at: now), by: World.bob, at: now, activates: true)
    return try world.commit(
      on: head, edits: World.place(grant, .active), by: maybe([World.erin, World.ci]),
      at: wild())
  }

  mutating func mergeBranches() throws -> ObjectID? {
    let fork = pick(heads.suffix(6).map(\.commit)) ?? world.root
    guard
      let side = try pick([request(on: fork), approve(on: fork), end(on: fork)].compactMap(\.self))
    else { return nil }
    let tree = pick([head, side])
    return try world.merge(head, side, tree: tree, at: wild())
  }

  /// Puts the tree of an older head back.
  private mutating func restore() throws -> ObjectID? {
    guard let old = pick(heads.suffix(4).map(\.commit)) else { return nil }
    return try world.commit(on: head, by: maybe([person()]), at: wild(), base: old)
  }

  private mutating func remove() throws -> ObjectID? {
    let files = world.files(of: head).keys.filter { $0.hasSuffix(".json") }.sorted()
    guard let path = pick(files) else { return nil }
    return try world.commit(
      on: head, edits: [path: World.File?.none], by: maybe([person()]), at: wild())
  }
}

extension RandomHistory {
  /// Files of grants closed long before the root, or just before it: some may be archived at once,
  /// some soon, some only where the policy keeps them for less than an hour.
  private static func past() -> [String: World.File] {
    var files: [String: World.File] = [:]
    let ages: [TimeSpan] = [.days(400), .days(100), .hours(90 * 24 - 2), .days(1), .minutes(20)]
    for (number, age) in ages.enumerated() {
      guard let alice = Principal(World.alice), let role = RoleName("db-read") else { continue }
      let moment = World.start - age
      var grant = Grant(
        repository: "world", id: GrantID(requestedAt: moment, random: UInt64(number)),
        requester: alice, subject: alice, role: role, justification: "long ago", duration: .hours(1)
      )
      grant.closed = Closure(
        outcome: .withdrawn, by: alice, at: moment + .minutes(5), reason: "no longer needed")
      files[GrantPath(state: .closed, id: grant.id).description] = World.File(
        grant.canonicalBytes)
    }
    return files
  }
}
