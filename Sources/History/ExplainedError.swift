/// An error that tells a person what happened and what to do about it.
///
/// Each room has its own kinds, with codes of their own where something hangs on them; how they
/// read is the same for all.
package protocol ExplainedError: Error, Sendable, CustomStringConvertible {
  /// What happened and where, one sentence.
  var sentence: String { get }
  /// What to type or do next; may be empty.
  var hint: String { get }
}

extension ExplainedError {
  /// The sentence, and the hint on a line of its own.
  package var description: String { hint.isEmpty ? sentence : "\(sentence)\n\(hint)" }
}
