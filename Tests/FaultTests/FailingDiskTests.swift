import Foundation
import GitStore
import TestSupport
import Testing

/// The disk is full, read-only, broken, or not ours any more, from any write on: the command says
/// so and ends, nothing is half done, and when the disk is well again the next run finishes.
@Suite("The disk fails", .serialized) struct FailingDiskTests {
  struct Row: Sendable, CustomStringConvertible {
    let course: Course
    let fault: Shim.Fault
    var description: String { "\(course), \(fault)" }
  }

  private static let faults: [Shim.Fault] = [.diskFull, .readOnly, .permissionLost, .diskBroken]

  @Test(arguments: Course.all) func fromAnyWriteOn(_ course: Course) async throws {
    let (hub, shim) = (try await Hub.shared.value, try await Shim.shared.value)
    let whole = try await course.trial(hub)
    let counted = try await whole.daypass(
      course.deed.arguments(hub), env: shim.environment(below: whole.directory))
    try #require(counted.status == 0, "\(course): \(counted.errorText)")
    let steps = Shim.steps(below: whole.directory)
    var random = SeededRandom(seed: UInt64(steps.count))
    let trials = Self.faults.enumerated().flatMap { index, fault in
      Self.choose(from: steps, index, &random).map { (Row(course: course, fault: fault), $0) }
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, (row, step)) in trials.enumerated() {
        if index >= 2 { try await group.next() }
        group.addTask { try await Self.fail(row, at: step, hub, shim) }
      }
      try await group.waitForAll()
    }
    say("\(course): the disk failed \(trials.count) times, with \(steps.count) steps")
  }

  private static func fail(
    _ row: Row, at step: Shim.Step, _ hub: Hub, _ shim: Shim
  ) async throws {
    let what = "\(row) at \(step.number): \(step)"
    let trial = try await row.course.trial(hub)
    let before = try await trial.git("rev-parse", "main", at: trial.home).text
    let failed = try await trial.daypass(
      row.course.deed.arguments(hub),
      env: shim.environment(below: trial.directory, row.fault, at: step.number))
    let words = failed.errorText
    // Neither a crash nor a claim: what was not done ends with an error, in a sentence.
    #expect([0, 1, 3, 5].contains(failed.status), "\(what): \(failed.status): \(words)")
    let after = try await trial.git("rev-parse", "main", at: trial.home).text
    if failed.status == 0 {
      let states = try await trial.states(at: trial.home)
      let fault = row.course.deed.fault(hub, states)
      #expect(fault == nil, "\(what): said done: \(fault ?? "")")
    } else {
      #expect(words.contains("daypass:"), "\(what): \(words)")
      if row.course.deed.name != "reconcile" {
        #expect(
          before == after || words.contains("cannot be told"),
          "\(what): said failed, and has landed: \(words)")
      }
    }
    try await trial.demandIntegrity(what)
    try await row.course.deed.finish(trial, what)
  }

  /// By default one of those that matter, another for each kind of fault; with more thoroughness
  /// the kinds take turns, and with most each is tried at all of them.
  ///
  /// - Parameter index: of the kind of fault.
  private static func choose(
    from steps: [Shim.Step], _ index: Int, _ random: inout SeededRandom
  ) -> [Shim.Step] {
    if let chosen = Shim.Thoroughness.wanted.choose(from: steps) {
      guard Shim.Thoroughness.wanted == .all else { return chosen }
      return stride(from: index, to: chosen.count, by: faults.count).map { chosen[$0] }
    }
    let telling = steps.filter { !$0.isCommon }
    return Array(telling.shuffled(using: &random).prefix(1))
  }

  /// No fault at all, yet rarely tried: each write takes half of what it is given.
  @Test(arguments: Course.all) func writesThatTakeHalf(_ course: Course) async throws {
    let (hub, shim) = (try await Hub.shared.value, try await Shim.shared.value)
    let trial = try await course.trial(hub)
    let done = try await trial.daypass(
      course.deed.arguments(hub),
      env: shim.environment(below: trial.directory, .shortWrites, at: 1))
    #expect(done.status == 0, "\(course): \(done.errorText)")
    try await trial.demandIntegrity("\(course)")
    // What only reads has not fetched.
    if course.hasRemote { #expect(try await trial.daypass(["sync"]).status == 0) }
    try await trial.demandTidiness("\(course)")
  }

  /// Nothing can be written, and everything can be read.
  @Test(arguments: Hub.Layout.allCases)
  func aReadOnlyRepositoryCanBeRead(_ layout: Hub.Layout) async throws {
    let (hub, shim) = (try await Hub.shared.value, try await Shim.shared.value)
    for fault in [Shim.Fault.readOnly, .diskFull, .permissionLost] {
      let trial = try await Trial(hub, layout, "bob")
      let reading = [
        ["list"], ["verify"], ["emit"], ["log"], ["show", hub.held], ["roles"], ["whoami"],
        ["reconcile", "--dry-run", "--assume-clock", "--no-push"],
      ]
      for command in reading {
        let result = try await trial.daypass(
          command, env: shim.environment(below: trial.directory, fault, at: 1))
        // bob is no reconciler.
        let allowed: Set<Int32> = command[0] == "reconcile" ? [0, 4] : [0]
        #expect(allowed.contains(result.status), "\(fault): \(command): \(result.errorText)")
      }
    }
  }
}
