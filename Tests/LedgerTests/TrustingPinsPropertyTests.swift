import Grants
import History
import Ledger
import TestSupport
import Testing

/// Where everybody was honest, the newest pin's word is what a whole replay finds.
@Suite struct TrustingPinsPropertyTests {
  @Test(arguments: UInt64(1)...6)
  func theAnswerIsThatOfAWholeReplay(seed: UInt64) throws {
    let history = try HonestHistory(seed: seed, steps: 60)
    let world = history.world
    var spared = 0
    for (head, at) in history.heads {
      let now = at + TimeSpan(seconds: 5)
      let whole = try world.replay(head, at: now).replay
      // What is compared here would hide what is not honest.
      try #require(whole.disputes.isEmpty && !whole.pins.contains(where: \.contradicts))
      let replay = try world.ledger.replay(head: head, now: now, trustingPins: true)
      // The newest one, unless it has closed a change of the policy and was judged therefore.
      if let pin = replay.trustedPin { #expect(whole.pins.map(\.commit).contains(pin.commit)) }
      #expect(replay.belief.live == whole.belief.live, "seed \(seed), head \(head)")
      #expect(replay.belief.policy.tree == whole.belief.policy.tree)
      #expect(replay.disputes.isEmpty)
      #expect(replay.pinnedAt == whole.pinnedAt)
      #expect(replay.state.landedAt == whole.state.landedAt)
      #expect(
        try replay.digest(ofRestored: replay.tree(of: head))
          == whole.digest(ofRestored: whole.tree(of: head)))
      if let pin = replay.trustedPin { spared = max(spared, pin.unjudged) }
    }
    #expect(spared > 10, "seed \(seed): hardly anything was spared")
  }
}

/// Requests, approvals, endings, merged branches, changes of policy and pins, all as they should be.
private struct HonestHistory {
  let world: World
  private(set) var heads: [(commit: ObjectID, at: Timestamp)] = []
  private var random: SeededRandom
  private var head: ObjectID
  private var now = World.start + .minutes(10)
  private var serial = 1
  private var pending: [Grant] = []
  private var active: [Grant] = []
  /// bob has asked for something, beside the line.
  private var bobAsks = false

  init(seed: UInt64, steps: Int) throws {
    world = try World()
    random = SeededRandom(seed: seed)
    head = world.root
    for _ in 0..<steps {
      now = now + TimeSpan(seconds: Int64.random(in: 1...200, using: &random))
      guard let next = try step() else { continue }
      head = next
      heads.append((next, now))
    }
  }

  private mutating func step() throws -> ObjectID? {
    switch Int.random(in: 0..<12, using: &random) {
    case 0...2: return try request()
    case 3...5: return try approve()
    case 6: return try end()
    case 7: return try merge()
    case 8: return try changePolicy()
    default: return try pin()
    }
  }

  private mutating func request() throws -> ObjectID {
    let who = [World.alice, World.erin].randomElement(using: &random) ?? World.alice
    let role = Bool.random(using: &random) ? "db-read" : "prod-admin"
    let grant = try world.grant(by: who, role: role, at: now, duration: .hours(4))
    let open = (pending + active).contains {
      $0.requester == grant.requester && $0.role == grant.role
    }
    if open { return try pin() }
    pending.append(grant)
    return try world.request(grant, on: head, by: who)
  }

  private mutating func approve() throws -> ObjectID? {
    guard let index = pending.indices.randomElement(using: &random) else { return nil }
    let grant = pending[index]
    let needed = grant.role.name == "db-read" ? 1 : 2
    let approver = grant.approvals.isEmpty ? World.bob : World.dave
    let isLast = grant.approvals.count + 1 == needed
    let (commit, after) = try world.approve(
      grant, on: head, by: approver, at: now, activates: isLast)
    if isLast {
      pending.remove(at: index)
      active.append(after)
    } else {
      pending[index] = after
    }
    return commit
  }

  private mutating func end() throws -> ObjectID? {
    guard let index = active.indices.randomElement(using: &random) else { return nil }
    return try world.close(
      active.remove(at: index), .revoked, on: head, by: World.dave, at: now)
  }

  /// A request made beside the line, from where it stood a while ago.
  private mutating func merge() throws -> ObjectID? {
    let fork = heads.suffix(6).randomElement(using: &random)?.commit ?? world.root
    let grant = try world.grant(by: World.bob, at: now, duration: .hours(1))
    guard !bobAsks else { return nil }
    let asked = try world.request(grant, on: fork, by: World.bob)
    bobAsks = true
    // A merge as git makes it: the line's own files, and the one that is new.
    return try world.merge(head, asked, tree: head, at: now, edits: World.place(grant, .pending))
  }

  private mutating func changePolicy() throws -> ObjectID {
    serial += 1
    return try world.changePolicy(
      on: head, edits: ["daypass.yaml": World.policyHead(serial: serial)], by: World.carol, at: now)
  }

  private func pin() throws -> ObjectID { try world.statedPin(on: head, at: now) }
}
