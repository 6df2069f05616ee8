import Foundation

/// `daypass-model FIRST COUNT`: random histories of that many seeds from the first, as lines of JSON
/// for Tests/Model/compare.py, each with what this program says to it.
///
/// `daypass-model kept FILE...`: the same for histories that were kept, one a file.
@main enum Histories {
  static func main() throws {
    let words = Array(CommandLine.arguments.dropFirst())
    if words.first == "kept" {
      for file in words.dropFirst() {
        try write(Questions(kept: Data(contentsOf: URL(filePath: file))))
      }
    } else if words.count == 2, let first = UInt64(words[0]), let count = UInt64(words[1]) {
      for seed in first..<(first + count) { try write(Questions(seed: seed)) }
    } else {
      let usage = "usage: daypass-model FIRST COUNT\n       daypass-model kept FILE...\n"
      FileHandle.standardError.write(Data(usage.utf8))
      exit(2)
    }
  }

  private static func write(_ questions: Questions) throws {
    let text = questions.lines.joined(separator: "\n") + "\n"
    try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
  }
}
