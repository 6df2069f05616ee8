import Grants
import History
import Ledger
import TestSupport
import Testing

/// One way to get in, by the name docs and people give it: told once, tried on the Ledger and on
/// the release binary.
struct Attack: Sendable, CustomTestStringConvertible {
  let name: String
  let make: @Sendable () throws -> Scene
  /// Why it still gets through; nil where it does not. The day it no longer does, its test says so.
  var opening: Comment?

  init(_ name: String, _ make: @escaping @Sendable () throws -> Scene) {
    self.name = name
    self.make = make
  }

  var testDescription: String { name }

  /// The same, known to get through.
  func open(_ why: Comment) -> Attack {
    var attack = self
    attack.opening = why
    return attack
  }

  static let all = consent + history + signature + trees + store + surroundings
}

/// A history that an attacker had a hand in, and what every verifier must say of it.
struct Scene: Sendable {
  /// A head that a verifier had accepted before it met the attack.
  struct Accepted: Sendable {
    let head: ObjectID
    let now: Timestamp
  }

  let world: World
  let head: ObjectID
  let now: Timestamp
  /// Verifiers that come to the attack with what they remember; each must say what a cold one says.
  var accepted: [Accepted] = []
  var expected: Expectation
  /// What such a verifier must say, where that is something else than what a cold one says.
  var remembering: Expectation?
  /// What lies where a verifier keeps its checkpoint and is no checkpoint of this history.
  var memories: [[UInt8]] = []
  /// Further references of the repository on disk.
  var references: [String: ObjectID] = [:]
  /// Further commands of which nothing is asked but that their words do no harm.
  var shown: [[String]] = []
  /// What is done to the repository on disk, which no history in memory can show.
  var prepare: (@Sendable (TemporaryRepository) async throws -> Void)?
  /// What the binary must say of that, where it is not what the Ledger says of the history.
  var onDisk: LedgerError.Code?
  /// Whether nothing can be emitted: the last pin is older than two heartbeats.
  var isStale = false

  init(
    _ world: World, _ head: ObjectID, at now: Timestamp, accepted: ObjectID? = nil,
    _ expected: Expectation
  ) {
    (self.world, self.head, self.now, self.expected) = (world, head, now, expected)
    if let accepted { self.accepted = [Accepted(head: accepted, now: now)] }
  }
}

/// What must be said.
enum Expectation: Sendable, Equatable {
  case judged(Judgement)
  case stops(LedgerError.Code)
}

/// What is believed after all, and what is said about it.
struct Judgement: Sendable, Equatable {
  /// Believed, by id.
  var pending: Set<GrantID> = []
  var active: Set<GrantID> = []
  /// Who holds what now.
  var holdings: Set<Holding> = []
  /// The rules that refused anything since the root.
  var refused: Set<TrustRule> = []
  /// Whether the head's tree shows something else.
  var isDisputed = true
  var serial = 1
  var isFlipped = false
}

/// One role held by one person by one grant.
struct Holding: Sendable, Hashable {
  let role: String
  let holder: String
  let grant: String
  let expiresAt: String

  init(_ grant: Grant, until end: Timestamp? = nil) {
    role = grant.role.name
    holder = grant.subject.name
    self.grant = grant.id.description
    expiresAt = (end ?? grant.expiresAt)?.description ?? "-"
  }

  init(role: String, holder: String, grant: String, expiresAt: String) {
    (self.role, self.holder) = (role, holder)
    (self.grant, self.expiresAt) = (grant, expiresAt)
  }
}

extension Expectation {
  /// The attack won nothing: only these grants are pending and active, held by whom they name.
  static func only(
    pending: [Grant] = [], active: [Grant] = [], refused: TrustRule..., disputed: Bool = true,
    serial: Int = 1, flipped: Bool = false
  ) -> Expectation {
    .judged(
      Judgement(
        pending: Set(pending.map(\.id)), active: Set(active.map(\.id)),
        holdings: Set(active.map { Holding($0) }), refused: Set(refused), isDisputed: disputed,
        serial: serial, isFlipped: flipped))
  }
}
