import Foundation
import GitStore
import Grants
import TestSupport

/// Makes big signed repositories quickly: the pack is written directly, nothing is replayed.
package enum RepositoryMaker {
  /// Makes a bare repository; its `daypass.root` and `daypass.branch` are set.
  ///
  /// - Parameter path: where nothing may be yet.
  /// - Throws: if it cannot be written.
  package static func make(_ plan: RepositoryPlan, at path: String) throws -> MadeRepository {
    if let objection = plan.objection {
      throw ToolFailure(arguments: ["repository"], words: objection)
    }
    let repository = try GitRepository.create(at: path, bare: true)
    let pack = try PackFile(in: repository.commonDirectory + "/objects/pack")
    let scribe = Scribe(pack)
    var simulation = try Simulation(plan, scribe, start: start(of: plan))
    simulation.run()
    let (commits, objects, bytes) = try scribe.finish()
    let (root, head) = (commits[0], commits[simulation.tip])
    // Opened anew, so that it sees the pack.
    try GitRepository.open(at: path).move(
      "refs/heads/main", to: head, expecting: nil, because: "bench")
    let config = repository.commonDirectory + "/config"
    let settings = "[daypass]\n\troot = \(root)\n\tbranch = main\n"
    try (String(contentsOfFile: config, encoding: .utf8) + settings)
      .write(toFile: config, atomically: true, encoding: .utf8)
    return MadeRepository(
      root: root, head: head, end: simulation.now + .minutes(1), commits: commits.count,
      merges: simulation.counts.merges, pins: simulation.counts.pins,
      grants: simulation.counts.grants, live: simulation.live.count,
      transitions: simulation.counts.steps, objects: objects, packBytes: bytes)
  }

  /// When the history must begin to end as is wanted: a rehearsal tells how long it takes.
  private static func start(of plan: RepositoryPlan) throws -> Timestamp {
    guard let end = plan.end else { return Simulation.usualStart }
    var rehearsal = try Simulation(plan, nil)
    rehearsal.run()
    return end - (rehearsal.now + .minutes(1) - rehearsal.start)
  }
}
