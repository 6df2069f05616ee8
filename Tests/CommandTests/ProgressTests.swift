import Testing

@testable import daypass

/// When a long replay says how far it is.
@Suite struct ProgressTests {
  @Test func aSecondIsWaitedFor() {
    var meter = ProgressMeter()
    for moment in [0, 300, 999] {
      #expect(meter.advance(128, of: 100_000, at: .milliseconds(moment)) == nil)
    }
    #expect(
      meter.advance(10_000, of: 100_000, at: .seconds(1))
        == .show("verifying 10,000 of 100,000 commits, 10,000 a second, 9s left"))
    // Five a second are enough, and the line goes at the end.
    #expect(meter.advance(11_000, of: 100_000, at: .milliseconds(1_100)) == nil)
    #expect(meter.advance(12_000, of: 100_000, at: .milliseconds(1_200)) != nil)
    #expect(meter.advance(100_000, of: 100_000, at: .seconds(9)) == .clear)
    // The next replay of the same command begins anew.
    #expect(meter.advance(0, of: 5_000, at: .seconds(10)) == nil)
    #expect(meter.advance(128, of: 5_000, at: .milliseconds(10_500)) == nil)
    #expect(meter.advance(5_000, of: 5_000, at: .milliseconds(10_600)) == nil)
  }

  @Test(arguments: [
    (0, 5, 3_000, "verifying 0 of 5 commits"),
    (1, 5, 3_000, "verifying 1 of 5 commits, 1 a second, 12s left"),
    (250_000, 1_000_000, 60_000, "verifying 250,000 of 1,000,000 commits, 4,167 a second, 3m left"),
  ])
  func words(_ done: Int, _ all: Int, _ elapsed: Int, _ expected: String) {
    #expect(ProgressMeter.words(done, of: all, in: .milliseconds(elapsed)) == expected)
  }
}
