import Foundation
import GitStore
import TestSupport
import Testing

/// `kill -9` at each single thing that a command writes, of daypass alone and of everything it runs.
///
/// By default some of the steps that matter and a few of the many that write objects; more with
/// `DAYPASS_FAULTS` (``Shim/Thoroughness``).
@Suite("Killed at a write", .serialized) struct KillTests {
  static let isThorough = Shim.Thoroughness.wanted != .few

  @Test(arguments: Course.all) func theMachineDies(_ course: Course) async throws {
    try await kill(course, .machineDies, only: nil)
  }

  @Test(arguments: Course.all.filter { isThorough || $0.layout == .checkout })
  func daypassAloneDies(_ course: Course) async throws {
    try await kill(course, .processDies, only: "daypass")
  }

  private func kill(_ course: Course, _ fault: Shim.Fault, only: String?) async throws {
    let hub = try await Hub.shared.value
    let shim = try await Shim.shared.value
    let whole = try await course.trial(hub)
    let counted = try await whole.daypass(
      course.deed.arguments(hub), env: shim.environment(below: whole.directory, only: only))
    try #require(counted.status == 0, "\(course): \(counted.errorText)")
    let steps = Shim.steps(below: whole.directory)
    try #require(!steps.isEmpty, "nothing was counted: can daypass be preloaded?")
    try await whole.demandIntegrity("\(course)")
    let chosen = Self.choose(from: steps, fault)
    let hits = try await withThrowingTaskGroup(of: Bool.self) { group in
      var hits = 0
      for (index, step) in chosen.enumerated() {
        if index >= 2, try await group.next() == true { hits += 1 }
        group.addTask { try await Self.kill(course, fault, only, at: step, hub, shim) }
      }
      for try await hit in group where hit { hits += 1 }
      return hits
    }
    // A run may take a step or two less than the one that was counted.
    #expect(hits >= chosen.count - 3, "\(course): only \(hits) of \(chosen.count) were killed")
    say("\(course), \(fault): killed at \(hits) of \(steps.count) steps")
  }

  /// - Returns: whether anything was killed.
  private static func kill(
    _ course: Course, _ fault: Shim.Fault, _ only: String?, at step: Shim.Step, _ hub: Hub,
    _ shim: Shim
  ) async throws -> Bool {
    let trial = try await course.trial(hub)
    let killed = try await trial.daypass(
      course.deed.arguments(hub),
      env: shim.environment(below: trial.directory, fault, at: step.number, only: only))
    let what = "\(course), \(fault) at \(step.number): \(step)"
    try await trial.demandIntegrity(what)
    try await course.deed.finish(trial, what)
    return killed.status == 137
  }

  /// Evenly: so many of those that matter, and a few of the many others.
  private static func choose(from steps: [Shim.Step], _ fault: Shim.Fault) -> [Shim.Step] {
    if let chosen = Shim.Thoroughness.wanted.choose(from: steps) { return chosen }
    let most = fault == .machineDies ? 8 : 4
    return evenly(most, of: steps.filter { !$0.isCommon })
      + evenly(most / 4, of: steps.filter(\.isCommon))
  }

  private static func evenly(_ count: Int, of steps: [Shim.Step]) -> [Shim.Step] {
    guard steps.count > count else { return steps }
    return (0..<count).map { steps[$0 * steps.count / count] }
  }
}

/// Says at once how far a long run is.
func say(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
