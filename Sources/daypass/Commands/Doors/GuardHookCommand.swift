import ArgumentParser
import Grants
import History
import Ledger

struct GuardHookCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hook",
    abstract: "Judge a push; git's pre-receive hook calls it.",
    discussion: """
      Reads `OLD NEW REFERENCE` lines from standard input, as git gives them to a pre-receive hook. \
      Ends with 0 if the push may come in. Writes no reference.
      """)

  @OptionGroup var options: GlobalOptions

  @Option(help: "How long ago a commit may have been made that is pushed.")
  var delay = HumanSpan(span: Gate.usualDelay)

  func run() async throws {
    var pushes: [(old: ObjectID, new: ObjectID, reference: String)] = []
    while let line = readLine() {
      let parts = line.split(separator: " ", maxSplits: 2).map(String.init)
      guard parts.count == 3, let old = ObjectID(hex: parts[0]), let new = ObjectID(hex: parts[1])
      else { throw Failure(.usage, "this is no line of a pre-receive hook: \(line)") }
      pushes.append((old, new, parts[2]))
    }
    let session = try await Session.open(options)
    for push in pushes {
      let target = try session.repository.symbolicTarget(of: push.reference)
      if [push.reference, target].contains(session.reference) {
        try judge(push.old, push.new, session)
      }
    }
  }

  private func judge(_ old: ObjectID, _ new: ObjectID, _ session: Session) throws {
    guard new != .zero else {
      throw Failure(
        .denied,
        "the governed branch \(session.branch) cannot be deleted: every verifier would "
          + "take that for a rollback")
    }
    let gate = Gate(ledger: session.ledger, now: session.now, longestDelay: delay.span)
    let objections: [Objection]
    if old == .zero {
      objections = try gate.objections(toBeginningWith: new)
    } else {
      // Where the branch is has been let in before, so it may be remembered; the new head may yet
      // be refused by another hook.
      let before = try session.replay()
      guard before.head == old else {
        throw Failure(.conflict, "somebody else has pushed meanwhile", hint: "git fetch")
      }
      objections = try gate.objections(to: new, after: before)
    }
    guard !objections.isEmpty else { return }
    Terminal.writeError(ObjectionWords.text(objections, Style.forErrors))
    throw Failure(
      .denied, "the push to \(session.branch) is refused: \(ObjectionWords.count(objections))")
  }
}

/// Objections for whoever pushed, or wants to.
enum ObjectionWords {
  /// More are counted, not shown: a pusher reads the first few.
  private static let shown = 20

  static func count(_ objections: [Objection]) -> String {
    Words.count(objections.count, "objection")
  }

  private static func sentence(of objection: Objection) -> String {
    let sentence = Words.safe(objection.sentence)
    return sentence.hasPrefix("is ") ? "it \(sentence)" : sentence
  }

  static func text(_ objections: [Objection], _ style: Style) -> String {
    var text = ""
    for objection in objections.prefix(shown) {
      // What is said of no place is said of a commit.
      let place = Words.safe(objection.place ?? "the commit")
      text += "\(style.bad("refused")) \(place): \(sentence(of: objection))\n"
      text += "  commit \(objection.commit.short), rule \(objection.rule)\n"
      if !objection.hint.isEmpty { text += "  \(style.dim(objection.hint))\n" }
    }
    let rest = objections.count - shown
    if rest > 0 { text += "and \(rest) more\n" }
    return text
  }
}
