import Signatures

/// A file means what its lines mean, each by itself.
enum AllowedSignersProperties {
  static func check(_ input: [UInt8]) throws(Broken) {
    let lines = input.split(separator: 0x0a, omittingEmptySubsequences: false)
    let signers: AllowedSigners
    do throws(AllowedSignersError) {
      signers = try AllowedSigners(parsing: input)
    } catch {
      try require(!error.problems.isEmpty, "a file is refused for nothing")
      for problem in error.problems {
        try require((1...lines.count).contains(problem.line), "a problem is in no line")
        try requirePrintable(problem.sentence)
      }
      return
    }
    try require(
      Set(signers.entries.map(\.key.material)).count == signers.entries.count,
      "a key stands on two lines")
    for (line, text) in lines.enumerated() {
      guard let alone = try? AllowedSigners(parsing: Array(text)) else {
        throw Broken(sentence: "line \(line + 1) is refused by itself")
      }
      let entries = signers.entries.filter { $0.line == line + 1 }
      try require(
        alone.entries.count == entries.count && entries.count <= 1, "a line means several things")
      guard let entry = entries.first, let own = alone.entries.first else { continue }
      try require(
        own.principal == entry.principal && own.key == entry.key
          && own.validAfter == entry.validAfter && own.validBefore == entry.validBefore,
        "line \(line + 1) means something else by itself")
      try check(entry, of: signers, text)
    }
    let commented = Array("# who signs\n\n".utf8) + input + Array("\n#\n \t\n".utf8)
    guard let same = try? AllowedSigners(parsing: commented) else {
      throw Broken(sentence: "comments make a file wrong")
    }
    try require(
      same.entries.map(\.key) == signers.entries.map(\.key), "comments change what a file means")
  }

  private static func check(
    _ entry: AllowedSigners.Entry, of signers: AllowedSigners, _ text: ArraySlice<UInt8>
  ) throws(Broken) {
    try require(signers.entry(for: entry.key) == entry, "an entry is not found by its key")
    try require(
      signers.entries(of: entry.principal).contains(entry), "an entry is not its principal's")
    try require(
      text.starts(with: entry.principal.utf8), "a line does not begin with its principal")
    try require(
      (try? PublicKey(blob: entry.key.blob)) == entry.key, "a key is not read back from its bytes")
    for bound in [entry.validAfter, entry.validBefore].compactMap(\.self) {
      try require(
        bound > 0 && entry.isValid(at: bound), "a key is not valid at the end of its term")
    }
    try require(
      entry.validAfter.map { !entry.isValid(at: $0 - 1) } ?? true
        && entry.validBefore.map { !entry.isValid(at: $0 + 1) } ?? true,
      "a key is valid outside its term")
  }
}
