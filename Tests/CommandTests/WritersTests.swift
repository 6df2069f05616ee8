import TestSupport
import Testing

/// Many writers, one remote.
@Suite struct WritersTests {
  /// Ten writers, twenty transitions each: every one lands or reports, none is lost, none double.
  @Test(.timeLimit(.minutes(20))) func tenWritersTwoHundredTransitions() async throws {
    let writers = (0..<10).map { "writer\($0)" }
    let stage = try await Stage(clones: writers, engineers: writers)
    // Each asks and takes back, ten times: twenty transitions.
    let counts = try await withThrowingTaskGroup(of: (landed: Int, reported: Int).self) { group in
      for writer in writers {
        group.addTask {
          var landed = 0
          var reported = 0
          for _ in 0..<10 {
            let asked = try await stage.run(
              ["request", "db-read", "--for", "5m", "--why", "to look at one row", "--yes"],
              in: writer)
            guard asked.status == 0 else {
              reported += 2
              // Outrun too often, or the one before could not be taken back: said, never silent.
              #expect([4, 5].contains(asked.status), "\(asked.errorText)")
              continue
            }
            landed += 1
            let id = try Stage.id(in: asked.text + asked.errorText)
            let ended = try await stage.run(["withdraw", id, "--yes"], in: writer)
            if ended.status == 0 {
              landed += 1
            } else {
              reported += 1
              #expect(ended.status == 5, "\(ended.errorText)")
            }
          }
          return (landed, reported)
        }
      }
      var total = (landed: 0, reported: 0)
      for try await count in group {
        total.landed += count.landed
        total.reported += count.reported
      }
      return total
    }
    #expect(counts.landed + counts.reported == 200)
    #expect(counts.landed >= 20, "\(counts)")
    print("landed \(counts.landed), reported \(counts.reported)")
    try await stage.clone("carol", to: "auditor")
    let commits = try await stage.sandbox.git(
      "rev-list", "--count", stage.root + "..HEAD", in: "auditor")
    #expect(Int(commits) == counts.landed, "none lost, none double")
    try await stage.expect(0, "verify", in: "auditor")
  }
}
