extension AllowedSigners {
  /// Goes through a file line by line and gathers entries and problems.
  struct Reading {
    private(set) var entries: [Entry] = []
    private(set) var problems: [AllowedSignersError.Problem] = []
    /// The line on which each raw key was first seen.
    private var lineOfMaterial: [[UInt8]: Int] = [:]
    /// The first spelling of each principal, by its lower-case form.
    private var spellings: [String: (spelling: String, line: Int)] = [:]

    mutating func read(_ bytes: [UInt8]) {
      guard !bytes.starts(with: [0xEF, 0xBB, 0xBF]) else {
        report(1, "The file begins with a byte order mark; remove it.")
        return
      }
      for (index, line) in bytes.split(
        separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
      ).enumerated() {
        read(line, number: index + 1)
      }
    }

    private mutating func read(_ line: ArraySlice<UInt8>, number: Int) {
      if let sentence = Self.problemOfText(line) {
        report(number, sentence)
        return
      }
      guard line.first != UInt8(ascii: "#"), line.contains(where: { !isBlank($0) }) else { return }
      do {
        let entry = try Line(line).entry(number: number)
        note(entry)
        entries.append(entry)
      } catch {
        report(number, error.sentence)
      }
    }

    /// The rules that hold between lines.
    private mutating func note(_ entry: Entry) {
      if let first = lineOfMaterial[entry.key.material] {
        report(
          entry.line,
          "The key \(entry.key.fingerprint) of \(entry.principal) is already listed on line "
            + "\(first); one key stands on one line.")
      } else {
        lineOfMaterial[entry.key.material] = entry.line
      }
      let folded = entry.principal.lowercased()
      if let first = spellings[folded] {
        if first.spelling != entry.principal {
          report(
            entry.line,
            "The principal \(entry.principal) differs from \(first.spelling) on line "
              + "\(first.line) only in upper and lower case.")
        }
      } else {
        spellings[folded] = (entry.principal, entry.line)
      }
    }

    private mutating func report(_ line: Int, _ sentence: String) {
      problems.append(AllowedSignersError.Problem(line: line, sentence: sentence))
    }

    /// What is wrong with a line's characters, comments included.
    private static func problemOfText(_ line: ArraySlice<UInt8>) -> String? {
      if line.last == UInt8(ascii: "\r") { return "The line ends in CR LF; only LF is allowed." }
      if line.contains(0) { return "The line holds a NUL byte." }
      if line.contains(where: { $0 < 0x20 && $0 != UInt8(ascii: "\t") || $0 == 0x7F }) {
        return "The line holds a control character."
      }
      if String(validating: line, as: UTF8.self) == nil { return "The line is not UTF-8." }
      return nil
    }
  }
}

/// Space and tab separate fields, as in OpenSSH.
func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
