import Foundation
import GitStore
import TestSupport
import Testing

/// Several at once, and a clock that goes wrong.
@Suite("Two reconcilers, and the clock", .serialized) struct TogetherTests {
  private static let reconcile = ["reconcile", "--assume-clock", "--output", "../out"]

  /// Cron started one while the last was still at work.
  @Test(arguments: Hub.Layout.allCases, [true, false])
  func reconcilersInOneClone(_ layout: Hub.Layout, hasRemote: Bool) async throws {
    let hub = try await Hub.shared.value
    for round in 1...3 {
      let trial = try await Trial(hub, layout, "ci", hasRemote: hasRemote)
      let before = try await trial.git("rev-list", "--count", "main", at: trial.home).text
      let results = try await withThrowingTaskGroup(of: ProgramResult.self) { group in
        for _ in 0..<3 { group.addTask { try await trial.daypass(Self.reconcile) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      let what = "\(layout), round \(round)"
      for result in results {
        #expect([0, 5].contains(result.status), "\(what): \(result.status): \(result.errorText)")
      }
      #expect(results.contains { $0.status == 0 })
      let after = try await trial.git("rev-list", "--count", "main", at: trial.home).text
      #expect(Int(after) == (Int(before) ?? 0) + 1, "\(what): \(before) commits, then \(after)")
      try await trial.demandIntegrity(what)
      #expect(try await trial.daypass(Self.reconcile).status == 0)
      try await trial.demandTidiness(what)
      try await trial.demandSignedOutput(what)
      let states = try await trial.states()
      #expect(hub.spent.allSatisfy { states[$0] == ["closed"] }, "\(states)")
    }
  }

  /// The last pin lies ahead of such a clock: it might bring back what has run out.
  @Test func aClockThatWentBackAnHour() async throws {
    let (hub, shim) = (try await Hub.shared.value, try await Shim.shared.value)
    let trial = try await Trial(hub, .checkout, "ci")
    #expect(try await trial.daypass(Self.reconcile).status == 0)
    let (tip, written) = (
      try await trial.git("rev-parse", "main").text,
      FileManager.default.contents(atPath: trial.output + "/effective.json")
    )
    let slow: [String: String?] = ["LD_PRELOAD": shim.library, "FAULT_CLOCK": "-3600"]
    for command in [Self.reconcile, ["emit"], ["emit", "--output", "../out"]] {
      let refused = try await trial.daypass(command, env: slow)
      #expect(refused.status == 6, "\(command): \(refused.status): \(refused.errorText)")
      #expect(refused.text == "")
      #expect(refused.errorText.contains("ahead of this clock"), "\(refused.errorText)")
    }
    #expect(try await trial.git("rev-parse", "main").text == tip)
    #expect(FileManager.default.contents(atPath: trial.output + "/effective.json") == written)
    // What reads goes on reading, and nothing that was learned is forgotten.
    for command in [["verify"], ["list"], ["log"]] {
      #expect(try await trial.daypass(command, env: slow).status == 0)
    }
    #expect(try await trial.daypass(Self.reconcile).status == 0)
    try await trial.demandIntegrity("the clock is right again")
    try await trial.demandTidiness("the clock is right again")
  }

  /// An hour ahead: it costs its owner that one request, and nobody else anything. The reconciler
  /// takes it out, and the same command with the right time does what was meant.
  @Test func aClockThatWentAheadAnHour() async throws {
    let (hub, shim) = (try await Hub.shared.value, try await Shim.shared.value)
    let trial = try await Trial(hub, .checkout, "dave")
    let fast: [String: String?] = ["LD_PRELOAD": shim.library, "FAULT_CLOCK": "3600"]
    let asked = try await trial.daypass(Deed.all[0].arguments(hub), env: fast)
    #expect([0, 4].contains(asked.status), "\(asked.errorText)")
    let again = try await trial.daypass(Deed.all[0].arguments(hub))
    #expect(again.status == 0, "\(again.errorText)")
    let asReconciler: [String: String?] = [
      "GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_0": "user.signingKey",
      "GIT_CONFIG_VALUE_0": hub.sandbox.path("home/.ssh/ci"), "GIT_CONFIG_KEY_1": "user.email",
      "GIT_CONFIG_VALUE_1": "ci@example.com",
    ]
    let cleaned = try await trial.daypass(Self.reconcile, env: asReconciler)
    #expect(cleaned.status == 0, "\(cleaned.errorText)")
    try await trial.demandIntegrity("a clock ahead, right again")
    try await trial.demandTidiness("a clock ahead, right again")
    let fault = Deed.all[0].fault(hub, try await trial.states())
    #expect(fault == nil, "\(fault ?? "")")
  }
}

extension Trial {
  /// `effective.json` is signed by the reconciler, as a consumer checks it.
  func demandSignedOutput(_ what: String) async throws {
    let signers = hub.sandbox.path("first/policies/allowed_signers")
    let checked = try await hub.sandbox.run([
      "sh", "-c",
      "ssh-keygen -Y verify -f \(signers) -I ci@example.com -n daypass "
        + "-s \(output)/effective.json.sig < \(output)/effective.json",
    ])
    #expect(checked.succeeded, "\(what): \(checked.text)\(checked.errorText)")
  }
}
