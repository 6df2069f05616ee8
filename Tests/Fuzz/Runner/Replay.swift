#if !FUZZING
  import Foundation
  import FuzzProperties

  /// Built as usual, the program tries the files it is told and ends at the first that breaks a
  /// property: for debuggers, and for machines without libFuzzer.
  @main enum Replay {
    static func main() {
      let arguments = CommandLine.arguments.dropFirst()
      guard let target = arguments.first.flatMap(FuzzTarget.init) else {
        let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: " ")
        print("usage: daypass-fuzz TARGET FILE...\ntargets: \(names)")
        exit(2)
      }
      for path in arguments.dropFirst() {
        guard let input = FileManager.default.contents(atPath: path) else {
          print("cannot read \(path)")
          exit(1)
        }
        if let sentence = target.broken(by: Array(input)) { fatalError("broken: \(sentence)") }
        print("fine: \(path)")
      }
    }
  }
#endif
