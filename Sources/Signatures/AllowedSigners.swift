/// Who may sign with which key: an `allowed_signers` file (ssh-keygen(1), "ALLOWED SIGNERS") in a
/// strict subset.
///
/// Every file accepted here means the same to `ssh-keygen -Y verify -n git`. What OpenSSH reads
/// leniently or in surprising ways is refused: it skips lines it does not understand, adds up
/// several lines of one key, knows patterns, local times and 31 February.
package struct AllowedSigners: Sendable, Hashable {
  /// One line: a principal, one of the principal's keys, and when the key may sign.
  package struct Entry: Sendable, Hashable {
    package let principal: String
    package let key: PublicKey
    /// The first second at which the key is valid, in seconds since 1970 UTC; nil for no limit.
    package let validAfter: Int64?
    /// The last second at which the key is valid, in seconds since 1970 UTC; nil for no limit.
    package let validBefore: Int64?
    /// The line it stands on, from 1.
    package let line: Int

    package init(
      principal: String, key: PublicKey, validAfter: Int64?, validBefore: Int64?, line: Int
    ) {
      self.principal = principal
      self.key = key
      self.validAfter = validAfter
      self.validBefore = validBefore
      self.line = line
    }

    /// Whether the key may sign at that time; both ends are part of the term, as in OpenSSH.
    ///
    /// - Parameter seconds: since 1970 UTC.
    package func isValid(at seconds: Int64) -> Bool {
      seconds >= validAfter ?? .min && seconds <= validBefore ?? .max
    }
  }

  /// In the file's order.
  package let entries: [Entry]
  private let positions: [PublicKey: Int]

  /// Reads a whole file, or refuses it with everything that is wrong with it.
  package init(parsing bytes: [UInt8]) throws(AllowedSignersError) {
    var reading = Reading()
    reading.read(bytes)
    guard reading.problems.isEmpty else {
      throw AllowedSignersError(problems: reading.problems)
    }
    self.init(trusted: reading.entries)
  }

  /// Entries of a file that was read before; nothing is checked again.
  package init(trusted entries: [Entry]) {
    self.entries = entries
    positions = Dictionary(
      entries.enumerated().map { ($0.element.key, $0.offset) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The line that lists exactly this key, type and application included; in constant time.
  package func entry(for key: PublicKey) -> Entry? { positions[key].map { entries[$0] } }

  /// The lines of a principal, in the file's order.
  package func entries(of principal: String) -> [Entry] {
    entries.filter { $0.principal == principal }
  }

  package static func == (left: AllowedSigners, right: AllowedSigners) -> Bool {
    left.entries == right.entries
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(entries) }
}

/// Everything that is wrong with an `allowed_signers` file.
package struct AllowedSignersError: Error, Sendable, Hashable, CustomStringConvertible {
  package struct Problem: Sendable, Hashable, CustomStringConvertible {
    /// From 1.
    package let line: Int
    /// A full sentence in plain English; bytes taken from the file are escaped.
    package let sentence: String

    package var description: String { "line \(line): \(sentence)" }
  }

  /// In the order of the lines; never empty.
  package let problems: [Problem]

  package var description: String { problems.map(\.description).joined(separator: "\n") }
}
