import Grants
import History
import Ledger
import Submission
import Testing

@testable import daypass

/// Which exit code what a room throws comes to, its words unchanged.
@Suite struct FailureTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let error: any ExplainedError
    let status: daypass.ExitStatus

    var testDescription: String { "\(type(of: error)) \(error.sentence): \(status)" }

    init(_ error: any ExplainedError, _ status: daypass.ExitStatus) {
      self.error = error
      self.status = status
    }
  }

  static let histories: [(HistoryError.Code, daypass.ExitStatus)] = [
    (.conflict, .conflict), (.locked, .conflict), (.missing, .untrusted),
    (.corrupt, .untrusted), (.incomplete, .untrusted), (.tooLarge, .failed), (.dirty, .failed),
    (.notFound, .failed), (.foreignOwner, .failed), (.unsupported, .failed),
    (.unreadable, .failed),
  ]

  static let submissions: [(SubmissionError.Code, daypass.ExitStatus)] = [
    (.failed, .failed), (.idle, .failed), (.remote, .failed),
    (.protected, .failed), (.usage, .usage),
    (.untrusted, .untrusted), (.denied, .denied), (.conflict, .conflict), (.clock, .clock),
  ]

  static let rows: [Row] =
    histories.map { Row(HistoryError($0.0, $0.0.rawValue, hint: "a hint"), $0.1) }
    + submissions.map { Row(SubmissionError($0.0, "\($0.0)", hint: "a hint"), $0.1) } + [
      Row(LedgerError(.rollback, "rollback", hint: "a hint"), .untrusted),
      Row(RemoteError(.unreachable, "away", hint: "a hint"), .failed),
      Row(SigningError("no key", hint: "a hint"), .failed),
      Row(Failure(.usage, "wrong", hint: "a hint"), .usage),
    ]

  @Test(arguments: rows)
  func eachErrorHasItsExitCode(_ row: Row) {
    let failure = Failure(row.error as any Error)
    #expect(failure.status == row.status)
    #expect(failure.sentence == row.error.sentence)
    #expect(failure.hint == "a hint")
  }

  @Test func aGrantFilesFaultNamesTheFile() {
    let failure = Failure(GrantFormatError("has no end", line: 3))
    #expect(failure.status == .failed)
    #expect(failure.sentence == "the file line 3 has no end")
  }
}
