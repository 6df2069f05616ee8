import Grants
import Policies

/// How a decision is said: as why, as why not, and for programs.
enum DecisionWords {
  /// Where the policy says so, what is missing, and who could supply it; one line each.
  static func details(of reason: Reason) -> [String] {
    var lines: [String] = []
    if let source = reason.source { lines.append("\(source)") }
    if let missing = reason.missing { lines.append("missing: \(missing)") }
    if !reason.suppliers.isEmpty { lines.append("from: \(Words.names(reason.suppliers))") }
    return lines
  }

  /// A line for each reason, met or not, with its details where it is not.
  static func lines(_ decision: Decision, _ style: Style) -> [String] {
    decision.reasons.flatMap { reason in
      let mark = reason.isMet ? style.good("yes") : style.bad(" no")
      let source = reason.isMet ? reason.source.map { " (\($0))" } ?? "" : ""
      let line = "\(mark)  \(Words.safe(reason.sentence))\(style.dim(Words.safe(source)))"
      guard !reason.isMet else { return [line] }
      return [line] + details(of: reason).map { "     " + style.dim(Words.safe($0)) }
    }
  }

  static func output(_ decision: Decision) -> OutputValue {
    .object([
      ("allowed", .bool(decision.isAllowed)),
      ("reasons", .list(decision.reasons.map(output))),
    ])
  }

  private static func output(_ reason: Reason) -> OutputValue {
    .object([
      ("rule", .string(reason.rule.rawValue)), ("met", .bool(reason.isMet)),
      ("sentence", .string(reason.sentence)),
      ("source", .optional(reason.source?.description)), ("missing", .optional(reason.missing)),
      ("suppliers", .list(reason.suppliers.map { .string($0.name) })),
    ])
  }
}
