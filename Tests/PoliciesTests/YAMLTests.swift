import Testing

@testable import Policies

/// The strictness of the YAML, shown on one file.
@Suite struct YAMLTests {
  private func problems(_ role: [UInt8]) -> [String] {
    var files = Sample.files()
    files["roles/ops.yaml"] = role
    return Sample.problems(files)
  }

  private func problems(_ role: String) -> [String] { problems(Array(role.utf8)) }

  @Test(arguments: [
    ("risk: low\nrisk: low\n", 1, "has the key \"risk\" twice"),
    ("\"risk\": low\nrisk: low\n", 1, "has the key \"risk\" twice"),
    ("risk: &a low\n", 1, "anchors are not allowed"),
    ("risk: low\nrequestable: &a\n  groups: [sre]\n", 2, "anchors are not allowed"),
    ("&a risk: low\n", 1, "anchors are not allowed"),
    ("requestable: {groups: &a [sre]}\n", 1, "anchors are not allowed"),
    ("risk: *a\n", 1, "aliases are not allowed"),
    ("risk: &a low\ndescription: *a\n", 1, "anchors are not allowed"),
    ("risk: !!str low\n", 1, "tags are not allowed"),
    ("risk: !!str \"low\"\n", 1, "tags are not allowed"),
    ("risk: ! \"low\"\n", 1, "tags are not allowed"),
    ("risk: ! low\n", 1, "tags are not allowed"),
    ("!!map {risk: low}\n", 1, "tags are not allowed"),
    ("requestable: !!set {groups: [sre]}\n", 1, "tags are not allowed"),
    ("requestable: {groups: !x [sre]}\n", 1, "tags are not allowed"),
    ("!!str risk: low\n", 1, "tags are not allowed"),
    ("risk: low\n---\nrisk: high\n", 2, "more than one document"),
    ("%YAML 1.2\n---\nrisk: low\n", 1, "directives are not allowed"),
    ("%TAG ! x:\n---\nrisk: low\n", 1, "directives are not allowed"),
    ("risk: low\n<<: {risk: low}\n", 2, "merge keys are not allowed"),
    ("<<: [{risk: low}]\n", 1, "merge keys are not allowed"),
    ("risk: low\r\n", 1, "carriage return"), ("\u{feff}risk: low\n", 1, "byte order mark"),
    ("risk: low\n# \u{0}\n", 2, "U+0"), ("# \u{202e}\nrisk: low\n", 1, "U+202E"),
    ("description: \"\\u202e\"\n", 1, "U+202E"), ("description: \"\\0\"\n", 1, "U+0"),
    ("description: e\u{301}\n", 1, "NFC"), ("description: \u{85}\n", 1, "U+85"),
    ("description: \u{2028}x\n", 1, "U+2028"),
    ("", 1, "is empty"), ("# nothing\n", 1, "is empty"), ("[]\n", 1, "must be a mapping"),
    ("ops\n", 1, "must be a mapping"), ("? [a]\n: b\n", 1, "a key must be a word"),
    ("? {a: b}\n: b\n", 1, "a key must be a word"), ("1: b\n", 1, "must be put in quotes"),
    ("no: b\n", 1, "must be put in quotes"), (": b\n", 1, "is not YAML"),
    ("colour: red\n", 1, "unknown key \"colour\""), ("Risk: low\n", 1, "unknown key \"Risk\""),
    ("risk: low\nwindows: []\n", 2, "\"windows\" is not supported by this version"),
    ("cooldown: PT1H\n", 1, "not supported"), ("conflictsWith: [a]\n", 1, "not supported"),
    ("breakGlass: {}\n", 1, "not supported"), ("hardwareKey: required\n", 1, "not supported"),
    ("duration: {min: PT5M, mx: PT4H}\n", 1, "unknown key \"duration.mx\""),
    ("risk: [low\n", 2, "is not YAML"), ("\trisk: low\n", 1, "is not YAML"),
    ("risk: 'low\n", 2, "is not YAML"), ("risk: low: high\n", 1, "is not YAML"),
    ("description: \"\\*\"\n", 1, "is not YAML"), ("description: \"\\q\"\n", 1, "is not YAML"),
    ("description: {{{{{{{{{{{{{{a: b}}}}}}}}}}}}}}\n", 1, "nested too deep"),
  ])
  func refusal(_ role: String, _ line: Int, _ expected: String) {
    let found = problems(role).filter { $0.contains(expected) }
    #expect(
      found.contains { $0.hasPrefix("policies/roles/ops.yaml:\(line): ") }, "\(problems(role))")
  }

  @Test(arguments: [
    "# a comment with &anchors, *aliases, !tags, and a 'quote\n", "description: 'a & b * c ! d'\n",
    "description: a & b * c ! d\n", "description: |\n  *a\n  &b\n",
    "description: >-\n  two\n  lines\n",
    "description: \"*\"\n", "---\n", "permissions: ['*', \"&\", '!x']\n",
    "permissions:\n- a\n- b\n",
    "risk: \"low\"\n", "description: \"1\"\n", "description: 1st of all\n", "description: R&D\n",
    "scope: {\"no\": [\"1\", \"true\"]}\n",
  ])
  func whatIsFine(_ start: String) {
    #expect(problems(start + Sample.role) == [])
  }

  @Test(arguments: [
    "1", "1.10", "no", "yes", "on", "null", "~", "", "true", "2026-11-23", "0x1f", "1e3", "12:30",
    "-5", "+1", ".5", ".inf", "[a]", "{a: b}", "1_000", "0o17",
  ])
  func whatIsNoText(_ value: String) {
    let found = problems("description: \(value)\n" + Sample.role)
    #expect(found.contains { $0.contains("\"description\" must be text") }, "\(found)")
  }

  @Test(arguments: ["yes", "no", "on", "True", "TRUE", "\"true\"", "'false'", "1", "0", "~", "[]"])
  func whatIsNoFlag(_ value: String) {
    let found = problems("ticket: {required: \(value)}\n" + Sample.role)
    #expect(found == ["policies/roles/ops.yaml:1: \"ticket.required\" must be true or false"])
  }

  @Test(arguments: [
    "\"1\"", "+1", "1.0", "01", "0x1", "1e0", "-1", "0", "1_0", "one", "1000001", "~",
  ])
  func whatIsNoCount(_ value: String) {
    let found = problems("maxActivePerPerson: \(value)\n" + Sample.role)
    #expect(found.count == 1 && found[0].contains("must be a whole number"), "\(found)")
  }

  @Test(arguments: [
    "PT0S", "P0D", "P", "PT", "1h", "P1Y", "P1M", "-PT1H", "PT1.5H", "3600", "pt1h", "",
  ])
  func whatIsNoDuration(_ value: String) {
    let found = problems("approvalWindow: \(value)\n" + Sample.role)
    #expect(found.count == 1 && found[0].contains("must be an ISO 8601 duration"), "\(found)")
  }

  @Test func bytesThatAreNoText() {
    #expect(problems([0x61, 0xff]) == ["policies/roles/ops.yaml:1: is not UTF-8"])
    #expect(problems([0xed, 0xa0, 0x80]) == ["policies/roles/ops.yaml:1: is not UTF-8"])
    #expect(problems([0xff, 0xfe, 0x61, 0x00]) == ["policies/roles/ops.yaml:1: is not UTF-8"])
    let large = [UInt8](repeating: 0x23, count: YAMLFile.largest + 1)
    #expect(problems(large) == ["policies/roles/ops.yaml:1: is larger than 256 KiB"])
  }

  /// Each would take for ever, or all memory or stack, if it were expanded, hashed or descended into.
  @Test(arguments: Bomb.allCases)
  func bombs(_ bomb: Bomb) {
    let duration = ContinuousClock().measure { #expect(!problems(bomb.text).isEmpty) }
    #expect(duration < .seconds(20), "\(bomb): \(duration)")
  }

  enum Bomb: String, CaseIterable {
    case aliases, aliasesAsKeys, quotedAliases, brackets, braces, dashes, questions, keys, quotes
    case colons

    var text: String {
      let levels = (1...40).map {
        "a\($0): &a\($0) [\(Array(repeating: "*a\($0 - 1)", count: 9).joined(separator: ","))]\n"
      }
      let doubling = "a0: &a0 [x, x]\n" + levels.joined()
      return switch self {
      case .aliases: doubling
      case .aliasesAsKeys: doubling + "? *a40\n: x\n? *a39\n: x\n"
      case .quotedAliases: "x: '\n'\n" + doubling + "? *a40\n: x\n"
      case .brackets: String(repeating: "[", count: 200_000)
      case .braces: String(repeating: "{a: ", count: 60_000)
      case .dashes: String(repeating: "- ", count: 100_000)
      case .questions: String(repeating: "? ", count: 100_000)
      case .keys: (0..<20_000).map { "k\($0): \n" }.joined()
      case .quotes: String(repeating: "'a' ", count: 60_000)
      case .colons: String(repeating: "a: ", count: 80_000)
      }
    }
  }

  /// Swift compares and hashes strings in quadratic time where they are runs of combining marks.
  @Test func marksInARowAreRefusedWithoutBeingCompared() {
    let marks = String(repeating: "\u{301}\u{316}", count: 60_000)
    let escapes = String(repeating: "\\u0301\\u0316", count: 20_000)
    let took = ContinuousClock().measure {
      #expect(problems("# \(marks)\n").contains { $0.contains("combining marks in a row") })
      #expect(problems("\(marks): x\n").contains { $0.contains("combining marks in a row") })
      #expect(problems("? \"\(escapes)\"\n: x\n").contains { $0.contains("256 escapes") })
    }
    #expect(took < .seconds(20))
    let few = String(repeating: "\\u0316", count: 31)
    #expect(
      problems("description: \"\(few)\"\n").contains { $0.contains("a value has more than 30") })
  }
}
