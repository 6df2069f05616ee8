import ArgumentParser
import GitStore
import Grants

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Look for what would keep daypass from working here, and say what to type.",
    discussion: """
      Looks at programs, repository, root, history, branch, checkpoint, remote, attributes, clock, \
      signing and key; each is a line that says ok, warning or problem. Changes nothing without \
      --fix; with it does what is safe, says so, and looks again. It never trusts a root for you and \
      never touches what is signed.

      Examples:
        daypass doctor
        daypass doctor --fix
        daypass doctor -o json | jq -r '.findings[] | select(.level != "ok") | .words'

      Ends with 0 if there is no problem (warnings do not count), else with 1.
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var format: OutputOptions

  @Flag(help: "Set right what is safe to, and say what was done.")
  var fix = false

  @Flag(help: "Do not ask the remote.")
  var offline = false

  @Option(
    help: ArgumentHelp("How long the remote may take to answer.", valueName: "span"))
  var wait: HumanSpan = HumanSpan(span: TimeSpan(seconds: 15))

  func run() async throws {
    var deeds: [Deed] = []
    var findings = await look()
    if fix {
      // One thing set right may bring the next to light: a shallow clone hides all the rest.
      for _ in 0..<3 {
        let remedies = findings.compactMap(\.remedy)
        if remedies.isEmpty { break }
        for remedy in remedies { deeds.append(await Self.carryOut(remedy)) }
        findings = await look()
        if deeds.contains(where: { $0.failure != nil }) { break }
      }
    }
    let worst = findings.count { $0.level == .problem }
    let warnings = findings.count { $0.level == .warning }
    if format.output == .table {
      Terminal.write(table(findings, deeds, worst, warnings))
    } else {
      let value = OutputValue.object([
        ("problems", .int(worst)), ("warnings", .int(warnings)),
        ("done", .list(deeds.filter { $0.failure == nil }.map { .string($0.words) })),
        ("notDone", .list(deeds.compactMap(\.failure).map { .string($0.sentence) })),
        ("findings", .list(findings.map { $0.output })),
      ])
      Terminal.write(try value.render(format.output))
    }
    if worst > 0 { throw ExitCode(ExitStatus.failed.rawValue) }
  }

  private func look() async -> [Checkup] {
    var doctor = Doctor(options: options, patience: offline ? nil : wait.span)
    await doctor.examine()
    return doctor.findings
  }

  /// A remedy that was tried.
  private struct Deed {
    let words: String
    /// Why it could not be done; nil if it was.
    let failure: Failure?

    func line(_ style: Style) -> String {
      guard let failure else { return "\(style.good("done")) \(Words.safe(words))\n" }
      return "\(style.bad("not done")) \(Words.safe(Checkup.line(failure.sentence)))\n"
    }
  }

  private static func carryOut(_ remedy: Checkup.Remedy) async -> Deed {
    do {
      try await remedy.act()
      return Deed(words: remedy.words, failure: nil)
    } catch {
      return Deed(words: remedy.words, failure: Failure(error))
    }
  }

  private func table(
    _ findings: [Checkup], _ deeds: [Deed], _ problems: Int, _ warnings: Int
  ) -> String {
    let style = Style.forOutput
    var text = deeds.map { $0.line(style) }.joined()
    let width = findings.map(\.name.count).max() ?? 0
    for finding in findings {
      let level = finding.level.rawValue
      let paint =
        finding.level == .ok ? style.good : finding.level == .warning ? style.warn : style.bad
      let gap = String(repeating: " ", count: 9 - level.count)
      let name = finding.name + String(repeating: " ", count: width - finding.name.count + 2)
      text += paint(level) + gap + name + Words.safe(finding.words) + "\n"
      let indent = String(repeating: " ", count: 9 + width + 2)
      for line in finding.hint.split(separator: "\n") {
        text += indent + style.dim(Words.safe(String(line))) + "\n"
      }
      if finding.remedy != nil, !fix {
        text += indent + style.dim("or let it be done: daypass doctor --fix") + "\n"
      }
    }
    guard problems + warnings > 0 else { return text + style.good("all is fine") + "\n" }
    let parts = [(problems, "problem"), (warnings, "warning")].filter { $0.0 > 0 }
    return text + parts.map { Words.count($0.0, $0.1) }.joined(separator: ", ") + "\n"
  }
}

/// What was found out about one thing.
struct Checkup {
  enum Level: String { case ok, warning, problem }

  /// Something safe that sets it right.
  struct Remedy {
    /// What is done, as it goes on after "done": `set gpg.format to ssh`.
    let words: String
    let act: () async throws -> Void
  }

  let name: String
  let level: Level
  /// One line, beginning small and without a full stop.
  let words: String
  /// What to type; may be empty, may be several lines.
  let hint: String
  let remedy: Remedy?

  init(name: String, level: Level, words: String, hint: String, remedy: Remedy?) {
    self.name = name
    self.level = level
    self.words = Self.line(words)
    self.hint = hint
    self.remedy = remedy
  }

  /// A sentence as a line: what git says may be several.
  static func line(_ sentence: String) -> String {
    let line = sentence.split(separator: "\n").joined(separator: "; ")
    let first = line.prefix(while: \.isLetter)
    let rest = line[first.endIndex...]
    let begins = first.dropFirst().allSatisfy(\.isLowercase) && rest.first == " "
    return Words.clause(begins ? first.lowercased() + rest : line)
  }

  var output: OutputValue {
    .object([
      ("name", .string(name)), ("level", .string(level.rawValue)),
      ("words", .string(words)), ("hint", .string(hint)),
      ("fixable", .bool(remedy != nil)),
    ])
  }
}
