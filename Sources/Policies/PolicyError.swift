/// A line of a policy file: where a rule was written down.
package struct SourceLine: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// From the top of the repository: `policies/roles/db-read.yaml`.
  package let file: String
  /// From 1.
  package let line: Int

  package init(file: String, line: Int) {
    self.file = file
    self.line = line
  }

  package var description: String { "\(file):\(line)" }

  package static func < (left: SourceLine, right: SourceLine) -> Bool {
    (left.file, left.line) < (right.file, right.line)
  }
}

/// One thing that is wrong with the policy files.
package struct PolicyProblem: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// From the top of the repository: `policies/daypass.yaml`.
  package let file: String
  /// From 1; 1 for what concerns a file as a whole.
  package let line: Int
  /// What is wrong, without the place: `"quorum" must be a whole number from 1 to 100`.
  package let sentence: String
  package let code: PolicyError.Code

  package init(
    file: String, line: Int, sentence: String, code: PolicyError.Code = .invalid
  ) {
    self.file = file
    self.line = line
    self.sentence = sentence
    self.code = code
  }

  package var description: String { "\(file):\(line): \(sentence)" }

  package static func < (left: PolicyProblem, right: PolicyProblem) -> Bool {
    (left.file, left.line, left.sentence) < (right.file, right.line, right.sentence)
  }
}

/// Why files are no policy: every problem found, in the order of file and line.
package struct PolicyError: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Code: String, Sendable, Hashable, CaseIterable {
    /// The files are wrong, in this version of daypass and in every other.
    case invalid
    /// The only problems are keys the design knows and this version does not: it fails closed, but
    /// another version may read the files.
    case unsupported
    /// `daypass.yaml` names a schema of another version: it cannot be judged here.
    case unknownSchema
  }

  /// At least one.
  package let problems: [PolicyProblem]
  package let code: Code

  init(_ problems: Set<PolicyProblem>) {
    self.problems = problems.sorted()
    let codes = Set(problems.map(\.code))
    code =
      codes.contains(.unknownSchema)
      ? .unknownSchema : codes == [.unsupported] ? .unsupported : .invalid
  }

  package var description: String { problems.map(\.description).joined(separator: "\n") }
}
