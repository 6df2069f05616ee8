import ArgumentParser
import Glibc
import Grants
import History
import Ledger
import Policies
import Submission

/// What a command's end means to the shell.
enum ExitStatus: Int32 {
  case done = 0
  case failed = 1
  case usage = 2
  /// History not trustworthy, or disputed.
  case untrusted = 3
  case denied = 4
  case conflict = 5
  /// Clock or freshness.
  case clock = 6
}

/// Why a command ended without doing what it was asked.
struct Failure: ExplainedError {
  let status: ExitStatus
  /// What happened and where, one sentence.
  let sentence: String
  /// What to type next; may be empty.
  let hint: String

  init(_ status: ExitStatus, _ sentence: String, hint: String = "") {
    self.status = status
    self.sentence = sentence
    self.hint = hint
  }

  /// Translates what the rooms throw.
  init(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as SubmissionError: self.init(Self.status(of: error.code), error)
    case let error as any ExplainedError:
      self.init(Self.status(of: error), error.sentence, hint: error.hint)
    case let error as GrantFormatError: self.init(.failed, "the file \(error)")
    default: self.init(.failed, "\(error)")
    }
  }

  private static func status(of error: any ExplainedError) -> ExitStatus {
    if error is LedgerError { return .untrusted }
    return switch (error as? HistoryError)?.code {
    case .conflict, .locked: .conflict
    case .missing, .corrupt, .incomplete: .untrusted
    default: .failed
    }
  }

  private static func status(of code: SubmissionError.Code) -> ExitStatus {
    switch code {
    case .failed, .idle, .remote, .protected: .failed
    case .usage: .usage
    case .untrusted: .untrusted
    case .denied: .denied
    case .conflict: .conflict
    case .clock: .clock
    }
  }

  /// One refusal is the sentence itself; of several each is a line, with what it lacks below it.
  private init(_ status: ExitStatus, _ error: SubmissionError) {
    let refusals = error.decision?.refusals ?? []
    var lines = error.hint.isEmpty ? [] : [error.hint]
    for reason in refusals {
      let indent = refusals.count > 1 ? "  " : ""
      if refusals.count > 1 { lines.append("- \(reason.sentence)") }
      lines += DecisionWords.details(of: reason).map { indent + $0 }
    }
    let sentence =
      refusals.count > 1 ? "the policy says no, for \(refusals.count) reasons" : error.sentence
    self.init(status, sentence, hint: lines.joined(separator: "\n"))
  }

  /// Prints the error and ends the process; never with 0 for a failure.
  static func exit(with error: any Error) -> Never {
    if let code = error as? ExitCode { Glibc.exit(code.rawValue) }
    let parserCode = Daypass.exitCode(for: error)
    if parserCode.isSuccess {
      // --help and --version arrive as errors.
      Terminal.write(Daypass.fullMessage(for: error) + "\n")
      Glibc.exit(ExitStatus.done.rawValue)
    }
    let failure =
      parserCode == .validationFailure
      ? Failure(usage: Daypass.fullMessage(for: error)) : Failure(error)
    failure.tell()
    Glibc.exit(failure.status.rawValue)
  }

  /// What the parser of arguments says, in the form that every other error has.
  private init(usage message: String) {
    let lines = Examples.completed(message).split(separator: "\n").map(String.init)
    let first = lines.first ?? message
    self.init(
      .usage, first.hasPrefix("Error: ") ? String(first.dropFirst("Error: ".count)) : first,
      hint: lines.dropFirst().map { $0.hasPrefix("  ") ? String($0.dropFirst(2)) : $0 }
        .joined(separator: "\n"))
  }

  /// `daypass:`, what is wrong, and below it what to do: the one place where errors are written.
  private func tell() {
    let style = Style.forErrors
    // What git or a hook said may be several lines.
    let lines = Words.clause(sentence).split(separator: "\n").map { Words.safe(String($0)) }
    Terminal.writeError("\(style.bad("daypass:")) \(lines.joined(separator: "\n  "))\n")
    for line in hint.split(separator: "\n") {
      Terminal.writeError("  \(style.dim(Words.safe(String(line))))\n")
    }
  }
}
