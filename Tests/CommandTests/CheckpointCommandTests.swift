import TestSupport
import Testing

/// The checkpoint in the git directory, as commands write it.
@Suite struct CheckpointCommandTests {
  /// The files there, with what changes whenever one is written.
  private func files(_ stage: Stage, in directory: String) async throws -> [String] {
    try await stage.sandbox.run(
      ["find", ".git/daypass", "-name", "*-*", "-printf", "%f %i %T@\\n"], in: directory
    ).text.split(separator: "\n").map(String.init).sorted()
  }

  @Test func isWrittenWhereItSaysSomethingNewAndNoMoreOfIt() async throws {
    let stage = try await Stage(clones: ["alice", "ci"])
    try await stage.expect(0, "reconcile", "--assume-clock", in: "ci")
    try await stage.expect(0, "sync", in: "alice")
    try await stage.sandbox.git("remote", "remove", "origin", in: "alice")
    try await stage.expect(0, "verify", in: "alice")
    let first = try await files(stage, in: "alice")
    #expect(first.count == 1 && first.allSatisfy { $0.hasPrefix("checkpoint-") })
    try await stage.expect(0, "verify", in: "alice")
    try await stage.expect(0, "list", in: "alice")
    #expect(try await files(stage, in: "alice") == first)

    // Nothing is pinned: the state stays as it was, the head is another.
    _ = try await stage.request()
    let second = try await files(stage, in: "alice")
    #expect(second.count == 2 && second.contains { $0.hasPrefix("accepted-") })
    #expect(Set(first).isSubset(of: second))
    try await stage.expect(0, "verify", in: "alice")
    #expect(try await files(stage, in: "alice") == second)

    // The head is remembered all the same.
    let head = try await stage.sandbox.git("rev-parse", "HEAD", in: "alice")
    try await stage.sandbox.git("reset", "-q", "--hard", stage.root, in: "alice")
    let words = try await stage.expect(3, "verify", in: "alice")
    #expect(words.contains("rollback") && words.contains(head.prefix(10)))
    try await stage.expect(0, "trust", "--forget", "--yes", in: "alice")
    #expect(try await files(stage, in: "alice").isEmpty)
    try await stage.expect(0, "verify", in: "alice")
  }
}
