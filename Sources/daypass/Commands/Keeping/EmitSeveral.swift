import Emitters
import Foundation
import Grants
import Ledger
import Reconciler

/// Unites the sets of several repositories, each judged by its own root, checkpoint and pins.
struct EmitSeveral {
  /// As they were typed.
  let places: [String]
  let options: GlobalOptions
  let formats: [Emitter]
  let output: String
  let strict: Bool
  let keepsGoing: Bool
  let trustsPins: Bool

  private struct Repository {
    let place: String
    let session: Session
    /// By its root; it never changes.
    let name: String
  }

  func run() async throws {
    try demandOwnRoots()
    let repositories = try await opened()
    var members: [EffectiveUnion.Member] = []
    var failed: [(repository: Repository, failure: Failure)] = []
    var disputed = 0
    for repository in repositories {
      do {
        let replay = try EmitCommand.judged(repository.session, trustingPins: trustsPins)
        EmitCommand.tellDisputes(replay, of: repository.name)
        disputed += replay.disputes.count
        members.append(.init(root: replay.root, set: EffectiveSet(of: replay)))
      } catch {
        let failure = Failure(error)
        guard keepsGoing, [.untrusted, .clock].contains(failure.status) else {
          throw Self.placed(failure, at: repository.place)
        }
        failed.append((repository, failure))
      }
    }
    try EmitCommand.demandUndisputed(disputed, strict: strict)
    try write(unite(members, failed))
    try tell(failed, of: repositories.count)
  }

  /// A root that is named for all of them would be the root of one at most.
  private func demandOwnRoots() throws {
    let environment = ProcessInfo.processInfo.environment
    for (name, isSet) in [
      ("--root", options.root != nil), ("DAYPASS_ROOT", environment["DAYPASS_ROOT"] != nil),
      ("GIT_DIR", environment["GIT_DIR"] != nil),
    ] where isSet {
      throw Failure(
        .usage, "\(name) names one repository's, and with --repo each has its own",
        hint: "In each of them, once: daypass trust COMMIT")
    }
  }

  private func opened() async throws -> [Repository] {
    var opened: [Repository] = []
    for place in places {
      do {
        var own = options
        own.directory = place.hasPrefix("/") ? place : "\(options.directory)/\(place)"
        let session = try await Session.open(own)
        let name = try session.ledger.rootBelief().policy.policy.name
        let repository = Repository(place: place, session: session, name: name)
        if let twin = opened.first(where: { $0.session.ledger.root == session.ledger.root }) {
          throw Failure(
            .usage, "the same root as \(twin.place); one repository counts once",
            hint: "Leave one of the two out.")
        }
        if let twin = opened.first(where: { $0.name == name }) {
          throw Failure(
            .usage, "called \(name), and so is \(twin.place); nobody could tell their roles apart",
            hint: "A name is given at the root and never changes: unite only one of the two.")
        }
        opened.append(repository)
      } catch {
        throw Self.placed(Failure(error), at: place)
      }
    }
    return opened
  }

  private func unite(
    _ members: [EffectiveUnion.Member], _ failed: [(repository: Repository, failure: Failure)]
  ) throws -> EffectiveUnion {
    if members.isEmpty, let first = failed.first {
      throw Self.placed(first.failure, at: first.repository.place)
    }
    return try EffectiveUnion(
      members,
      leavingOut: failed.map { repository, failure in
        .init(
          repository: repository.name, root: repository.session.ledger.root,
          status: Int(failure.status.rawValue), sentence: Text.printable(failure.sentence))
      })
  }

  private func write(_ union: EffectiveUnion) throws {
    if output == "-" {
      for format in formats { Terminal.put(bytes: format.bytes(of: union), to: 1) }
      return
    }
    for format in formats {
      try AtomicFile.write(format.bytes(of: union), to: "\(output)/\(format.unionFileName)")
    }
    let roles = union.members.reduce(0) { $0 + $1.set.roles.count }
    Terminal.writeError(
      Done.line(
        "wrote \(output): \(Words.count(roles, "role")) of "
          + "\(union.members.count == 1 ? "1 repository" : "\(union.members.count) repositories"), "
          + "valid until \(union.validUntil)", .forErrors))
  }

  /// What was left out is said last, and the exit code is that of a failure.
  private func tell(
    _ failed: [(repository: Repository, failure: Failure)], of count: Int
  ) throws {
    guard let last = failed.last else { return }
    for (repository, failure) in failed.dropLast() {
      Notice.warn(Self.placed(failure, at: repository.place))
    }
    let names = failed.map(\.repository.name).joined(separator: ", ")
    let worst = failed.map(\.failure.status).contains(.untrusted) ? ExitStatus.untrusted : .clock
    throw Failure(
      worst,
      "left out, \(failed.count) of \(count): \(names); \(last.repository.place): "
        + last.failure.sentence,
      hint: last.failure.hint)
  }

  private static func placed(_ failure: Failure, at place: String) -> Failure {
    Failure(failure.status, "\(place): \(failure.sentence)", hint: failure.hint)
  }
}
