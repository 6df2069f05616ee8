import Grants
import History
import Ledger
import Submission
import Synchronization
import TestSupport

/// Remote, clone and signer in memory, around one ``World``.
///
/// Both sides keep their objects in the world's history; each has its own name for the branch.
final class Setting: Sendable {
  static let here = "refs/heads/main"
  static let there = "refs/heads/main-of-the-remote"
  static let now = World.start + .hours(1)

  let world: World
  let remote: MemoryRemote
  let local: MemoryBranch
  let signer: MemorySigner
  let checkpoints = MemoryCheckpoints()

  /// Clone and remote are both at the root.
  ///
  /// - Parameters:
  ///   - person: whose key signs, an unlisted one for a stranger; nil has no key.
  ///   - grants: files that the root has below `grants/`.
  init(
    signingFor person: String? = World.alice, grants: [String: World.File] = [:],
    obstacle: MemoryBranch.Obstacle = .none,
    whenPushing: @escaping @Sendable (World, Int) throws -> PushOutcome? = { _, _ in nil }
  ) throws {
    let world = try World(grants: grants)
    self.world = world
    world.history.force(Self.here, to: world.root)
    world.history.force(Self.there, to: world.root)
    remote = MemoryRemote(world: world, whenPushing: whenPushing)
    local = MemoryBranch(history: world.history, obstacle: obstacle)
    signer = MemorySigner(key: person.map { world.keys[$0] ?? TestKey() })
  }

  func submitter(offline: Bool = false, attempts: Int = 16) -> Submitter {
    Submitter(
      ledger: world.ledger, reader: world.history, writer: world.history, local: local,
      remote: offline ? nil : remote, signer: signer, clock: FixedClock(), checkpoints: checkpoints,
      author: Author(name: "Alice", email: World.alice), attempts: attempts)
  }

  /// alice asks for a role.
  func request() throws -> RequestIntent {
    RequestIntent(
      requester: try world.person(World.alice), role: try world.require(RoleName("db-read")),
      justification: "because it is needed", random: world.nextRandom())
  }

  var hereTip: ObjectID? { get throws { try world.history.tip(of: Self.here) } }
  var thereTip: ObjectID? { get throws { try world.history.tip(of: Self.there) } }
}

/// The other end. A push can be got ahead of.
final class MemoryRemote: Remote {
  let name = "origin"
  private let world: World
  private let whenPushing: @Sendable (World, Int) throws -> PushOutcome?
  private let pushed = Mutex<[ObjectID]>([])
  private let down = Mutex(false)

  /// - Parameter whenPushing: what somebody else does just before the push of that number (from 1)
  ///   arrives; may answer in the remote's place.
  init(world: World, whenPushing: @escaping @Sendable (World, Int) throws -> PushOutcome?) {
    self.world = world
    self.whenPushing = whenPushing
  }

  /// The commits that somebody tried to push, in order.
  var pushes: [ObjectID] { pushed.withLock { $0 } }

  func goDown() { down.withLock { $0 = true } }

  func fetch(branch: String) async throws(RemoteError) -> ObjectID? {
    if down.withLock({ $0 }) {
      throw RemoteError(.unreachable, "origin cannot be reached", hint: "git remote -v")
    }
    do {
      return try world.history.tip(of: Setting.there)
    } catch {
      throw RemoteError(.local, error.sentence)
    }
  }

  func fetch(below prefix: String) async throws(RemoteError) -> [String: ObjectID] {
    throw RemoteError(.local, "no lanes are played here")
  }

  func push(
    _ commit: ObjectID, to branch: String, expecting expected: ObjectID?
  ) async throws(RemoteError) -> PushOutcome {
    let number = pushed.withLock { pushed in
      pushed.append(commit)
      return pushed.count
    }
    do {
      if let answer = try whenPushing(world, number) { return answer }
      try world.history.move(Setting.there, to: commit, expecting: expected, because: "push")
      return .accepted(saying: "")
    } catch {
      if let error = error as? HistoryError, error.code == .conflict { return .stale }
      throw RemoteError(.unknown, "\(error)")
    }
  }
}

/// The clone's branch; files that cannot follow are played by an error.
struct MemoryBranch: LocalBranch {
  enum Obstacle: Sendable {
    case none
    /// Found before anything has moved.
    case preparing(HistoryError.Code)
    /// Found when all is published.
    case advancing(HistoryError.Code)
  }

  static let sentence = "something is in the way"

  let history: InMemoryHistory
  let obstacle: Obstacle

  var abortCommand: String? { nil }

  func tip() throws(HistoryError) -> ObjectID? { try history.tip(of: Setting.here) }

  func tips(below prefix: String) async throws(HistoryError) -> [String: ObjectID] { [:] }

  func finish() async throws(HistoryError) {}

  func prepare(to new: ObjectID) async throws(HistoryError) {
    if case .preparing(let code) = obstacle { throw HistoryError(code, Self.sentence) }
  }

  func advance(
    from old: ObjectID?, to new: ObjectID, because message: String
  ) async throws(HistoryError) {
    if case .advancing(let code) = obstacle { throw HistoryError(code, Self.sentence) }
    try history.move(Setting.here, to: new, expecting: old, because: message)
  }
}

/// Signs with one key, or with none at all, and keeps what it was shown.
final class MemorySigner: CommitSigner {
  private let key: TestKey?
  private let shown = Mutex<[[UInt8]]>([])

  init(key: TestKey?) { self.key = key }

  var payloads: [[UInt8]] { shown.withLock { $0 } }

  func sign(_ payload: [UInt8]) async throws(SigningError) -> [UInt8] {
    shown.withLock { $0.append(payload) }
    guard let key else { throw SigningError("no key is configured", hint: "daypass whoami") }
    return key.sign(payload)
  }
}

final class MemoryCheckpoints: CheckpointStore {
  private let bytes = Mutex<[UInt8]?>(nil)
  private let acceptance = Mutex<[UInt8]?>(nil)

  func load() -> [UInt8]? { bytes.withLock { $0 } }
  func save(_ new: [UInt8]) { bytes.withLock { $0 = new } }
  func loadAcceptance() -> [UInt8]? { acceptance.withLock { $0 } }
  func saveAcceptance(_ new: [UInt8]) { acceptance.withLock { $0 = new } }
}

struct FixedClock: Clock {
  func now() -> Timestamp { Setting.now }
  var isSynchronised: Bool { true }
}
