import Grants

/// What the readers of all files share while one policy is loaded: the problems found so far, and
/// every principal seen.
final class LoadingContext {
  private(set) var problems: Set<PolicyProblem> = []
  /// Whether `groups.yaml` could not be read: then what roles say of groups cannot be judged, and is
  /// not called wrong.
  var hasUnreadGroups = false
  /// By name in lower case: two people who differ only by case would be one to a human reviewer.
  private var principals: [String: (Principal, SourceLine)] = [:]

  func report(
    _ file: String, _ line: Int, _ sentence: String, code: PolicyError.Code = .invalid
  ) {
    problems.insert(PolicyProblem(file: file, line: line, sentence: sentence, code: code))
  }

  func report(_ source: SourceLine, _ sentence: String) {
    report(source.file, source.line, sentence)
  }

  /// Notes that the principal is named there, and reports a twin.
  func note(_ principal: Principal, at source: SourceLine) {
    let folded = principal.name.lowercased()
    guard let (earlier, place) = principals[folded] else {
      principals[folded] = (principal, source)
      return
    }
    if earlier != principal {
      report(
        source, "\(principal) differs only by letter case from \(earlier) (\(place)); use one")
    }
  }

  /// Everybody the files name, and where first.
  var people: [Principal: SourceLine] {
    Dictionary(uniqueKeysWithValues: principals.values.map { ($0, $1) })
  }
}
