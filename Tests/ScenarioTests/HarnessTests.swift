import Testing

/// That a scenario can fail, and that recording one changes what it must and nothing else.
@Suite("The player of scenarios")
struct HarnessTests {
  private static let right = """
    # How two lines come out.
    stage: empty

    $ echo one; echo two >&2
    one
    two

    @ +1h
    # It fails, and says so.
    alice$ echo "$SCENARIO_NOW"; \\
      exit 4
    2026-11-24T10:00:01Z
    ? 4

    """

  @Test func whatComesOutAsExpectedPasses() async throws {
    let scenario = try Scenario(Self.right)
    #expect(scenario.text == Self.right)
    #expect(try await ScenarioRun.check(scenario) == nil)
  }

  @Test(arguments: [
    ("one\ntwo\n", "one\nthree\n", "-three\n+two"), ("one\ntwo\n", "two\n", "+one\n two"),
    ("one\ntwo\n", "one\ntwo\nthree\n", " one\n two\n-three"),
    ("one\ntwo\n", "one\n\ntwo\n", "-\n two"),
    ("one\ntwo\n", "", "+one\n+two"), ("? 4", "? 3", "-? 3\n+? 4"), ("\n? 4", "", "+? 4"),
    ("two\n\n@", "two\n? 1\n\n@", "-? 1"), ("10:00:01Z", "10:00:02Z", "+2026-11-24T10:00:01Z"),
  ])
  func anythingElseFails(old: String, new: String, words: String) async throws {
    let wrong = Self.right.replacing(old, with: new)
    try #require(wrong != Self.right)
    let difference = try await ScenarioRun.check(try Scenario(wrong))
    #expect(try #require(difference).contains(words))
    // And recording it heals it, with the comments in their places.
    #expect(try await ScenarioRun.record(try Scenario(wrong)).text == Self.right)
  }

  @Test func outputThatLooksLikeACommandIsToldFromOne() async throws {
    let recorded = try await ScenarioRun.record(
      try Scenario(#"stage: empty\#n$ printf '%s\n' '# x' '$ x' 'bob$ x' '? 1' '@ +1s' '\' 'x'\#n"#)
    )
    #expect(
      recorded.steps[0].result.output == ["# x", "$ x", "bob$ x", "? 1", "@ +1s", "\\", "x"])
    #expect(try Scenario(recorded.text) == recorded)
    #expect(try await ScenarioRun.check(recorded) == nil)
  }

  @Test func idsThatChangePlacesFail() async throws {
    // Twenty random letters of the ids' alphabet: two ids that differ in every run.
    let make = "head -c 500 /dev/urandom | tr -dc 0-9a-hjkmnp-tv-z | cut -c1-8"
    let scenario = """
      stage: empty
      $ for name in a b; do \(make) | sed s/^/20260101T000000Z-/ > $name; done; cat a b
      20260101T000000Z-[ID1]
      20260101T000000Z-[ID2]
      $ cut -d- -f2 b; test "$(cat a)" = "20260101T000000Z-[ID1]"
      [ID2]

      """
    #expect(try await ScenarioRun.check(try Scenario(scenario)) == nil)
    let swapped = scenario.replacing("$ cut -d- -f2 b", with: "$ cut -d- -f2 a")
    let difference = try await ScenarioRun.check(try Scenario(swapped))
    #expect(try #require(difference).contains("-[ID2]\n+[ID1]"))
  }

  /// By Unicode's rules for words there is no boundary between two letters and the dot between.
  @Test func idAtTheBeginningOfAFileNameIsFound() async throws {
    let scenario = """
      stage: empty
      $ echo 20261124T090000Z-4e09"f"awt.json 20261124T090000Z-4e09"f"aw7.json
      20261124T090000Z-[ID1].json 20261124T090000Z-[ID2].json

      """
    #expect(try await ScenarioRun.check(try Scenario(scenario)) == nil)
  }

  @Test func commitsAreToldFromOneAnotherAndFromDigits() async throws {
    let scenario = """
      stage: team
      bob$ git log --format=%H
      [COMMIT1]
      bob$ git commit -q --allow-empty -m x; git log --format='%H %h'; echo 0123456789abcdef
      [COMMIT2] [commit2]
      [COMMIT1] [commit1]
      0123456789abcdef
      bob$ git log -1 --format=%s,%an,%cd --date=iso [COMMIT2]; pwd
      x,Bob,2026-11-24 09:00:02 +0000
      [BOX]/bob
      bob$ ssh-keygen -lf $KEYS/bob.pub | cut -d' ' -f2
      [KEY bob]

      """
    let difference = try await ScenarioRun.check(try Scenario(scenario))
    #expect(difference?.contains("+x,Bob,2026-11-24 09:00:01 +0000") == true)
    let swapped = scenario.replacing("[COMMIT2] [commit2]", with: "[COMMIT1] [commit1]")
    #expect(try await ScenarioRun.check(try Scenario(swapped)) != nil)
    let right = scenario.replacing("09:00:02", with: "09:00:01")
    #expect(try await ScenarioRun.check(try Scenario(right)) == nil)
  }

  @Test(arguments: [
    "$ echo", "stage: nowhere\n$ echo\n", "stage: empty\n", "stage: empty\none\n$ echo\n",
    "stage: empty\n$ echo\n# x\none\n", "stage: empty\n$ echo\n? 0\n",
    "stage: empty\n@ 5m\n$ echo\n",
    "stage: empty\n$ true\n? 1\none\n", "stage: empty\n$ echo\n\nstage: team\n",
  ])
  func whatMakesNoSenseIsNotRead(text: String) {
    #expect(throws: ScenarioError.self) { try Scenario(text) }
  }

  @Test(arguments: ["stage: empty\nzoe$ true\n", "stage: empty\n$ echo [ID1]\n[ID1]\n"])
  func unknownNamesAreErrors(text: String) async throws {
    let scenario = try Scenario(text)
    await #expect(throws: ScenarioError.self) { try await ScenarioRun.check(scenario) }
  }
}
