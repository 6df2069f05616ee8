import Grants
import History
import Ledger
import TestSupport
import Testing

/// Whose key is under a commit.
enum Signer: Sendable, Hashable, CustomTestStringConvertible {
  case person(String)
  /// A key that no `allowed_signers` lists.
  case unknownKey
  case nobody

  var testDescription: String {
    switch self {
    case .person(let name): name
    case .unknownKey: "unknown key"
    case .nobody: "unsigned"
    }
  }

  /// Every kind of person there is, and the two who are nobody.
  static let everybody: [Signer] =
    [
      World.alice, World.bob, World.carol, World.dave, World.erin, World.ci, Cast.hank, Cast.olga,
    ].map { .person($0) } + [.unknownKey, .nobody]

  static func everybody(but people: String...) -> [Signer] {
    everybody.filter { !people.map { .person($0) }.contains($0) }
  }
}

/// The people of ``World`` in their parts, and two more.
///
/// alice asks, erin would hold (where a grant is for somebody else), bob leads, dave leads and is an
/// admin, carol is an admin, ci reconciles; hank could ask like everybody, olga only has a key.
enum Cast {
  static let hank = "hank@example.com"
  static let olga = "olga@example.com"

  /// A world of all of them, with a role that needs no approval and one of another group.
  static func world(
    policy changes: [String: String?] = [:], grants: [String: World.File] = [:],
    keys extra: [String: TestKey] = [:]
  ) throws -> World {
    var files: [String: String?] = [
      "groups.yaml": """
      groups:
        engineers: [\(World.alice), \(World.bob), \(World.dave), \(World.erin), \(hank)]
        leads: [\(World.bob), \(World.dave)]
        others: [\(hank)]

      """,
      "daypass.yaml": World.policyHead(serial: 1, settings: ["requireApproval: false"]),
      "roles/free.yaml": freeRole,
      "roles/sibling.yaml": World.role(quorum: 1)
        .replacing("from: {groups: [leads]}", with: "from: {groups: [others]}"),
    ]
    files.merge(changes) { _, new in new }
    var keys = extra
    for person in [hank, olga] where keys[person] == nil { keys[person] = TestKey() }
    return try World(policy: files, grants: grants, keys: keys)
  }

  static let freeRole = """
    description: A role
    requestable: {groups: [engineers]}
    onBehalfOf: {groups: [engineers]}
    duration: {min: PT1M, max: PT4H}
    approval: {none: true}

    """
}

/// A grant on its way, from which tests try the next step.
struct Stage {
  let world: World
  /// As believed.
  var grant: Grant
  var head: ObjectID

  static let t = World.start + .hours(1)

  /// alice asks (for `subject`), at ``t``.
  static func pending(
    in world: World? = nil, role: String = "db-read", for subject: String? = nil,
    duration: TimeSpan = .hours(1), at moment: Timestamp = t
  ) throws -> Stage {
    let world = try world ?? Cast.world()
    let grant = try world.grant(for: subject, role: role, at: moment, duration: duration)
    return Stage(world: world, grant: grant, head: try world.request(grant, on: world.root))
  }

  /// alice asks and bob approves a minute later: active from then on, for an hour.
  static func active(
    in world: World? = nil, for subject: String? = nil, duration: TimeSpan = .hours(1)
  ) throws -> Stage {
    let stage = try pending(in: world, for: subject, duration: duration)
    return try stage.approved(by: World.bob, at: t + .minutes(1))
  }

  /// The stage after an approval.
  func approved(
    by approver: String, at moment: Timestamp, activates: Bool = true
  ) throws -> Stage {
    let (head, grant) = try world.approve(
      grant, on: head, by: approver, at: moment, activates: activates)
    return Stage(world: world, grant: grant, head: head)
  }

  var id: GrantID { grant.id }

  /// A commit upon the stage that shows the grant in that state.
  func showing(
    _ grant: Grant, _ state: GrantState, by signer: Signer, at moment: Timestamp,
    message: String = "A step\n", alongside: [String: World.File?] = [:]
  ) throws -> ObjectID {
    try edit(
      World.place(grant, state).merging(alongside) { _, new in new }, by: signer, at: moment,
      message: message)
  }

  func edit(
    _ edits: [String: World.File?], by signer: Signer, at moment: Timestamp,
    message: String = "A step\n", on parent: ObjectID? = nil
  ) throws -> ObjectID {
    switch signer {
    case .person(let name):
      try world.commit(
        on: parent ?? head, edits: edits, by: name, at: moment, message: message)
    case .unknownKey:
      try world.commit(
        on: parent ?? head, edits: edits, by: nil, at: moment, message: message, key: TestKey())
    case .nobody:
      try world.commit(on: parent ?? head, edits: edits, by: nil, at: moment, message: message)
    }
  }

  /// The grant's path in that state.
  func path(_ state: GrantState) -> String { GrantPath(state: state, id: id).description }

  /// Removes the grant's file, wherever it lies.
  var removal: [String: World.File?] {
    var edits: [String: World.File?] = [:]
    for state in GrantState.allCases { edits.updateValue(nil, forKey: path(state)) }
    return edits
  }

  // MARK: What must come of it

  /// The step counts, the tree shows what came of it, nothing is refused.
  @discardableResult
  func expectCounts(
    _ commit: ObjectID, as kind: Transition.Kind, _ state: GrantState, _ expected: Grant,
    at now: Timestamp, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Replay {
    let (replay, events) = try world.replay(commit, at: now)
    #expect(events.incidents == [], sourceLocation: sourceLocation)
    #expect(replay.disputes == [], sourceLocation: sourceLocation)
    expect(replay, events, last: kind, state, expected, sourceLocation)
    let path = GrantPath(state: state, id: expected.id).description
    #expect(
      world.files(of: commit)[path]?.bytes == expected.canonicalBytes,
      sourceLocation: sourceLocation)
    return replay
  }

  /// The step counts, though the tree shows something else than what came of it.
  @discardableResult
  func expectCountsDisputed(
    _ commit: ObjectID, as kind: Transition.Kind, _ state: GrantState, _ expected: Grant,
    at now: Timestamp, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Replay {
    let (replay, events) = try world.replay(commit, at: now)
    #expect(!replay.disputes.isEmpty, sourceLocation: sourceLocation)
    expect(replay, events, last: kind, state, expected, sourceLocation)
    return replay
  }

  private func expect(
    _ replay: Replay, _ events: [LedgerEvent], last kind: Transition.Kind, _ state: GrantState,
    _ expected: Grant, _ sourceLocation: SourceLocation
  ) {
    let last = events.transitions.last { $0.grant.id == expected.id }
    #expect(last?.kind == kind, sourceLocation: sourceLocation)
    #expect(last?.after == state, sourceLocation: sourceLocation)
    #expect(last?.grant == expected, sourceLocation: sourceLocation)
    let live = replay.belief.live[expected.id]
    #expect(live?.state == (state == .closed ? nil : state), sourceLocation: sourceLocation)
    if state != .closed {
      #expect(live?.grant == expected, sourceLocation: sourceLocation)
      #expect(
        live?.blob == InMemoryHistory.id(of: .blob, expected.canonicalBytes),
        sourceLocation: sourceLocation)
    }
  }

  /// Nothing changes; the rules that refused come back.
  @discardableResult
  func expectRefused(
    _ commit: ObjectID, _ rules: TrustRule..., at now: Timestamp, note: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Set<TrustRule> {
    let before = try world.replay(head, at: now)
    let after = try world.replay(commit, at: now)
    #expect(
      after.replay.belief.live == before.replay.belief.live, Comment(rawValue: note),
      sourceLocation: sourceLocation)
    #expect(
      after.events.transitions == before.events.transitions, Comment(rawValue: note),
      sourceLocation: sourceLocation)
    let refused = after.events.incidents.filter { !before.events.incidents.contains($0) }
    let found = Set(refused.map(\.rule))
    #expect(!found.isEmpty, Comment(rawValue: note), sourceLocation: sourceLocation)
    if !rules.isEmpty {
      let words = "\(note) \(refused.map(\.sentence))"
      #expect(found == Set(rules), Comment(rawValue: words), sourceLocation: sourceLocation)
    }
    return found
  }
}
