import History
import Ledger
import Submission
import Testing

/// What the rooms below throw keeps its words and gets the code of its kind.
@Suite struct ErrorTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let error: any ExplainedError
    let code: SubmissionError.Code

    var testDescription: String { "\(type(of: error)) \(error.sentence): \(code)" }

    init(_ error: any ExplainedError, _ code: SubmissionError.Code) {
      self.error = error
      self.code = code
    }
  }

  static let histories: [(HistoryError.Code, SubmissionError.Code)] = [
    (.conflict, .conflict), (.locked, .conflict), (.missing, .failed), (.corrupt, .failed),
    (.dirty, .failed), (.unsupported, .failed), (.unreadable, .failed), (.notFound, .failed),
  ]

  static let rows: [Row] =
    histories.map { Row(HistoryError($0.0, $0.0.rawValue, hint: "a hint"), $0.1) } + [
      Row(LedgerError(.rollback, "rollback", hint: "a hint"), .untrusted),
      Row(LedgerError(.cannotJudge, "cannot judge", hint: "a hint"), .untrusted),
      Row(RemoteError(.unreachable, "away", hint: "a hint"), .remote),
      Row(SigningError("no key", hint: "a hint"), .failed),
      Row(SubmissionError(.clock, "too late", hint: "a hint"), .clock),
    ]

  @Test(arguments: rows)
  func eachKindHasItsCode(_ row: Row) {
    let error = SubmissionError(row.error)
    #expect(error.code == row.code)
    #expect(error.sentence == row.error.sentence)
    #expect(error.hint == "a hint")
    #expect(error.description == "\(row.error.sentence)\na hint")
  }

  @Test func anythingElseIsSaidAsItIs() {
    struct Odd: Error, CustomStringConvertible { let description = "odd" }
    let error = SubmissionError(Odd())
    #expect(error.code == .failed)
    #expect(error.description == "odd", "no hint, no second line")
  }
}
