#if FUZZING
  import Foundation
  import FuzzProperties

  // Built with `-sanitize=fuzzer -DFUZZING`, the program is libFuzzer's: it has the main function
  // and calls these two.

  /// What is fuzzed: the first argument. libFuzzer starts itself again for some of its work, without
  /// that argument, so it is handed on in the environment.
  private let target: FuzzTarget = {
    guard let name = getenv("FUZZ_TARGET"), let target = FuzzTarget(rawValue: String(cString: name))
    else {
      let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: " ")
      print("usage: daypass-fuzz TARGET [-OPTION=VALUE...] [FILE|FOLDER...]\ntargets: \(names)")
      exit(2)
    }
    return target
  }()

  /// Takes the target's name off the arguments, which libFuzzer would take for a file.
  @_cdecl("LLVMFuzzerInitialize")
  public func initialize(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
  ) -> CInt {
    if getenv("FUZZ_TARGET") == nil, count.pointee > 1, let name = arguments.pointee[1] {
      setenv("FUZZ_TARGET", name, 1)
      for index in 1..<Int(count.pointee) {
        arguments.pointee[index] = arguments.pointee[index + 1]
      }
      count.pointee -= 1
    }
    _ = target
    return 0
  }

  @_cdecl("LLVMFuzzerTestOneInput")
  public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: bytes, count: count))
    if let sentence = target.broken(by: input) { fatalError("broken: \(sentence)") }
    return 0
  }
#endif
