import Foundation

/// `daypass-model FIRST COUNT`: random histories of that many seeds from the first, as lines of JSON
/// for Tests/Model/compare.py, each with what this program says to it.
@main enum Histories {
  static func main() throws {
    let numbers = CommandLine.arguments.dropFirst().map { UInt64($0) }
    guard numbers.count == 2, let first = numbers[0], let count = numbers[1] else {
      FileHandle.standardError.write(Data("usage: daypass-model FIRST COUNT\n".utf8))
      exit(2)
    }
    for seed in first..<(first + count) {
      for line in try Questions(seed: seed).lines {
        try FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
      }
    }
  }
}
