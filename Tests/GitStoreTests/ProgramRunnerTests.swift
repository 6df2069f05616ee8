import Glibc
@testable import GitStore
import TestSupport
import Testing

@Suite struct ProgramRunnerTests {
  private let runner = ProgramRunner([
    "PATH": ProcessEnvironment.current["PATH"] ?? "/bin", "GIT_TRACE": "1", "KEPT": "1",
  ])

  @Test func statusAndBothOutputs() async throws {
    let result = try await runner.run(["sh", "-c", "echo out; echo err >&2; exit 7"])
    #expect(result.status == 7)
    #expect(result.text == "out" && result.errorText == "err")
    #expect(try await runner.run(["sh", "-c", "kill -9 $$"]).status == 137)
  }

  @Test func argumentsMeetNoShell() async throws {
    let odd = ["$(id)", "a b", "*", "'\"", "", "\u{e9}"]
    let result = try await runner.run(["printf", "%s|"] + odd)
    #expect(result.text == odd.map { $0 + "|" }.joined())
  }

  @Test func inputAndMuchOutput() async throws {
    let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    #expect(try await runner.run(["cat"], input: bytes).output == bytes)
    #expect(try await runner.run(["cat"]).output == [])
    // A program need not read what it is given.
    #expect(try await runner.run(["true"], input: bytes).succeeded)
  }

  @Test func environment() async throws {
    let result = try await runner.run(["env"], changing: ["NEW": "2", "KEPT": nil])
    let lines = Set(result.text.split(separator: "\n"))
    #expect(lines.contains("NEW=2"))
    #expect(!lines.contains { $0.hasPrefix("KEPT") || $0.hasPrefix("GIT_TRACE") })
  }

  @Test func failures() async {
    await #expect(throws: ProgramError.notFound("no-such-program-here")) {
      try await runner.run(["no-such-program-here"])
    }
    await #expect(throws: ProgramError.wroteTooMuch("yes", limit: 1000)) {
      try await runner.run(["yes"], outputLimit: 1000)
    }
    await #expect(throws: ProgramError.self) { try await runner.run(["/etc/passwd"]) }
    await #expect(throws: ProgramError.self) { try await runner.run(["true"], in: "/no/such") }
    await #expect(throws: ProgramError.self) { try await runner.run([]) }
  }

  @Test func timeLimit() async {
    let begin = ContinuousClock.now
    let error = await #expect(throws: ProgramError.self) {
      // Deaf to SIGTERM, with a child that holds the pipes.
      try await runner.run(
        ["sh", "-c", "trap '' TERM; sleep 50 & sleep 60"], timeout: .milliseconds(200))
    }
    #expect(ContinuousClock.now - begin < .seconds(40))
    #expect(error?.description.contains("did not finish") == true)
  }

  @Test func silenceIsTimedAndTalkIsNot() async throws {
    let talk = try await runner.run(
      ["sh", "-c", "for i in 1 2 3 4 5; do echo $i >&2; sleep 1; done; echo done"],
      timeout: .seconds(60), silence: .seconds(4))
    #expect(talk.succeeded && talk.text == "done" && talk.errorText == "1\n2\n3\n4\n5")
    let begin = ContinuousClock.now
    await #expect(throws: ProgramError.tookTooLong("sh", .milliseconds(700))) {
      try await runner.run(["sh", "-c", "echo 1 >&2; sleep 60"], silence: .milliseconds(700))
    }
    // Talking for ever does not help.
    await #expect(throws: ProgramError.tookTooLong("sh", .seconds(1))) {
      try await runner.run(
        ["sh", "-c", "while :; do echo 1 >&2; sleep 0.1; done"], timeout: .seconds(1),
        silence: .seconds(10))
    }
    await #expect(throws: ProgramError.wroteTooMuch("sh", limit: 100)) {
      try await runner.run(
        ["sh", "-c", "while :; do echo 12345 >&2; sleep 0.01; done"], outputLimit: 100,
        timeout: .seconds(60), silence: .seconds(30))
    }
    #expect(ContinuousClock.now - begin < .seconds(50))
  }

  /// At a terminal the children stay in the terminal's group, so they are looked for one by one.
  @Test func descendants() async throws {
    let sandbox = try Sandbox()
    async let result = runner.run(
      ["sh", "-c", "(sleep 61 & echo $! >b; wait) & echo $$ >a; wait"], in: sandbox.root,
      timeout: .seconds(60))
    for _ in 0..<3_000 where sandbox.read("b")?.contains("\n") != true {
      try await Task.sleep(for: .milliseconds(10))
    }
    let ids = ["a", "b"].map { Int32((sandbox.read($0) ?? "").filter(\.isNumber)) ?? 0 }
    let found = ProgramRunner.descendants(of: ids[0])
    #expect(found.contains(ids[1]) && !found.contains(ids[0]))
    #expect(ProgramRunner.descendants(of: ids[1]).isEmpty)
    for id in ids where id > 1 { kill(id, SIGKILL) }
    _ = try? await result
  }

  /// An ssh master connection stays behind like this.
  @Test func aGrandchildThatKeepsThePipeOpen() async throws {
    let begin = ContinuousClock.now
    let result = try await runner.run(["sh", "-c", "sleep 20 & echo done"])
    #expect(result.text == "done")
    #expect(ContinuousClock.now - begin < .seconds(15))
  }

  @Test func cancellation() async {
    let task = Task { try await runner.run(["sleep", "60"]) }
    try? await Task.sleep(for: .milliseconds(200))
    let begin = ContinuousClock.now
    task.cancel()
    _ = await task.result
    #expect(ContinuousClock.now - begin < .seconds(15))
  }
}
