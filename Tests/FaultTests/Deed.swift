import GitStore
import TestSupport
import Testing

/// One command that something may happen to, and how whoever typed it goes on afterwards.
struct Deed: Sendable, CustomStringConvertible {
  let name: String
  let person: String
  let arguments: @Sendable (Hub) -> [String]
  /// How the same command, typed again, ends where it turns out that it was done; nil for well.
  let again: (status: Int32, words: String)?
  /// What is wrong with the grants when all is done; nil if nothing is.
  let fault: @Sendable (Hub, [String: [String]]) -> String?

  var description: String { name }

  static let all: [Deed] = [
    Deed(
      name: "request", person: "dave",
      arguments: { _ in
        ["request", "db-read", "--for", "1h", "--why", "to look at one row", "--yes"]
      }, again: (4, "has an open request or grant"),
      fault: { hub, states in
        let pending = states.filter { $0.value == ["pending"] && $0.key != hub.waiting }
        return pending.count == 1 ? nil : "\(pending.count) requests of dave's"
      }),
    Deed(
      name: "approve", person: "bob", arguments: { ["approve", $0.waiting, "--yes"] },
      again: (1, "is active already"),
      fault: { hub, states in states[hub.waiting] == ["active"] ? nil : "not active: \(states)" }),
    Deed(
      name: "revoke", person: "bob", arguments: { ["revoke", $0.held, "--yes"] },
      again: (1, "was revoked by"),
      fault: { hub, states in states[hub.held] == ["closed"] ? nil : "not closed: \(states)" }),
    Deed(
      name: "reconcile", person: "ci",
      arguments: { _ in ["reconcile", "--output", "../out", "--assume-clock"] }, again: nil,
      fault: { hub, states in
        hub.spent.allSatisfy { states[$0] == ["closed"] } ? nil : "not closed: \(states)"
      }),
    Deed(
      name: "emit", person: "ci",
      arguments: { _ in ["emit", "--format", "json", "--format", "csv", "--output", "../out"] },
      again: nil, fault: { _, _ in nil }),
    Deed(
      name: "sync", person: "alice", arguments: { _ in ["sync"] }, again: nil,
      fault: { _, _ in nil }),
  ]

  private func isDone(_ retried: ProgramResult) -> Bool {
    if retried.succeeded { return true }
    guard let again else { return false }
    return retried.status == again.status && retried.errorText.contains(again.words)
  }

  /// What is typed again after a fault, until the work is done; nothing is repaired by hand.
  func finish(_ trial: Trial, _ what: String) async throws {
    var retried = try await trial.daypass(arguments(trial.hub))
    // A reference's lock that git left: said, and gone by itself a minute later.
    if !isDone(retried), let locks = try await trial.letAMinutePass() {
      let words = retried.errorText
      #expect(
        locks.contains { words.contains($0) } && words.contains("daypass takes it away"),
        "\(what): \(locks) not named: \(words)")
      retried = try await trial.daypass(arguments(trial.hub))
    }
    if trial.hasRemote, !isDone(retried) {
      // A remote that is a directory died as well, and git's lock stays in it, where only whoever
      // keeps it can say that nobody is at work.
      let locks = trial.leftLocks(below: trial.remote)
      if !locks.isEmpty {
        let words = retried.errorText
        #expect(
          [1, 5].contains(retried.status) && locks.contains { words.contains($0) },
          "\(what): \(locks) not named: \(words)")
        for lock in locks { try trial.hub.sandbox.remove(trial.remote + "/" + lock) }
        retried = try await trial.daypass(arguments(trial.hub))
      }
    }
    #expect(
      isDone(retried), "\(what): again \(retried.status): \(retried.errorText)")
    if trial.hasRemote {
      // A lock that was in nobody's way yet goes with the next fetch.
      _ = try await trial.letAMinutePass()
      let synced = try await trial.daypass(["sync"])
      #expect(synced.status == 0, "\(what): sync: \(synced.errorText)")
    }
    try await trial.demandIntegrity(what + ", done again")
    try await trial.demandTidiness(what)
    let fault = fault(trial.hub, try await trial.states())
    #expect(fault == nil, "\(what): \(fault ?? "")")
  }
}

/// Every deed in every kind of clone.
struct Course: Sendable, CustomStringConvertible {
  let deed: Deed
  let layout: Hub.Layout
  let hasRemote: Bool

  var description: String { "\(deed), \(layout)\(hasRemote ? "" : ", no remote")" }

  static let all: [Course] =
    Deed.all.flatMap { deed in
      Hub.Layout.allCases.map { Course(deed: deed, layout: $0, hasRemote: true) }
    }
    + Deed.all.filter { !["sync", "emit", "approve"].contains($0.name) }.map {
      Course(deed: $0, layout: .checkout, hasRemote: false)
    }

  func trial(_ hub: Hub) async throws -> Trial {
    let trial = try await Trial(hub, layout, deed.person, hasRemote: hasRemote)
    try trial.placeOldOutput()
    return trial
  }
}
